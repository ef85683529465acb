package org.jxapi.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.jxapi.raft.RatisSettings.FirstElection;
import org.jxapi.store.Copyable;
import org.jxapi.store.LeadListener;
import org.jxapi.store.Replica;
import org.jxapi.store.StateImage;
import org.jxapi.store.Store;

/**
 * This host as a member of the group that shares the log of a pool: its replica, and the group's membership. Each change of
 * the membership is made by the leader and waits until the others agree.
 */
public final class RaftMember implements AutoCloseable {
    /** How long the leader waits for another to take over. */
    private static final long TRANSFER_MILLIS = 10_000;

    private static final long LOOK_MILLIS = 50;
    /** No term. */
    public static final long NOT_LEADING = SubmittedLog.NOT_LEADING;

    /**
     * How long a member without a vote runs before it has to start again. After twice that time its thread that waits for elections
     * would wake, which {@link FirstElection#NEVER} must not let happen.
     */
    public static final Duration LONGEST_LISTENING = Duration.ofDays(10);

    /** How long a start waits for the lead: it reads the whole log before. */
    private static final Duration LEAD = Duration.ofMinutes(2);

    private final RaftGroupId group;
    private final RaftServer server;
    private final Replica replica;
    private final SubmittedLog log;
    private final LeadLease lease;

    private RaftMember(MemberSettings settings, RaftGroup members, @Nullable StateImage founding, FirstElection first)
            throws IOException {
        this.group = RatisSettings.group(settings);
        this.lease = new LeadLease(settings.election());
        this.log = new SubmittedLog(group, lease);
        this.replica = new Replica(settings.store(), settings.group() + "/" + settings.id(), log);
        Files.createDirectories(
                RatisSettings.folder(settings),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        this.server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(settings.id()))
                .setGroup(members)
                .setStateMachine(new ReplicaMachine(replica, founding))
                .setProperties(RatisSettings.properties(settings, first))
                .setParameters(RatisSettings.parameters(settings))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        log.use(server);
    }

    private static RaftMember start(
            MemberSettings settings, List<RaftPeer> members, @Nullable StateImage founding, FirstElection first)
            throws IOException {
        RaftMember member =
                new RaftMember(settings, RaftGroup.valueOf(RatisSettings.group(settings), members), founding, first);
        try {
            member.server.start();
            return member;
        } catch (IOException | RuntimeException | Error e) {
            member.close();
            throw e;
        }
    }

    /**
     * Begins a group whose only member is this host.
     *
     * @param state all that the group begins with, from the store of this host, which is closed
     */
    public static RaftMember found(MemberSettings settings, StateImage state) throws IOException {
        return start(settings, List.of(RatisSettings.peer(settings.address())), state, FirstElection.AT_ONCE);
    }

    /**
     * Starts as a member that the leader is about to {@link #add}. The group's state takes the place of the database in the
     * data folder, so copy it before if it is needed later.
     *
     * <p>It is a listener from its start. Otherwise Ratis counts it as a follower until its next start, and ends it when its leader
     * is away for longer than an election takes, because it may not vote.
     */
    public static RaftMember join(MemberSettings settings) throws IOException {
        RaftPeer listener = RaftPeer.newBuilder(RatisSettings.peer(settings.address()))
                .setStartupRole(RaftPeerRole.LISTENER)
                .build();
        return start(settings, List.of(listener), null, FirstElection.NEVER);
    }

    /** Starts again as the member that this host was. */
    public static RaftMember resume(MemberSettings settings) throws IOException {
        FirstElection first = firstElection(settings);
        RaftMember member = restart(settings, first);
        if (member.leavesPair()) {
            member.close();
            SoleVoter.make(settings);
            return restart(settings, FirstElection.AT_ONCE);
        }
        if (first == FirstElection.NEVER && member.votes()) {
            // Its log has a vote for it, which it had not learned to be agreed.
            member.close();
            return restart(settings, FirstElection.USUAL);
        }
        return member;
    }

    private static RaftMember restart(MemberSettings settings, FirstElection first) throws IOException {
        return start(settings, List.of(), null, first);
    }

    private static FirstElection firstElection(MemberSettings settings) throws IOException {
        Optional<LogEntryProto> known = LogFiles.configuration(settings);
        if (known.isEmpty()) {
            return FirstElection.AT_ONCE;
        }
        RaftConfigurationProto now = known.get().getConfigurationEntry();
        ByteString self = RaftPeerId.valueOf(settings.id()).toByteString();
        if (now.getListenersList().stream().anyMatch(peer -> peer.getId().equals(self))) {
            return FirstElection.NEVER;
        }
        return now.getPeersCount() == 1 ? FirstElection.AT_ONCE : FirstElection.USUAL;
    }

    /** Whether this member has a vote by the newest configuration in its log. */
    public boolean votes() throws GroupException {
        return configuration().getPeer(server.getId(), RaftPeerRole.FOLLOWER) != null;
    }

    /**
     * Whether this member has begun to take the other vote of a pair. It has all acknowledged changes, and the other one is
     * never elected: without the entry about its vote its log is too short, and with that entry it may not lead. That
     * one may not even vote after a start, so the entry could wait for ever.
     */
    private boolean leavesPair() throws GroupException {
        RaftConfiguration now = configuration();
        return now.getPreviousPeers().size() == 2
                && now.getCurrentPeers().stream().map(RaftPeer::getId).toList().equals(List.of(server.getId()));
    }

    /** The store of this host. A change on another host than the leader is a {@link org.jxapi.store.StoreException}. */
    public Store store() {
        return replica.store();
    }

    /** The database of this host's replica, for backups. */
    public Copyable database() {
        return replica;
    }

    /**
     * The id of the leader, when this member has applied all that earlier leaders left; null before that, and while it knows
     * none.
     */
    public @Nullable String leaderOfState() throws IOException {
        RaftServer.Division division = server.getDivision(group);
        TermIndex applied = division.getStateMachine().getLastAppliedTermIndex();
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader == null
                        || applied == null
                        || applied.getTerm() != division.getInfo().getCurrentTerm()
                ? null
                : leader.toString();
    }

    /** Whether only changes that free room are made from now on, while this host leads. */
    public void scarce(boolean now) {
        replica.scarce(now);
    }

    /** The number and the hash of the newest change that this member has applied. */
    public String position() {
        return replica.position();
    }

    /** Whether this host is the leader, and has applied all that earlier leaders left. */
    public boolean leads() {
        try {
            return server.getDivision(group).getInfo().isLeaderReady() && replica.leads();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Completes when this host has led for a moment since the call, so that what its store had then was the newest state. It fails
     * when another host may lead, after the longest time of an election at the latest.
     */
    public CompletableFuture<Void> confirmLead() {
        return confirmLead(leadTerm());
    }

    /** The term in which this host leads and has applied all that earlier leaders left; {@link #NOT_LEADING} if it does not. */
    public long leadTerm() {
        long term = log.term();
        return leads() && log.term() == term ? term : NOT_LEADING;
    }

    /**
     * The same for what the store had since this host led in a term.
     *
     * @param term {@link #leadTerm} at the time
     */
    public CompletableFuture<Void> confirmLead(long term) {
        if (term == NOT_LEADING || log.term() != term) {
            return CompletableFuture.failedFuture(notLeading());
        }
        if (lease.holds(term) || isAlone()) {
            return CompletableFuture.completedFuture(null);
        }
        // The thread that applies the log must not wait for those who asked.
        return log.mark().thenAcceptAsync(marked -> {
            if (log.term() != term) {
                throw new CompletionException(notLeading());
            }
        });
    }

    /** Whether no other host votes, so that none can be elected. */
    private boolean isAlone() {
        try {
            RaftConfiguration now = configuration();
            return now.getCurrentPeers().size() == 1 && now.getPreviousPeers().isEmpty();
        } catch (GroupException e) {
            return false;
        }
    }

    private static GroupException notLeading() {
        return new GroupException("this host does not lead", null);
    }

    /**
     * Waits until this host leads and can make changes.
     *
     * @throws IOException when that takes too long, or another host leads
     */
    public void awaitLead() throws IOException {
        long end = System.nanoTime() + LEAD.toNanos();
        while (!leads()) {
            String leader = status().leader();
            if (leader != null && !leader.equals(server.getId().toString())) {
                throw new IOException("the host with the copy " + leader + " leads now");
            }
            if (System.nanoTime() > end) {
                throw new IOException("the log of the pool has no leader after " + LEAD.toSeconds() + " s");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the start was interrupted", e);
            }
        }
    }

    /** Has elections announced to this listener only, beginning with how it is now. */
    public void watch(LeadListener listener) {
        replica.watch(listener);
    }

    /** The group as this member sees it. */
    public GroupStatus status() throws IOException {
        RaftServer.Division division = server.getDivision(group);
        RaftConfiguration configuration = division.getRaftConf();
        Map<RaftPeerId, Long> logs = logs(division);
        List<GroupStatus.Member> members = new ArrayList<>();
        for (RaftPeer voter : configuration.getAllPeers()) {
            members.add(new GroupStatus.Member(RatisSettings.address(voter), true, logs.get(voter.getId())));
        }
        for (RaftPeer listener : configuration.getAllPeers(RaftPeerRole.LISTENER)) {
            members.add(new GroupStatus.Member(RatisSettings.address(listener), false, logs.get(listener.getId())));
        }
        members.sort((a, b) -> a.address().id().compareTo(b.address().id()));
        RaftPeerId leader = division.getInfo().getLeaderId();
        return new GroupStatus(
                division.getInfo().getCurrentTerm(),
                leader == null ? null : leader.toString(),
                division.getRaftLog().getLastCommittedIndex(),
                division.getInfo().getLastAppliedIndex(),
                replica.stopped().orElse(null),
                members);
    }

    private static Map<RaftPeerId, Long> logs(RaftServer.Division division) {
        Map<RaftPeerId, Long> logs = new HashMap<>();
        if (division.getInfo().isLeader()) {
            for (CommitInfoProto info : division.getCommitInfos()) {
                logs.put(RaftPeerId.valueOf(info.getServer().getId()), info.getCommitIndex());
            }
        }
        return logs;
    }

    /** Adds a listener, which has started by {@link #join}, and waits until it has caught up. */
    public void add(MemberAddress member) throws GroupException {
        RaftConfiguration now = configuration();
        List<RaftPeer> listeners = without(now.getAllPeers(RaftPeerRole.LISTENER), member.id());
        listeners.add(RatisSettings.peer(member));
        configure(List.copyOf(now.getAllPeers()), listeners);
    }

    /**
     * Gives a vote to a listener, or to a member that has started by {@link #join} and is none yet. It counts when it has
     * caught up. When this fails halfway it is no member, and this can be called again. Ratis refuses to add two at once to a
     * leader that is alone.
     */
    public void promote(MemberAddress member) throws GroupException {
        // Ratis never takes a listener for caught up when that becomes a voter, so it would not vote: add it as a new
        // one.
        RaftConfiguration now = configuration();
        List<RaftPeer> listeners = without(now.getAllPeers(RaftPeerRole.LISTENER), member.id());
        if (listeners.size() < now.getAllPeers(RaftPeerRole.LISTENER).size()) {
            configure(List.copyOf(now.getAllPeers()), listeners);
        }
        List<RaftPeer> voters = without(now.getAllPeers(), member.id());
        voters.add(RatisSettings.peer(member));
        configure(voters, listeners);
    }

    /** The others reach a member at another address from now on. */
    public void move(MemberAddress member) throws GroupException {
        RaftConfiguration now = configuration();
        configure(moved(now.getAllPeers(), member), moved(now.getAllPeers(RaftPeerRole.LISTENER), member));
    }

    private static List<RaftPeer> moved(Collection<RaftPeer> peers, MemberAddress member) {
        return peers.stream()
                .map(peer -> peer.getId().toString().equals(member.id()) ? RatisSettings.peer(member) : peer)
                .toList();
    }

    /** Removes a member, dead or alive, other than this leader. */
    public void remove(String id) throws GroupException {
        RaftConfiguration now = configuration();
        configure(without(now.getAllPeers(), id), without(now.getAllPeers(RaftPeerRole.LISTENER), id));
    }

    /** Makes another voter the leader. */
    public void transfer(String id) throws GroupException {
        lease.giveUp(log.term());
        send(new TransferLeadershipRequest(
                log.client(), server.getId(), group, log.call(), RaftPeerId.valueOf(id), TRANSFER_MILLIS));
    }

    /** The configuration that counts, which is the newest one in the log, whether most have it or not. */
    RaftConfiguration configuration() throws GroupException {
        try {
            return server.getDivision(group).getRaftConf();
        } catch (IOException e) {
            throw new GroupException("this host is no member of the group", e);
        }
    }

    private static List<RaftPeer> without(Collection<RaftPeer> peers, String id) {
        List<RaftPeer> others = new ArrayList<>(peers);
        others.removeIf(peer -> peer.getId().toString().equals(id));
        return others;
    }

    private void configure(List<RaftPeer> voters, List<RaftPeer> listeners) throws GroupException {
        lease.suspend();
        try {
            send(new SetConfigurationRequest(
                    log.client(),
                    server.getId(),
                    group,
                    log.call(),
                    SetConfigurationRequest.Arguments.newBuilder()
                            .setServersInNewConf(voters)
                            .setListenersInNewConf(listeners)
                            .build()));
        } finally {
            lease.resume();
        }
    }

    private void send(RaftClientRequest request) throws GroupException {
        try {
            RaftClientReply reply = request instanceof SetConfigurationRequest configuration
                    ? server.setConfiguration(configuration)
                    : server.transferLeadership((TransferLeadershipRequest) request);
            if (!reply.isSuccess()) {
                throw new GroupException("the group was not changed: " + reply.getException(), reply.getException());
            }
        } catch (GroupException e) {
            throw e;
        } catch (IOException e) {
            throw new GroupException("the group was not changed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // It is closed as far as it can be; the log is on disk.
        }
        log.close();
        replica.close();
    }
}
