package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VmPowerState;

/** Whether a disk can go to a domain: XAPI's checks of {@code VBD.attach}, in XAPI's order. */
public final class Attachment {
    private Attachment() {}

    /** Throws the XenAPI error when the VBD's disk cannot go to its VM now. */
    public static void check(Snapshot snapshot, Ref<VBD> vbd) {
        XenApiException error = error(snapshot, vbd);
        if (error != null) {
            throw error;
        }
    }

    /** The error that keeps the VBD's disk from its VM; null for none. */
    public static @Nullable XenApiException error(Snapshot snapshot, Ref<VBD> ref) {
        Row<VBD> vbd = snapshot.row(ref);
        for (Map.Entry<String, VbdOperations> other :
                vbd.get(VBD.CURRENT_OPERATIONS).entrySet()) {
            return Errors.otherOperationInProgress(
                    "VBD", ref.value(), other.getValue().wire(), other.getKey());
        }
        XenApiException error = disk(snapshot, ref, vbd);
        if (error == null && !vbd.get(VBD.EMPTY)) {
            error = operation(snapshot, vbd.get(VBD.VDI));
        }
        return error == null ? sharing(snapshot, ref) : error;
    }

    /** The error that the disk of a VBD has for every operation; null for none. */
    public static @Nullable XenApiException disk(Snapshot snapshot, Ref<VBD> ref, Row<VBD> vbd) {
        if (vbd.get(VBD.EMPTY)) {
            return null;
        }
        Row<VDI> vdi = snapshot.find(vbd.get(VBD.VDI)).map(Stored::row).orElse(null);
        if (vdi == null) {
            return Errors.handleInvalid("VDI", vbd.get(VBD.VDI).value());
        }
        return vdi.get(VDI.MANAGED) ? null : Errors.vdiNotManaged(ref.value());
    }

    /** The operation on a disk that keeps it from every domain; null for none. */
    public static @Nullable XenApiException operation(Snapshot snapshot, Ref<VDI> vdi) {
        for (Map.Entry<String, VdiOperations> other :
                snapshot.get(vdi, VDI.CURRENT_OPERATIONS).entrySet()) {
            if (other.getValue() != VdiOperations.MIRROR && other.getValue() != VdiOperations.COPY) {
                return Errors.otherOperationInProgress(
                        "VDI", vdi.value(), other.getValue().wire(), other.getKey());
            }
        }
        return null;
    }

    /** A disk that is written to belongs to one domain at a time; null when the VBD's disk may go to its VM. */
    public static @Nullable XenApiException sharing(Snapshot snapshot, Ref<VBD> ref) {
        Row<VBD> vbd = snapshot.row(ref);
        // Any VM may use the disk of a suspended VM until that VM is resumed.
        if (vbd.get(VBD.EMPTY) || vbd.get(VBD.CURRENTLY_ATTACHED) && !suspended(snapshot, vbd)) {
            return null;
        }
        return sharing(snapshot, vbd.get(VBD.VDI), ref, vbd.get(VBD.MODE));
    }

    /** The same for a disk that goes to a domain by that VBD, which need not be there yet. */
    static @Nullable XenApiException sharing(Snapshot snapshot, Ref<VDI> ref, Ref<VBD> by, VbdMode mode) {
        Row<VDI> vdi = snapshot.row(ref);
        boolean write = mode == VbdMode.RW;
        if (!vdi.get(VDI.SHARABLE)) {
            for (Ref<VBD> other : vdi.get(VDI.VBDS)) {
                Row<VBD> row = snapshot.row(other);
                if (!other.equals(by) && uses(snapshot, row) && (write || row.get(VBD.MODE) == VbdMode.RW)) {
                    return new XenApiException("VDI_IN_USE", List.of(ref.value()));
                }
            }
        }
        return write && vdi.get(VDI.READ_ONLY) ? Errors.vdiReadonly(ref.value()) : null;
    }

    /** A suspended VM uses its disks only while an operation has taken them to resume it. */
    private static boolean uses(Snapshot snapshot, Row<VBD> vbd) {
        return !vbd.get(VBD.CURRENT_OPERATIONS).isEmpty()
                || (vbd.get(VBD.CURRENTLY_ATTACHED) || vbd.get(VBD.RESERVED)) && !suspended(snapshot, vbd);
    }

    private static boolean suspended(Snapshot snapshot, Row<VBD> vbd) {
        return snapshot.find(vbd.get(VBD.VM))
                .map(vm -> vm.row().get(VM.POWER_STATE) == VmPowerState.SUSPENDED)
                .orElse(false);
    }
}
