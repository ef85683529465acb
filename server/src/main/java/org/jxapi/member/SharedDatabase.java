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
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.local.PoolTerm;
import org.jxapi.local.ThisHost;
import org.jxapi.raft.GroupStatus;
import org.jxapi.raft.MemberAddress;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.RaftMember;
import org.jxapi.raft.SoleVoter;
import org.jxapi.store.Copyable;
import org.jxapi.store.FolderLock;
import org.jxapi.store.FolderTree;
import org.jxapi.store.H2Store;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
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

    private final RaftMember member;
    private final PoolReplica replica;
    private final FolderLock lock;
    private final Copies copies;

    private SharedDatabase(RaftMember member, PoolReplica replica, FolderLock lock) {
        this.member = member;
        this.replica = replica;
        this.lock = lock;
        this.copies = new Copies(member, replica);
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
            if (opensAlone(data)) {
                Files.delete(alone(data));
            }
            return;
        }
        MemberSettings alone = place.get().unreachable(StoreSettings.of(folder));
        boolean ruled = opensAlone(data);
        if (SoleVoter.voters(alone) > 1) {
            if (!ruled) {
                throw new IOException(
                        "other hosts of the pool vote, and may have elected another coordinator. Set"
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
        if (StagedDatabase.waits(data)) {
            // A restore takes the place of all that the pool had, which stays aside.
            Path aside = Membership.folder(data).resolve("copy-before-restore");
            Files.createDirectories(Membership.folder(data));
            FolderTree.delete(aside);
            GroupPlace.end(folder);
            SafeFile.replace(folder, aside);
        } else {
            StagedDatabase.take(folder, data);
            GroupPlace.end(folder);
        }
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
            throw new IOException(
                    "other hosts of the pool vote, and would keep their database: switch replication off on"
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
            if (members.stream().anyMatch(copy -> Copies.isOf(copy, host))) {
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
            Pause.millis(RETRY_MILLIS);
        }
    }

    /** Whether the agent of a host listens, which that of a coordinator does not. */
    private static boolean isMember(KnownMember host, Identity own) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host.address(), host.port()), CONNECT_MILLIS);
            plain.setSoTimeout(CONNECT_MILLIS);
            try (SSLSocket socket = (SSLSocket) MutualTls.context(() -> own, host::trusted)
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

    /** The same for backups. */
    public Copyable database() {
        return member.database();
    }

    /** Completes when what this host has had since the call was the newest state; fails when another host may lead. */
    public CompletableFuture<Void> confirmLead() {
        return member.confirmLead();
    }

    /** The term in which this host leads and has the newest state, as far as it knows. */
    long leadTerm() {
        return member.leadTerm();
    }

    /** The same as {@link #confirmLead()} for the state since {@link #leadTerm} was that term. */
    CompletableFuture<Void> confirmLead(long term) {
        return member.confirmLead(term);
    }

    /** The copies of other hosts. */
    Copies copies() {
        return copies;
    }

    /** Looks after the room on this host's disk. Returns whether there is enough. */
    boolean tend() {
        replica.room().tend();
        return !replica.room().scarce();
    }

    /** Whether only changes that free room are made from now on. */
    void scarce(boolean now) {
        member.scarce(now);
    }

    /** The id of this host's replica. */
    String id() {
        return replica.place().id();
    }

    /** Whether other hosts vote too. */
    boolean votes() throws IOException {
        return member.status().voters().size() > 1;
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

    /**
     * Keeps where this host is reached, and what it is as a member, for the time when another host is the coordinator.
     *
     * @param seat null if this host cannot become a member
     */
    void sit(@Nullable Seat seat) throws IOException {
        if (seat == null) {
            return;
        }
        if (!seat.equals(Seat.of(store().snapshot()).orElse(null))) {
            store().change(seat::keep);
        }
        MemberAddress self =
                new MemberAddress(id(), seat.member().address(), replica.place().port());
        boolean moved = member.status().members().stream()
                .noneMatch(each -> each.address().equals(self));
        if (moved) {
            member.move(self);
        }
    }

    /** Trusts the hosts at the next start that it trusts now, before it can ask them for the newest state. */
    void remember() throws IOException {
        replica.remember();
    }

    /** The lines of {@code xe pool-status} about the copies. */
    void describe(StringBuilder text) throws IOException {
        GroupStatus status = member.status();
        for (GroupStatus.Member each : copies.others(status)) {
            Long log = each.log();
            String id = each.address().id();
            String uuid = KnownMembers.all(store().snapshot()).stream()
                    .filter(host -> Copies.isOf(each, host))
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
        int voters = status.voters().size();
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
