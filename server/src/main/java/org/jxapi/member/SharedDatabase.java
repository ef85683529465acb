package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.local.ThisHost;
import org.jxapi.raft.GroupStatus;
import org.jxapi.raft.MemberAddress;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.RaftMember;
import org.jxapi.raft.SoleVoter;
import org.jxapi.store.FolderLock;
import org.jxapi.store.H2Store;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.StateImage;
import org.jxapi.store.Store;
import org.jxapi.store.StoreSettings;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's database, of which members keep copies. With two members that have copies, or more, those vote: a change is
 * made when most voters have it, and they elect another coordinator when this one fails. With one, the coordinator is the only
 * voter, never waits for the copy, and no other host becomes the coordinator by itself.
 */
public final class SharedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);
    private static final int CONNECT_MILLIS = 3000;
    private static final long RETRY_MILLIS = 1000;
    private static final long LOOK_MILLIS = 20;
    /** How many hosts that have copies vote besides the coordinator, at most. */
    private static final int MOST_OTHERS = 4;

    private final RaftMember member;
    private final PoolReplica replica;
    private final FolderLock lock;

    /** Whether the copies and their votes are as they should be. */
    private boolean balanced;

    private SharedDatabase(RaftMember member, PoolReplica replica, FolderLock lock) {
        this.member = member;
        this.replica = replica;
        this.lock = lock;
    }

    /**
     * Opens the database, and makes it a shared one if it is none yet.
     *
     * <p>While the only voter is this host, and a member that has a copy does not answer, the operator may have made that one
     * the coordinator. Then this is an IOException when the patience is over, unless the operator has ruled it out by {@link
     * #openAlone}, which {@link #dissolve} obeys before.
     *
     * @param patience how long to wait for those members
     */
    public static SharedDatabase open(StoreSettings settings, PoolReplica replica, Identity own, Duration patience)
            throws IOException {
        RaftMember known = replica.resume();
        RaftMember member = known == null ? found(settings, replica) : known;
        member.awaitLead();
        FolderLock lock = FolderLock.take(settings.folder());
        SharedDatabase shared = new SharedDatabase(member, replica, lock);
        try {
            if (known != null && !shared.votes()) {
                shared.awaitCopies(own, patience);
            }
            replica.trust(List::of);
            replica.remember();
            return shared;
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static RaftMember found(StoreSettings settings, PoolReplica replica) throws IOException {
        StateImage state;
        String owner;
        try (H2Store store = H2Store.open(settings, "file")) {
            state = store.image();
            owner = ThisHost.find(store.snapshot())
                    .map(host -> host.row().get(Host.UUID))
                    .orElse("coordinator");
        }
        RaftMember member = replica.found(state, owner);
        LOG.info("Pool: members can have copies of this host's database from now on");
        return member;
    }

    /**
     * Makes a shared database one of this host alone, with all changes.
     *
     * @throws IOException while other hosts vote, which may have elected another coordinator
     */
    public static void dissolve(StoreSettings settings) throws IOException {
        Path data = settings.folder();
        Path folder = PoolReplica.folder(data);
        Optional<GroupPlace> place = GroupPlace.of(folder);
        if (place.isEmpty()) {
            Files.deleteIfExists(alone(data));
            return;
        }
        MemberSettings alone = place.get().unreachable(StoreSettings.of(folder));
        boolean ruled = Files.exists(alone(data));
        if (SoleVoter.voters(alone) > 1) {
            if (!ruled) {
                throw new IOException("other hosts of the pool vote, and may have elected another coordinator. Set"
                        + " replication again, or run jxapid --open-alone before the next start if they are gone for good");
            }
            SoleVoter.make(alone);
        }
        try (RaftMember member = RaftMember.resume(alone)) {
            member.awaitLead();
            if (ruled) {
                member.store().change(PoolTerm::overrule);
            }
        }
        StagedDatabase.take(folder, data);
        GroupPlace.end(folder);
        Files.deleteIfExists(alone(data));
        LOG.info("Pool: the database is one of this host alone again");
    }

    /** Forgets that the database was shared, because another one has taken its place. */
    public static void forget(Path data) throws IOException {
        GroupPlace.end(PoolReplica.folder(data));
    }

    /** IOException while other hosts vote, to which a change of this host's files would not come. */
    public static void assertAlone(Path data) throws IOException {
        Path folder = PoolReplica.folder(data);
        Optional<GroupPlace> place = GroupPlace.of(folder);
        if (place.isPresent() && SoleVoter.voters(place.get().unreachable(StoreSettings.of(folder))) > 1) {
            throw new IOException("other hosts of the pool vote, and would keep their database: switch replication off on"
                    + " them first");
        }
    }

    private static Path alone(Path data) {
        return Membership.folder(data).resolve("open-alone");
    }

    /** Whether the next start goes on without an answer of those who have copies. */
    public static boolean opensAlone(Path data) {
        return Files.exists(alone(data));
    }

    /** Has the next start go on without an answer of those who have copies. */
    public static void openAlone(Path data) throws IOException {
        Files.createDirectories(Membership.folder(data));
        SafeFile.write(alone(data), new byte[0]);
    }

    private void awaitCopies(Identity own, Duration patience) throws IOException {
        List<GroupStatus.Member> members = member.status().members();
        long end = System.nanoTime() + patience.toNanos();
        for (KnownMember host : KnownMembers.all(store().snapshot())) {
            if (members.stream().anyMatch(copy -> isOf(copy, host))) {
                awaitMember(host, own, end);
            }
        }
    }

    private static void awaitMember(KnownMember host, Identity own, long end) throws IOException {
        while (!isMember(host, own)) {
            if (System.nanoTime() > end) {
                throw new IOException("host " + host
                        + " has a copy of the database and does not answer as a member. It may be the"
                        + " coordinator now. If it is not, start it, or run jxapid --open-alone before the"
                        + " next start");
            }
            pause(RETRY_MILLIS);
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the wait was interrupted", e);
        }
    }

    /** Whether the agent of a host listens, which that of a coordinator does not. */
    private static boolean isMember(KnownMember host, Identity own) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host.address(), host.port()), CONNECT_MILLIS);
            plain.setSoTimeout(CONNECT_MILLIS);
            try (SSLSocket socket = (SSLSocket) MutualTls.context(own, List.of(Pem.certificate(host.certificate())))
                    .getSocketFactory()
                    .createSocket(plain, host.address(), host.port(), true)) {
                socket.startHandshake();
                return true;
            }
        } catch (IOException | GeneralSecurityException e) {
            LOG.debug("Host {} does not answer", host, e);
            return false;
        }
    }

    /** The coordinator's store. */
    public Store store() {
        return member.store();
    }

    /** The id of this host's replica. */
    String id() {
        return replica.place().id();
    }

    private static boolean isOf(GroupStatus.Member copy, KnownMember host) {
        return host.has(copy.address().id());
    }

    /** Whether other hosts vote too. */
    boolean votes() throws IOException {
        return member.status().members().stream()
                        .filter(GroupStatus.Member::voter)
                        .count()
                > 1;
    }

    /** OPERATION_NOT_ALLOWED while other hosts vote, which would keep the database that they have. */
    public void assertRestorable() {
        try {
            if (votes()) {
                throw Errors.operationNotAllowed(
                        "Other hosts of the pool vote, and would keep their database: switch replication off on them first");
            }
        } catch (IOException e) {
            throw Errors.internalError("The copies cannot be looked at: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    /** Has a member, which answers, keep a copy. If that fails, {@link #balance} repeats it. */
    synchronized void copyTo(KnownMember host, MemberOrders orders) {
        balanced = false;
        try {
            List<GroupStatus.Member> members = member.status().members();
            List<String> ids =
                    members.stream().map(each -> each.address().id()).toList();
            MemberOrders.Copy copy = orders.follow(replica.place().group(), host.uuid(), ids);
            MemberAddress address = new MemberAddress(copy.id(), host.address(), copy.port());
            boolean there = false;
            for (GroupStatus.Member each : members) {
                if (each.address().id().equals(copy.id())) {
                    there = true;
                    if (!each.address().equals(address)) {
                        member.move(address);
                    }
                } else if (isOf(each, host)) {
                    remove(each, false);
                }
            }
            if (!there && !copy.id().isEmpty()) {
                member.add(address);
                LOG.info("Pool: host {} has a copy of the database", host);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Pool: host {} has no copy of the database: {}", host, Reason.of(e));
        }
    }

    /** The copies of other hosts. */
    private List<GroupStatus.Member> others(GroupStatus status) {
        return status.members().stream()
                .filter(each -> !each.address().id().equals(id()))
                .toList();
    }

    /** How many hosts are to vote besides the coordinator: an odd number would be worse than one less. */
    private static int wanted(int copies) {
        return Math.min(MOST_OTHERS, copies - copies % 2);
    }

    /** Gives votes to copies of hosts that answer. */
    private void promote(Function<KnownMember, @Nullable MemberOrders> reached) throws IOException {
        List<GroupStatus.Member> others = others(member.status());
        List<KnownMember> answering = KnownMembers.all(store().snapshot()).stream()
                .filter(host -> reached.apply(host) != null)
                .toList();
        List<MemberAddress> able = others.stream()
                .filter(each -> !each.voter() && answering.stream().anyMatch(host -> isOf(each, host)))
                .map(GroupStatus.Member::address)
                .toList();
        int voters =
                (int) others.stream().filter(GroupStatus.Member::voter).count();
        int more = wanted(voters + able.size()) - voters;
        if (more > 0 && Seat.of(store().snapshot()).isPresent()) {
            replica.remember();
            for (MemberAddress each : able.subList(0, more)) {
                member.promote(each);
            }
            LOG.info("Pool: {} hosts vote, and elect another coordinator if this one fails", voters + more + 1);
        }
        balanced &= voters + Math.max(more, 0) == wanted(others.size());
    }

    /**
     * Removes a copy, and takes as many votes of others as are too many without it.
     *
     * @param answers whether that copy still votes: then it goes last, and otherwise first, so that a majority answers each time
     */
    private void remove(GroupStatus.Member copy, boolean answers) throws IOException {
        String id = copy.address().id();
        if (copy.voter()) {
            List<GroupStatus.Member> rest = others(member.status()).stream()
                    .filter(each -> !each.address().id().equals(id))
                    .toList();
            if (!answers) {
                member.remove(id);
            }
            demote(rest);
            if (answers) {
                member.remove(id);
            }
        } else {
            member.remove(id);
        }
    }

    /** Takes votes until these copies of other hosts have the right number. Those that lose it begin again later. */
    private void demote(List<GroupStatus.Member> copies) throws IOException {
        List<String> voters = copies.stream()
                .filter(GroupStatus.Member::voter)
                .map(each -> each.address().id())
                .toList();
        for (int last = voters.size() - 1; last >= wanted(copies.size()); last--) {
            demote(voters.get(last));
        }
    }

    private void demote(String id) throws IOException {
        balanced = false;
        member.remove(id);
        LOG.info("Pool: the copy {} has no vote any more, and begins again", id);
    }

    /**
     * Takes votes that are too many. A former coordinator that has failed keeps its own until it is a member: it learns from the
     * log that it is one. The second of two voters is no such host.
     */
    private void demote(Function<KnownMember, @Nullable MemberOrders> reached) throws IOException {
        List<GroupStatus.Member> others = others(member.status());
        List<String> voters = others.stream()
                .filter(GroupStatus.Member::voter)
                .map(each -> each.address().id())
                .toList();
        int many = voters.size() - wanted(others.size());
        for (KnownMember host : KnownMembers.all(store().snapshot())) {
            Optional<String> vote = voters.stream().filter(host::has).findFirst();
            if (many > 0 && vote.isPresent() && (voters.size() == 1 || reached.apply(host) != null)) {
                demote(vote.get());
                many--;
            }
        }
        balanced &= many <= 0;
    }

    /**
     * Makes copies and votes as they should be. A copy that has lost its vote begins again, because Ratis never makes a
     * listener of a voter.
     *
     * @param reached the orders to a host; null for one that does not answer now
     */
    synchronized void balance(Function<KnownMember, @Nullable MemberOrders> reached) {
        if (balanced) {
            return;
        }
        balanced = true;
        try {
            demote(reached);
            List<String> ids = others(member.status()).stream()
                    .map(each -> each.address().id())
                    .toList();
            for (KnownMember host : KnownMembers.all(store().snapshot())) {
                MemberOrders orders = reached.apply(host);
                if (orders != null && ids.stream().noneMatch(host::has)) {
                    copyTo(host, orders);
                }
            }
            promote(reached);
        } catch (IOException | RuntimeException e) {
            balanced = false;
            LOG.warn("Pool: the votes of hosts are not as they should be: {}", Reason.of(e));
        }
    }

    /** Takes the copy and the vote of a host that leaves, while it still answers. */
    synchronized void release(KnownMember host) throws IOException {
        for (GroupStatus.Member each : others(member.status())) {
            if (isOf(each, host)) {
                remove(each, true);
            }
        }
    }

    /** Forgets the copies of hosts that are no members any more. */
    synchronized void forgetStrangers() {
        try {
            List<KnownMember> known = KnownMembers.all(store().snapshot());
            for (GroupStatus.Member each : others(member.status())) {
                if (known.stream().noneMatch(host -> isOf(each, host))) {
                    remove(each, false);
                }
            }
            replica.remember();
        } catch (IOException e) {
            LOG.warn("Pool: the copy of a host that has left is not forgotten: {}", Reason.of(e));
        }
    }

    /**
     * Keeps where this host is reached, and what it is as a member, for the time when another host is the coordinator.
     *
     * @param seat null if this host cannot become a member
     */
    void sit(@Nullable Seat seat) throws IOException {
        Seat before = Seat.of(store().snapshot()).orElse(null);
        if (seat != null && !seat.equals(before)) {
            store().change(seat::keep);
        }
        if (seat != null) {
            MemberAddress self = new MemberAddress(
                    id(), seat.member().address(), replica.place().port());
            boolean moved = member.status().members().stream()
                    .noneMatch(each -> each.address().equals(self));
            if (moved) {
                member.move(self);
            }
        }
    }

    /**
     * Makes another host the coordinator, which has a copy that is nearly complete; OPERATION_NOT_ALLOWED if it has none, or
     * does not catch up in time. When this returns, the other host leads.
     */
    synchronized void handOver(KnownMember host, Duration patience) throws IOException {
        String id = awaitCopy(host, patience);
        GroupStatus.Member heir = member.status().members().stream()
                .filter(each -> each.address().id().equals(id))
                .findFirst()
                .orElseThrow();
        if (!heir.voter()) {
            replica.remember();
            member.promote(heir.address());
        }
        member.transfer(id);
    }

    private String awaitCopy(KnownMember host, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            GroupStatus status = member.status();
            GroupStatus.Member copy = status.members().stream()
                    .filter(each -> isOf(each, host))
                    .findFirst()
                    .orElseThrow(() -> Errors.operationNotAllowed("The host has no copy of the pool's database"));
            Long log = copy.log();
            if (log != null && log >= status.committed()) {
                return copy.address().id();
            }
            if (System.nanoTime() > end) {
                throw Errors.operationNotAllowed("The host's copy of the pool's database does not come near");
            }
            pause(LOOK_MILLIS);
        }
    }

    /** The lines of {@code xe pool-status} about the copies. */
    void describe(StringBuilder text) throws IOException {
        GroupStatus status = member.status();
        for (GroupStatus.Member each : others(status)) {
            Long log = each.log();
            String id = each.address().id();
            String uuid = KnownMembers.all(store().snapshot()).stream()
                    .filter(host -> isOf(each, host))
                    .map(KnownMember::uuid)
                    .findFirst()
                    .orElse(id);
            text.append(each.voter() ? "voter: " : "copy: ")
                    .append(uuid)
                    .append(", has ")
                    .append(log == null ? "an unknown number" : log.toString())
                    .append(" of ")
                    .append(status.committed())
                    .append(" groups of changes\n");
        }
        long voters =
                status.members().stream().filter(GroupStatus.Member::voter).count();
        text.append(
                voters > 1
                        ? "failure of the coordinator: " + voters + " hosts vote; another host takes its place while "
                                + (voters / 2 + 1) + " of them answer, and no acknowledged change is lost\n"
                        : "failure of the coordinator: an administrator must choose another one, which takes two copies"
                                + " that vote to be done by itself\n");
    }

    /** Closes the database, and ends this host's vote with it. */
    @Override
    public void close() {
        replica.close();
        lock.close();
    }
}
