package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.MemberTls;
import org.jxapi.raft.RaftMember;
import org.jxapi.raft.SoleVoter;
import org.jxapi.store.DiskRoom;
import org.jxapi.store.FolderTree;
import org.jxapi.store.LeadListener;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.StateImage;
import org.jxapi.store.StoreSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's replica of the database of its pool, in the folder {@code copy} of its data folder. It goes on while a member
 * becomes the coordinator: without its vote there would be no coordinator.
 */
public final class PoolReplica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolReplica.class);
    private static final String WHAT = "file of the pool's certificates";

    private final Path folder;
    private final @Nullable InetSocketAddress listens;
    private volatile @Nullable Supplier<Identity> own;
    private volatile Supplier<List<X509Certificate>> peers = List::of;
    /** The certificates that {@link #remember} has kept: a replica that starts knows the log only with the others. */
    private volatile List<X509Certificate> remembered = List.of();

    private final DiskRoom room;
    /** Whether it was stopped because its disk is full. */
    private boolean starved;

    private @Nullable GroupPlace place;
    /** Connections read it on their own threads. */
    private volatile @Nullable RaftMember running;

    private LeadListener listener = leads -> {};

    private final LongSupplier nanos;
    /** When it started, by {@link #nanos}. */
    private long started;

    /**
     * @param data the folder of this daemon
     * @param listens where other hosts reach the replica, with port 0 for a free one; null for no replica
     */
    public PoolReplica(Path data, @Nullable InetSocketAddress listens) {
        this(data, listens, System::nanoTime);
    }

    PoolReplica(Path data, @Nullable InetSocketAddress listens, LongSupplier nanos) {
        this.folder = folder(data);
        this.room = new DiskRoom(folder);
        this.listens = listens;
        this.nanos = nanos;
    }

    static Path folder(Path data) {
        return data.resolve("copy");
    }

    /** Shows this certificate to other hosts from now on. */
    public void show(Supplier<Identity> identity) {
        own = identity;
    }

    /** Trusts these certificates from now on, besides those of the hosts that the database names. */
    void trust(Supplier<List<X509Certificate>> certificates) {
        peers = certificates;
    }

    /** The room on its disk. */
    DiskRoom room() {
        return room;
    }

    /**
     * Stops a replica that follows when its disk has no room for the log, so that the others go on without it. It starts
     * again when there is room. One without a vote starts again from time to time. Called every second.
     */
    synchronized void tend() throws IOException {
        if (starved && !room.scarce()) {
            resume();
            LOG.info("Pool: the disk of {} has room again", folder);
        } else if (follows() && starves()) {
            stop();
        } else if (running != null
                && !running.votes()
                && nanos.getAsLong() - started > RaftMember.LONGEST_LISTENING.toNanos()) {
            LOG.info("Pool: this host's copy of the database starts again, as it does every 10 days");
            stop();
            resume();
        }
    }

    /** Whether the disk is too full for a replica; it goes on by {@link #tend} then. */
    synchronized boolean starves() {
        if (!starved && !room.tend()) {
            starved = true;
            LOG.error(
                    "Pool: the disk of {} is full, so this host's copy of the database is not kept up to date", folder);
        }
        return starved;
    }

    /** Whether this host may have a replica. */
    boolean wanted() {
        return listens != null;
    }

    /** Whether this host has a replica, and may have one. */
    public boolean there() throws IOException {
        return listens != null && GroupPlace.of(folder).isPresent();
    }

    /** Goes on with the replica that the host has; null if it has none, or must not have one. */
    synchronized @Nullable RaftMember resume() throws IOException {
        if (running == null && listens != null) {
            if (starved && room.scarce()) {
                throw new IOException("the disk of " + folder + " is full");
            }
            GroupPlace known = GroupPlace.of(folder).orElse(null);
            if (known != null) {
                remembered = recall();
                start(onPort(known), RaftMember::resume);
            }
        }
        return running;
    }

    private GroupPlace onPort(GroupPlace known) throws IOException {
        int port = address().getPort();
        if (port == 0 || port == known.port()) {
            return known;
        }
        GroupPlace moved = new GroupPlace(known.group(), known.id(), port);
        moved.write(folder);
        return moved;
    }

    /** Begins a group with this host as its only member, and that state. */
    synchronized RaftMember found(StateImage state, String owner) throws IOException {
        GroupPlace first = fresh(UUID.randomUUID().toString(), owner);
        RaftMember member = start(first, settings -> RaftMember.found(settings, state));
        first.write(folder);
        return member;
    }

    /** Begins as a replica that the coordinator is about to add to its group. */
    synchronized void join(String group, String owner) throws IOException {
        GroupPlace first = fresh(group, owner);
        first.write(folder);
        start(first, RaftMember::join);
    }

    private InetSocketAddress address() {
        if (listens == null) {
            throw new IllegalStateException("this host must not have a replica");
        }
        return listens;
    }

    private GroupPlace fresh(String group, String owner) throws IOException {
        InetSocketAddress address = address();
        discard();
        Files.createDirectories(folder);
        int port = address.getPort() == 0 ? GroupPlace.freePort(address.getAddress()) : address.getPort();
        return new GroupPlace(group, GroupPlace.newId(owner), port);
    }

    private interface Start {
        RaftMember with(MemberSettings settings) throws IOException;
    }

    private RaftMember start(GroupPlace at, Start how) throws IOException {
        RaftMember begun = how.with(settings(at));
        running = begun;
        started = nanos.getAsLong();
        place = at;
        starved = false;
        begun.watch(listener);
        return begun;
    }

    private MemberSettings settings(GroupPlace at) {
        return MemberSettings.of(
                UUID.fromString(at.group()),
                at.id(),
                address().getAddress().getHostAddress(),
                at.port(),
                StoreSettings.of(folder),
                new MemberTls(MutualTls.key(this::identity), MutualTls.trust(this::trusted)));
    }

    /**
     * Goes on without the other vote of a pair, in which this host leads. No answer of that one is needed.
     *
     * @throws IOException when the other one has been elected meanwhile, or the replica cannot go on
     */
    synchronized void leadAlone() throws IOException {
        GroupPlace at = place();
        MemberSettings settings = settings(at);
        stop();
        boolean alone = SoleVoter.votedForItself(settings);
        if (alone) {
            SoleVoter.make(settings);
        }
        RaftMember member = start(at, RaftMember::resume);
        if (!alone) {
            throw new IOException("the other host that votes has been elected");
        }
        member.awaitLead();
    }

    private Identity identity() {
        Supplier<Identity> now = own;
        if (now == null) {
            throw new IllegalStateException("this host has no certificate yet");
        }
        return now.get();
    }

    /** The certificates of hosts that may vote, in PEM form: the file {@code peers.json}. */
    private record Peers(List<String> certificates) {}

    private Path file() {
        return folder.resolve("peers.json");
    }

    /** Keeps the certificates that are trusted now for the next start; on disk when this returns. */
    synchronized void remember() throws IOException {
        List<X509Certificate> now = known();
        Peers kept = new Peers(now.stream().map(Pem::of).distinct().sorted().toList());
        if (!kept.equals(PlaceFile.read(file(), Peers.class, WHAT).orElse(null))) {
            PlaceFile.write(file(), kept);
        }
        remembered = now;
    }

    /** Trusts no certificates of an earlier time any more, because the coordinator has named those of now. */
    synchronized void forgetPeers() throws IOException {
        if (Files.deleteIfExists(file())) {
            SafeFile.sync(folder);
        }
        remembered = List.of();
    }

    private List<X509Certificate> recall() throws IOException {
        List<X509Certificate> all = new ArrayList<>();
        Optional<Peers> kept = PlaceFile.read(file(), Peers.class, WHAT);
        for (String each : kept.map(Peers::certificates).orElse(List.of())) {
            try {
                all.add(Pem.certificate(each));
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot use the " + WHAT + " " + file() + ": " + Reason.of(e), e);
            }
        }
        return all;
    }

    private List<X509Certificate> trusted() {
        List<X509Certificate> all = known();
        all.addAll(remembered);
        return all;
    }

    private List<X509Certificate> known() {
        List<X509Certificate> all = new ArrayList<>(peers.get());
        RaftMember member = member().orElse(null);
        if (member != null) {
            all.addAll(KnownMembers.trusted(member.store().snapshot()));
        }
        return all;
    }

    /** The replica, if it runs. */
    Optional<RaftMember> member() {
        return Optional.ofNullable(running);
    }

    /** Whether the replica runs, and another host leads or none does. */
    public boolean follows() {
        return member().filter(member -> !member.leads()).isPresent();
    }

    /** Whether the replica runs with a vote, and knows a leader. One without a vote does not see that its leader has failed. */
    boolean votesForLeader() throws IOException {
        RaftMember member = running;
        return member != null && member.votes() && member.status().leader() != null;
    }

    /** The place of the replica that runs; IllegalStateException if none does. */
    synchronized GroupPlace place() {
        if (place == null) {
            throw new IllegalStateException("this host has no replica");
        }
        return place;
    }

    /** Has elections announced to this listener only, beginning with how it is now. */
    public synchronized void watch(LeadListener to) {
        listener = to;
        // No lambda: a host alone loads no class of the log.
        RaftMember member = running;
        if (member != null) {
            member.watch(to);
        }
    }

    /** Removes the replica. */
    synchronized void discard() throws IOException {
        close();
        GroupPlace.end(folder);
        FolderTree.delete(folder);
    }

    /** Stops. The replica stays on disk. */
    @Override
    public synchronized void close() {
        starved = false;
        stop();
    }

    private void stop() {
        RaftMember ends = running;
        if (ends != null) {
            ends.close();
            running = null;
            place = null;
        }
    }
}
