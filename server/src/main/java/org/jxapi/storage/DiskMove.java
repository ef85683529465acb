package org.jxapi.storage;

import java.io.IOException;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Copying;
import org.jxapi.volume.LiveImage;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/**
 * One disk that goes to another repository. Closed before its records are swapped, it is where it was. A disk that a guest
 * writes to through QEMU is mirrored by that QEMU, and the daemon copies all others. It follows the changes of those that a
 * guest uses, until that guest has no domain for a moment.
 */
final class DiskMove implements AutoCloseable {
    private final MovePlan.Move move;
    private final Row<VDI> row;
    private final AttachedSr from;
    private final String location;
    private final NewDisk made;
    private final DiskUsers users;
    private final Hypervisor hypervisor;
    private @Nullable LiveImage live;
    private @Nullable FollowedCopy followed;
    private final Ref<VDI> fresh = VDI.XEN_CLASS.freshRef();
    private boolean mirrored;
    private boolean marked;
    private boolean pivoted;
    private boolean settled;
    private boolean left;

    /**
     * @param users the domains that use the disk, which the caller has claimed
     * @param vm the only VM that may use it
     */
    DiskMove(
            MovePlan.Move move,
            Snapshot snapshot,
            AttachedSr from,
            NewDisk made,
            DiskUsers users,
            Ref<VM> vm,
            Hosts hosts) {
        this.move = move;
        this.row = snapshot.row(move.vdi());
        this.from = from;
        this.location = from.existing(row.get(VDI.LOCATION));
        this.made = made;
        this.users = users;
        this.hypervisor = users.vbds().stream()
                .findFirst()
                .map(vbd -> hosts.domain(snapshot, snapshot.get(vbd, VBD.VM)).hypervisor())
                .orElse(hosts.own());
        if (!users.areAllOf(snapshot, vm)) {
            throw cannotMove("another VM has it too. Shut that VM down");
        }
        this.live = users.any() && images().served() ? liveImage() : null;
    }

    private XenApiException cannotMove(String why) {
        return Errors.operationNotAllowed(
                "VDI " + row.get(VDI.UUID) + " cannot move while a VM uses it: " + why + " and try again.");
    }

    private DiskImages images() {
        return hypervisor.diskImages();
    }

    /** The image that QEMU can mirror; null if it cannot. */
    private @Nullable LiveImage liveImage() {
        try {
            return move.format().equals("raw")
                    ? null
                    : from.repository().live(location).orElse(null);
        } catch (IOException e) {
            throw SmFailure.VDI_UNAVAILABLE.error(e);
        }
    }

    Ref<VDI> old() {
        return move.vdi();
    }

    Ref<VDI> fresh() {
        return fresh;
    }

    Ref<SR> target() {
        return move.sr();
    }

    /** The UUID of the new disk. */
    String key() {
        return made.uuid();
    }

    long bytes() {
        return row.get(VDI.VIRTUAL_SIZE);
    }

    boolean isLive() {
        return live != null;
    }

    /** Makes the new volume, which is empty. */
    void create() {
        try {
            Repository to = made.repository();
            long bytes = from.repository().bytes(location);
            boolean qcow2 = move.format().equals("qcow2");
            made.begin();
            if ((qcow2 || live != null) && to.createForQemu(made.uuid(), bytes)) {
                return;
            }
            if (qcow2) {
                throw Errors.srDoesNotSupportMigration(move.sr().value(), "VDI_MIRROR_IN");
            }
            live = null;
            boolean plain = move.format().equals("raw") || DiskRules.plain(DiskCopies.carried(row));
            to.create(made.uuid(), bytes, plain);
        } catch (IOException e) {
            throw SmFailure.VDI_CREATE.error(e);
        }
    }

    /** Whether a guest uses it, and no QEMU can mirror it to the new volume. */
    boolean needsFollowing() {
        return users.any() && live == null;
    }

    /** Copies the disk without its QEMU, if a guest uses it: that guest gets a new domain. */
    void follow(Store store, DiskCopies copies) {
        if (users.any()) {
            live = null;
            followed = new FollowedCopy(store, copies, from, location);
        }
    }

    DiskUsers users() {
        return users;
    }

    /**
     * Makes the new volume hold what the disk does. For a live disk, QEMU keeps it so from then on. One that is followed lacks
     * the last changes.
     */
    void copy(DoubleConsumer progress) {
        try {
            Repository to = made.repository();
            if (followed != null) {
                if (followed.copy(to, made.uuid(), progress)) {
                    return;
                }
                // Guests of the simulator write nothing, so that a copy of their disks is complete.
                if (images().served()) {
                    throw cannotMove("its SR makes no snapshot of it without a copy. Shut the VM down");
                }
            }
            if (live == null) {
                Copying.into(to, made.uuid(), from.repository(), location, progress);
            } else {
                mirrored = true;
                images().mirror(live.domid(), live.path(), to.path(made.uuid()), progress);
            }
        } catch (HypervisorException e) {
            throw Errors.mirrorFailed(old().value()).causedBy(e);
        } catch (IOException e) {
            throw SmFailure.VDI_CREATE.error(e);
        }
    }

    /** Copies the last changes of a disk that is followed, when its guest has no domain. */
    void finishCopy() {
        if (followed != null) {
            try {
                followed.finish(made.repository(), made.uuid());
            } catch (IOException e) {
                throw SmFailure.VDI_CREATE.error(e);
            }
        }
    }

    /** The record of the new disk. */
    Row<VDI> newRow() {
        try {
            Repository to = made.repository();
            Row<VDI> kept = DiskCopies.carried(row)
                    .with(VDI.IS_A_SNAPSHOT, row.get(VDI.IS_A_SNAPSHOT))
                    .with(VDI.SNAPSHOT_OF, row.get(VDI.SNAPSHOT_OF))
                    .with(VDI.SNAPSHOT_TIME, row.get(VDI.SNAPSHOT_TIME))
                    .with(VDI.READ_ONLY, row.get(VDI.READ_ONLY));
            return made.placed(kept, to.bytes(made.uuid()), to.taken(made.uuid()));
        } catch (IOException e) {
            throw SmFailure.VDI_CREATE.error(e);
        }
    }

    /** Says in the repository that the old volume counts only while it has a record. */
    void markOld() {
        try {
            from.repository().begin(location);
            marked = true;
        } catch (IOException e) {
            throw SmFailure.VDI_DELETE.error(e);
        }
    }

    /**
     * Makes QEMU use the new image alone, while the guest is paused.
     *
     * @throws HypervisorException when it is not known which image QEMU uses
     */
    void pivot() {
        LiveImage image = live;
        if (image != null) {
            try {
                pivoted = images().pivot(image.domid(), made.repository().path(made.uuid()));
            } catch (HypervisorException e) {
                if (isThere(image.domid())) {
                    throw e;
                }
            }
        }
    }

    private boolean isThere(int domid) {
        try {
            return !hypervisor.domains().info(domid).dying();
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** The error that keeps the old disk in its place; null when the new one may take it. */
    @Nullable
    XenApiException obstacle(Snapshot snapshot) {
        if (live == null && followed == null) {
            try {
                users.checkNoOthers(snapshot);
                return null;
            } catch (XenApiException e) {
                return e;
            }
        }
        // A guest that was ended while it was paused has written nothing to the new image that it knows of.
        boolean complete = pivoted || followed != null;
        return complete && users.same(snapshot) ? null : Errors.mirrorFailed(old().value());
    }

    /** Throws that error. */
    void checkUnobstructed(Snapshot snapshot) {
        XenApiException obstacle = obstacle(snapshot);
        if (obstacle != null) {
            throw obstacle;
        }
    }

    boolean hasPivoted() {
        return pivoted;
    }

    /** Says that the records are final. */
    void settle() {
        settled = true;
    }

    /** Leaves everything as it is, for the next start of the daemon. */
    void leave() {
        left = true;
    }

    /** Whether the records must stay as they are. */
    boolean isSettled() {
        return settled || left;
    }

    /** The two repositories of a move that has ended, and the space that they take. */
    record Ended(AttachedSr from, Usage fromUsage, AttachedSr to, Usage toUsage) {
        void record(Transaction tx) {
            from.record(tx, fromUsage);
            to.record(tx, toUsage);
        }
    }

    Ended usages() {
        return new Ended(
                from, from.repository().usage(), made.place(), made.repository().usage());
    }

    /** Removes the old volume, whose record is gone, and ends the mark of the new one. */
    void removeOld() {
        made.repository().keep(made.uuid());
        try {
            from.repository().discard(location);
        } catch (IOException e) {
            // Its mark stays, so the next start of the daemon removes it.
        }
    }

    @Override
    public void close() {
        if (left) {
            return;
        }
        LiveImage image = live;
        if (image != null && mirrored && !pivoted) {
            try {
                images().endMirror(image.domid(), made.repository().path(made.uuid()));
            } catch (HypervisorException e) {
                // The domain has ended, or the next start of the daemon ends the mirror.
            }
        }
        if (marked && !settled) {
            from.repository().keep(location);
        }
        if (followed != null) {
            followed.close();
        }
        made.close();
    }
}
