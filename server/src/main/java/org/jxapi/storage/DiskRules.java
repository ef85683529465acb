package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.volume.SmFailure;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;

/** The rules that hold for every disk: its size and its records. */
final class DiskRules {
    private static final long MIB = 1 << 20;

    private DiskRules() {}

    static long rounded(long bytes) {
        if (bytes < 0 || bytes > Long.MAX_VALUE - MIB) {
            throw SmFailure.VDI_SIZE.error("VDI size must be between 1 MB and " + Long.MAX_VALUE / MIB + " MB");
        }
        return Math.max(MIB, (bytes + MIB - 1) / MIB * MIB);
    }

    static void refuseUnmanaged(Snapshot snapshot, Ref<VDI> vdi) {
        if (!snapshot.get(vdi, VDI.MANAGED)) {
            throw Errors.vdiNotManaged(vdi.value());
        }
    }

    /** Removes a disk's row and what depends on it: its VBDs go, but disc drives stay, empty. */
    static void forget(Transaction tx, Ref<VDI> vdi) {
        for (Ref<VBD> vbd : List.copyOf(tx.get(vdi, VDI.VBDS))) {
            if (tx.get(vbd, VBD.TYPE) == VbdType.CD) {
                tx.set(vbd, VBD.VDI, Ref.nil());
                tx.set(vbd, VBD.EMPTY, true);
            } else {
                tx.destroy(vbd);
            }
        }
        if (tx.get(vdi, VDI.TYPE) == VdiType.SUSPEND) {
            for (Stored<VM> vm : List.copyOf(tx.all(VM.XEN_CLASS))) {
                if (vm.row().get(VM.SUSPEND_VDI).equals(vdi)) {
                    tx.set(vm.ref(), VM.SUSPEND_VDI, Ref.nil());
                }
            }
        }
        tx.destroy(vdi);
    }
}
