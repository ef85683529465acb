package org.jxapi.storage;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
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
    private static final List<String> FORMATS = List.of("raw", "qcow2");
    private static final Set<VdiType> PLAIN = Set.of(
            VdiType.SUSPEND, VdiType.CRASHDUMP, VdiType.HA_STATEFILE, VdiType.REDO_LOG, VdiType.METADATA, VdiType.RRD);

    private DiskRules() {}

    static long rounded(long bytes) {
        if (bytes < 0 || bytes > Long.MAX_VALUE - MIB) {
            throw SmFailure.VDI_SIZE.error("VDI size must be between 1 MB and " + Long.MAX_VALUE / MIB + " MB");
        }
        return Math.max(MIB, (bytes + MIB - 1) / MIB * MIB);
    }

    /**
     * Whether the volume of a disk must hold its plain contents: libxl writes and reads the images of suspended and crashed
     * guests by itself, and guests that share a disk cannot share the tables of a format. {@code sm_config:image-format}
     * asks for a format, as in XCP-ng.
     */
    static boolean plain(Row<VDI> settings) {
        String asked = settings.get(VDI.SM_CONFIG).getOrDefault("image-format", "");
        if (!asked.isEmpty() && !FORMATS.contains(asked.toLowerCase(Locale.ROOT))) {
            throw SmFailure.VDI_CREATE.error(
                    "the image format " + asked + " is not available, but " + FORMATS + " are");
        }
        return asked.equalsIgnoreCase("raw") || settings.get(VDI.SHARABLE) || PLAIN.contains(settings.get(VDI.TYPE));
    }

    /** A file that is named after a UUID is the disk with that UUID. */
    static String uuid(Snapshot snapshot, String location) {
        try {
            String uuid = UUID.fromString(location).toString();
            if (uuid.equals(location) && snapshot.byUuid(VDI.XEN_CLASS, uuid).isEmpty()) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            // Any other name: the disk gets a UUID of its own.
        }
        return FreshIds.uuid("VDI").toString();
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
