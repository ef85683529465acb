package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.raft.GroupStatus;
import org.jxapi.raft.MemberAddress;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.MemberTls;
import org.jxapi.raft.RaftMember;
import org.jxapi.store.H2Store;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StateImage;
import org.jxapi.store.Store;
import org.jxapi.store.StoreSettings;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's database, of which members keep copies. The coordinator is the only voter of the group, so it never waits
 * for a copy, and each copy follows as fast as it can.
 */
public final class SharedDatabase implements AutoCloseable {
    /** The name of the plug-in that shows which hosts have a copy. */
    public static final String PLUGIN = "jxapi-pool";

    private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);
    private static final int CONNECT_MILLIS = 3000;
    private static final long RETRY_MILLIS = 1000;
    private static final long LOOK_MILLIS = 20;

    private final RaftMember member;
    private final String group;

    private final AtomicReference<ServerCertificates> own;

    private SharedDatabase(RaftMember member, String group, AtomicReference<ServerCertificates> own) {
        this.member = member;
        this.group = group;
        this.own = own;
    }

    /**
     * Opens the database, and makes it a shared one if it is none yet.
     *
     * <p>While a member that has a copy does not answer, the operator may have made it the coordinator. Then this is an
     * IOException when the patience is over, unless the operator has ruled it out by {@link #openAlone}.
     *
     * @param patience how long to wait for those members
     */
    public static SharedDatabase open(StoreSettings settings, ServerCertificates certificates, Duration patience)
            throws IOException {
        Path folder = settings.folder();
        GroupPlace known = GroupPlace.of(folder).orElse(null);
        AtomicReference<@Nullable Store> store = new AtomicReference<>();
        AtomicReference<ServerCertificates> own = new AtomicReference<>(certificates);
        MemberTls tls = new MemberTls(
                MutualTls.key(() -> Objects.requireNonNull(own.get()).shown().pool()),
                MutualTls.trust(() -> trusted(store.get())));
        GroupPlace place = known == null
                ? new GroupPlace(UUID.randomUUID().toString(), GroupPlace.newId("coordinator"), 0)
                : known;
        MemberSettings member = place.unreachable(settings, tls);
        RaftMember opened = known == null ? found(member, place) : RaftMember.resume(member);
        try {
            store.set(opened.store());
            opened.awaitLead();
            SharedDatabase shared = new SharedDatabase(opened, place.group(), own);
            if (!Files.deleteIfExists(alone(folder))) {
                shared.awaitCopies(certificates.shown().pool(), patience);
            }
            return shared;
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private static RaftMember found(MemberSettings settings, GroupPlace place) throws IOException {
        Path folder = settings.store().folder();
        StateImage state;
        try (H2Store store = H2Store.open(settings.store(), "file")) {
            state = store.image();
        }
        GroupPlace.end(folder);
        RaftMember member = RaftMember.found(settings, state);
        try {
            place.write(folder);
        } catch (IOException | RuntimeException | Error e) {
            member.close();
            throw e;
        }
        LOG.info("Pool: members can have copies of this host's database from now on");
        return member;
    }

    /** Makes a shared database one of this host alone, with all changes. */
    public static void dissolve(StoreSettings settings) throws IOException {
        Optional<GroupPlace> place = GroupPlace.of(settings.folder());
        if (place.isPresent()) {
            try (RaftMember member = RaftMember.resume(place.get().unreachable(settings, null))) {
                member.awaitLead();
            }
            GroupPlace.end(settings.folder());
            LOG.info("Pool: the database is one of this host alone again");
        }
    }

    /** Forgets that the database was shared, because another one has taken its place. */
    public static void forget(Path data) throws IOException {
        GroupPlace.end(data);
    }

    private static Path alone(Path data) {
        return Membership.folder(data).resolve("open-alone");
    }

    /** Has the next start go on without an answer of those who have copies. */
    public static void openAlone(Path data) throws IOException {
        Files.createDirectories(Membership.folder(data));
        SafeFile.write(alone(data), new byte[0]);
    }

    private static List<X509Certificate> trusted(@Nullable Store store) {
        List<X509Certificate> trusted = new ArrayList<>();
        if (store != null) {
            for (KnownMember known : KnownMembers.all(store.snapshot())) {
                try {
                    trusted.add(Pem.certificate(known.certificate()));
                } catch (GeneralSecurityException e) {
                    LOG.debug("The certificate of host {} cannot be read", known, e);
                }
            }
        }
        return trusted;
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

    /** Shows these certificates to members from now on: a first start makes that of the pool after the store is open. */
    public void show(ServerCertificates certificates) {
        own.set(certificates);
    }

    /** The coordinator's store. */
    public Store store() {
        return member.store();
    }

    private static boolean isOf(GroupStatus.Member copy, KnownMember host) {
        return copy.address().id().startsWith(host.uuid() + ".");
    }

    /** Has a member, which answers, keep a copy. A failure is logged: the next time that the member answers it is tried again. */
    synchronized void copyTo(KnownMember host, MemberOrders orders) {
        try {
            MemberOrders.Copy copy = orders.follow(group, host.uuid());
            MemberAddress address = new MemberAddress(copy.id(), host.address(), copy.port());
            boolean there = false;
            for (GroupStatus.Member each : member.status().members()) {
                if (each.address().equals(address)) {
                    there = true;
                } else if (isOf(each, host)) {
                    member.remove(each.address().id());
                }
            }
            if (!there && !copy.id().isEmpty()) {
                member.add(address);
            }
            if (!copy.id().isEmpty()) {
                LOG.info("Pool: host {} has a copy of the database", host);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Pool: host {} has no copy of the database: {}", host, Reason.of(e));
        }
    }

    /**
     * Waits until a host's copy has about all changes; the id of the copy. OPERATION_NOT_ALLOWED if that does not happen in
     * time.
     */
    String awaitCopy(KnownMember host, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            GroupStatus status = member.status();
            GroupStatus.Member copy = status.members().stream()
                    .filter(each -> !each.voter() && isOf(each, host))
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

    /** Makes no changes from now on, and waits until a host's copy has all. If that takes too long, changes are made again. */
    void hold(KnownMember host, Duration patience) throws IOException {
        try {
            member.hold(patience);
            awaitCopy(host, patience);
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    /** Makes changes again. */
    void release() throws IOException {
        member.release();
    }

    /** Forgets the copies of hosts that are no members any more. */
    synchronized void forgetStrangers() {
        try {
            List<KnownMember> known = KnownMembers.all(store().snapshot());
            for (GroupStatus.Member each : member.status().members()) {
                if (!each.voter() && known.stream().noneMatch(host -> isOf(each, host))) {
                    member.remove(each.address().id());
                }
            }
        } catch (IOException e) {
            LOG.warn("Pool: the copy of a host that has left is not forgotten: {}", Reason.of(e));
        }
    }

    /**
     * The answers of the plug-in {@link #PLUGIN}, whose only function is {@code status}: lines about the coordinator and the
     * copies.
     */
    public static String call(@Nullable SharedDatabase shared, Snapshot now, String function) {
        if (!function.equals("status")) {
            throw new XenApiException("UNKNOWN_XENAPI_PLUGIN_FUNCTION", List.of(function));
        }
        StringBuilder text = new StringBuilder("coordinator: ")
                .append(ThisHost.row(now).get(Host.UUID))
                .append('\n');
        if (shared == null) {
            return text.append("copies: none, because the setting replication is off\n")
                    .toString();
        }
        try {
            shared.describe(text);
        } catch (IOException e) {
            throw Errors.internalError("The copies cannot be looked at: " + Reason.of(e))
                    .causedBy(e);
        }
        return text.toString();
    }

    private void describe(StringBuilder text) throws IOException {
        GroupStatus status = member.status();
        for (GroupStatus.Member each : status.members()) {
            if (!each.voter()) {
                Long log = each.log();
                String id = each.address().id();
                text.append("copy: ")
                        .append(id, 0, id.lastIndexOf('.'))
                        .append(", has ")
                        .append(log == null ? "an unknown number" : log.toString())
                        .append(" of ")
                        .append(status.committed())
                        .append(" groups of changes\n");
            }
        }
    }

    @Override
    public void close() {
        member.close();
    }
}
