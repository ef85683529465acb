package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisPool;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.MemberTls;
import org.jxapi.raft.RaftMember;
import org.jxapi.raft.SoleVoter;
import org.jxapi.store.FolderTree;
import org.jxapi.store.Reason;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.StoreSettings;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's copy of the database of its pool, in the folder {@code copy} of its data folder. It follows the log of the
 * coordinator and has no vote. An administrator of the member can make this host the coordinator by it.
 */
public final class MemberCopy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCopy.class);

    private final Path data;
    private final Path folder;
    private final Identity own;
    private final @Nullable InetSocketAddress listens;
    private final Supplier<List<X509Certificate>> trusted;
    private @Nullable RaftMember running;

    /**
     * @param data the folder of this daemon
     * @param listens where the coordinator reaches the copy, with port 0 for a free one; null for no copy
     * @param trusted the certificates of those that may be the coordinator
     */
    public MemberCopy(
            Path data, Identity own, @Nullable InetSocketAddress listens, Supplier<List<X509Certificate>> trusted) {
        this.data = data;
        this.folder = folder(data);
        this.own = own;
        this.listens = listens;
        this.trusted = trusted;
    }

    private static Path folder(Path data) {
        return data.resolve("copy");
    }

    /** Follows a group, from the start if the host has no copy of its database. */
    synchronized MemberOrders.Copy follow(String group, String uuid) {
        if (listens == null) {
            return new MemberOrders.Copy("", 0);
        }
        try {
            GroupPlace place = GroupPlace.of(folder).orElse(null);
            boolean same = place != null
                    && place.group().equals(group)
                    && (listens.getPort() == 0 || listens.getPort() == place.port());
            if (place != null && same) {
                if (running == null) {
                    running = RaftMember.resume(settings(place, listens));
                }
            } else {
                place = begin(group, uuid, listens);
            }
            return new MemberOrders.Copy(place.id(), place.port());
        } catch (IOException | GeneralSecurityException e) {
            throw Errors.internalError("The copy of the pool's database cannot be used: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    private GroupPlace begin(String group, String uuid, InetSocketAddress address)
            throws IOException, GeneralSecurityException {
        discard();
        Files.createDirectories(folder);
        int port = address.getPort() == 0 ? GroupPlace.freePort(address.getAddress()) : address.getPort();
        GroupPlace place = new GroupPlace(group, GroupPlace.newId(uuid), port);
        place.write(folder);
        running = RaftMember.join(settings(place, address));
        return place;
    }

    private MemberSettings settings(GroupPlace place, InetSocketAddress address) throws GeneralSecurityException {
        return MemberSettings.of(
                UUID.fromString(place.group()),
                place.id(),
                address.getAddress().getHostAddress(),
                place.port(),
                StoreSettings.of(folder),
                new MemberTls(MutualTls.key(() -> own), MutualTls.trust(trusted)));
    }

    /** Removes the copy. */
    synchronized void discard() throws IOException {
        close();
        GroupPlace.end(folder);
        FolderTree.delete(folder);
    }

    /**
     * Has the next start make this host the coordinator. OPERATION_NOT_ALLOWED without a complete copy, and while the
     * coordinator answers.
     */
    void takeOver(Membership membership) throws IOException {
        GroupPlace place = GroupPlace.of(folder).orElse(null);
        if (place == null) {
            throw Errors.operationNotAllowed("This host has no copy of the database of its pool");
        }
        if (!place.hasState(folder)) {
            throw Errors.operationNotAllowed("This host's copy of the database of its pool is not complete yet");
        }
        if (answers(membership)) {
            throw Errors.operationNotAllowed("The coordinator of this pool answers");
        }
        Heir.ofLost(data);
    }

    /** Has the next start make this host the coordinator, by that copy, which has all changes. */
    synchronized void lead(String id, KnownMember former) throws IOException {
        GroupPlace place = GroupPlace.of(folder).orElse(null);
        if (place == null || !place.id().equals(id) || !place.hasState(folder)) {
            throw Errors.operationNotAllowed("This host has not the copy that it had");
        }
        Heir.of(data, former);
    }

    private boolean answers(Membership membership) throws IOException {
        try (SSLSocket socket = new CoordinatorSocket(own).open(membership)) {
            return socket.isConnected();
        } catch (XenApiException e) {
            LOG.debug("The coordinator does not answer", e);
            return false;
        }
    }

    /**
     * Makes this host the coordinator, if an administrator has ordered it: its copy is the database from now on. It can be
     * repeated after a kill.
     */
    public static void finishTakeOver(Path data) throws IOException {
        if (!Heir.is(data)) {
            return;
        }
        KnownMember former = Heir.former(data).orElse(null);
        Path folder = folder(data);
        Optional<GroupPlace> place = GroupPlace.of(folder);
        Optional<Membership> membership = Membership.of(data);
        if (place.isPresent() && membership.isPresent()) {
            MemberSettings alone = place.get().unreachable(StoreSettings.of(folder), null);
            SoleVoter.make(alone);
            Ref<Host> self = Host.XEN_CLASS.ref(membership.get().host());
            try (RaftMember member = RaftMember.resume(alone)) {
                member.awaitLead();
                member.store().change(tx -> lead(tx, self, former));
                LOG.warn("Pool: this host is the coordinator from now on, with change {}", member.position());
            }
            GroupPlace.end(data);
            StagedDatabase.take(folder, data);
            GroupPlace.end(folder);
        }
        FolderTree.delete(folder);
        Membership.end(data);
        Heir.end(data);
    }

    /** The former coordinator is a member, or taken for dead, and this host needs no agent any more. */
    private static void lead(Transaction tx, Ref<Host> self, @Nullable KnownMember member) {
        Ref<Pool> pool = ThisPool.ref(tx);
        Ref<Host> former = tx.get(pool, Pool.MASTER);
        if (!former.equals(self)) {
            if (member == null) {
                tx.update(tx.get(former, Host.METRICS), HostMetrics.LIVE, false);
            } else {
                KnownMembers.keep(tx, member);
            }
            tx.set(pool, Pool.MASTER, self);
            KnownMembers.forget(tx, tx.get(self, Host.UUID));
            PoolTerm.raise(tx);
        }
    }

    /** Stops following. The copy stays. */
    @Override
    public synchronized void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
