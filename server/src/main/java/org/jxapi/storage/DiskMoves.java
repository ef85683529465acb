package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** Disks that go to another repository: as copies that take the place of what they were made of. */
final class DiskMoves {
    private final Store store;
    private final Disks disks;

    DiskMoves(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    /** Moves a disk of a VM that does not use it now; VDI_IN_USE when one does. */
    Ref<VDI> move(Call call, Ref<VDI> vdi, Ref<SR> sr) {
        Snapshot before = store.snapshot();
        if (before.get(vdi, VDI.VBDS).isEmpty()) {
            throw Errors.vdiNeedsVmForMigrate(vdi.value());
        }
        if (before.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType(vdi.value(), VdiTypes.named(VdiType.CBT_METADATA));
        }
        before.require(sr);
        if (before.get(vdi, VDI.SR).equals(sr)) {
            return vdi;
        }
        checkUnused(before, vdi);
        Ref<VDI> copy = disks.copies().copy(call, vdi, sr);
        try {
            store.change(tx -> {
                // A VM that has started meanwhile may write to the old disk, and its data must not be lost.
                checkUnused(tx, vdi);
                VdiRules.check(tx, vdi, VdiOperations.DESTROY);
                replace(tx, vdi, copy);
            });
        } catch (RuntimeException | Error e) {
            disks.destroy(copy);
            throw e;
        }
        disks.destroy(vdi);
        return copy;
    }

    private static void checkUnused(Snapshot snapshot, Ref<VDI> vdi) {
        for (Ref<VBD> vbd : snapshot.get(vdi, VDI.VBDS)) {
            if (snapshot.get(vbd, VBD.CURRENTLY_ATTACHED) || snapshot.get(vbd, VBD.RESERVED)) {
                throw Errors.vdiInUse(vdi.value(), VdiOperations.COPY.wire());
            }
        }
    }

    private static void replace(Transaction tx, Ref<VDI> vdi, Ref<VDI> by) {
        for (Ref<VBD> vbd : List.copyOf(tx.get(vdi, VDI.VBDS))) {
            tx.set(vbd, VBD.VDI, by);
        }
        for (Ref<VDI> snapshot : List.copyOf(tx.get(vdi, VDI.SNAPSHOTS))) {
            tx.set(snapshot, VDI.SNAPSHOT_OF, by);
        }
    }
}
