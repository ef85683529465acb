package org.jxapi.member;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import org.jxapi.certificate.Identity;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.raft.MemberSettings;
import org.jxapi.raft.RaftMember;
import org.jxapi.raft.SoleVoter;
import org.jxapi.session.PoolPassword;
import org.jxapi.store.FolderTree;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.StoreSettings;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member's replica as its coordinator orders it, and as an administrator makes this host the coordinator by it. */
public final class MemberCopy {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCopy.class);

    private final Path data;
    private final Path folder;
    private final Supplier<Identity> own;
    private final PoolReplica replica;

    /**
     * @param data the folder of this daemon
     * @param own the certificate that this host shows to the pool
     */
    public MemberCopy(Path data, Supplier<Identity> own, PoolReplica replica, OwnPlace place) {
        this.data = data;
        this.folder = PoolReplica.folder(data);
        this.own = own;
        this.replica = replica;
        replica.show(own);
        replica.trust(place::trusted);
    }

    /** Follows a group, from the start if the host has no replica that is one of these. */
    synchronized MemberOrders.Copy follow(String group, String uuid, List<String> copies) {
        if (!replica.wanted()) {
            return new MemberOrders.Copy("", 0);
        }
        try {
            GroupPlace known = GroupPlace.of(folder).orElse(null);
            if (known == null || !known.group().equals(group) || !copies.contains(known.id())) {
                replica.join(group, uuid);
            } else {
                replica.resume();
            }
            GroupPlace place = replica.place();
            return new MemberOrders.Copy(place.id(), place.port());
        } catch (IOException e) {
            throw Errors.internalError("The copy of the pool's database cannot be used: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    /** Trusts the hosts that this host's place in the pool names, and no earlier ones. */
    void trustPlace() throws IOException {
        replica.forgetPeers();
    }

    /** The bytes that can be written on its disk. */
    long room() {
        return replica.room().free();
    }

    /** Looks after the room on its disk; called every second. */
    public synchronized void tend() {
        try {
            replica.tend();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The copy of the pool's database cannot be used: {}", Reason.of(e));
        }
    }

    /** Removes the replica. */
    void discard() throws IOException {
        replica.discard();
    }

    /** The mark of a member that becomes the coordinator at its next start. */
    private static Path mark(Path data) {
        return Membership.folder(data).resolve("take-over");
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
        if (replica.votesForLeader()) {
            throw Errors.operationNotAllowed("The hosts that vote have a coordinator, or had one a moment ago");
        }
        SafeFile.write(mark(data), new byte[0]);
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
     * Makes this host the coordinator, if an administrator has ordered it: its copy is the database from now on, and that of
     * no other host. It can be repeated after a kill.
     */
    public static void finishTakeOver(Path data) throws IOException {
        if (!Files.exists(mark(data))) {
            return;
        }
        Path folder = PoolReplica.folder(data);
        Optional<GroupPlace> place = GroupPlace.of(folder);
        Optional<Membership> membership = Membership.of(data);
        if (place.isPresent() && membership.isPresent()) {
            MemberSettings alone = place.get().unreachable(StoreSettings.of(folder));
            SoleVoter.make(alone);
            Ref<Host> self = Host.XEN_CLASS.ref(membership.get().host());
            try (RaftMember member = RaftMember.resume(alone)) {
                member.awaitLead();
                member.store().change(tx -> {
                    PoolPassword.wasMember(tx, tx.get(self, Host.UUID));
                    Succession.lead(tx, self, null);
                });
                LOG.warn("Pool: this host is the coordinator from now on, with change {}", member.position());
            }
            StagedDatabase.take(folder, data);
            GroupPlace.end(folder);
        }
        FolderTree.delete(folder);
        Membership.end(data);
        Files.delete(mark(data));
    }
}
