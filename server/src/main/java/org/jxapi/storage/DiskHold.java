package org.jxapi.storage;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.operation.Claim;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiOperations;

/**
 * A disk that this daemon reads or writes for a while. As in XAPI it is attached to the control domain meanwhile, by a
 * VBD that every rule sees. Other operations on the disk fail with VDI_IN_USE at once. No device appears in the control
 * domain.
 */
final class DiskHold implements Claim {
    /** The key in other_config of these VBDs, with the operation's key: a daemon that was killed leaves them. */
    private static final String MARK = "held_by";

    private final Ref<VDI> vdi;
    private final VbdMode mode;
    private @Nullable Ref<VBD> vbd;

    private DiskHold(Ref<VDI> vdi, VbdMode mode) {
        this.vdi = vdi;
        this.mode = mode;
    }

    /** Others may read the disk too, and nobody writes to it. */
    static DiskHold toRead(Ref<VDI> vdi) {
        return new DiskHold(vdi, VbdMode.RO);
    }

    /** Nobody else uses the disk, unless it is sharable. */
    static DiskHold toWrite(Ref<VDI> vdi) {
        return new DiskHold(vdi, VbdMode.RW);
    }

    @Override
    public void take(Transaction tx, String key) {
        tx.require(vdi);
        Ref<VBD> fresh = VBD.XEN_CLASS.freshRef();
        vbd = fresh;
        XenApiException error = Attachment.operation(tx, vdi);
        if (error == null) {
            error = Attachment.sharing(tx, vdi, fresh, mode);
        }
        if (error != null) {
            throw error;
        }
        Ref<VM> zero = controlDomain(tx);
        tx.create(
                fresh,
                Row.of(VBD.XEN_CLASS)
                        .with(VBD.VM, zero)
                        .with(VBD.VDI, vdi)
                        .with(VBD.MODE, mode)
                        .with(VBD.TYPE, VbdType.DISK)
                        .with(VBD.USERDEVICE, freePosition(tx, zero))
                        .with(VBD.CURRENTLY_ATTACHED, true)
                        // It goes when the work on the disk ends, not when a client asks for it.
                        .with(VBD.UNPLUGGABLE, false)
                        .with(VBD.OTHER_CONFIG, Map.of(MARK, key)));
    }

    @Override
    public void giveBack(Transaction tx, String key) {
        Ref<VBD> made = vbd;
        if (made != null) {
            tx.destroyIfThere(made);
        }
    }

    @Override
    public boolean of(Ref<?> ref) {
        return vdi.equals(ref);
    }

    /** Whether a VBD is the one of this hold. */
    boolean is(Ref<VBD> other) {
        Ref<VBD> made = vbd;
        return made != null && made.equals(other);
    }

    private static Ref<VM> controlDomain(Snapshot snapshot) {
        return ThisHost.row(snapshot).get(Host.CONTROL_DOMAIN);
    }

    private static String freePosition(Snapshot snapshot, Ref<VM> vm) {
        Set<String> taken = new HashSet<>();
        snapshot.get(vm, VM.VBDS).forEach(other -> taken.add(snapshot.get(other, VBD.USERDEVICE)));
        int position = 0;
        while (taken.contains(Integer.toString(position))) {
            position++;
        }
        return Integer.toString(position);
    }

    private static boolean held(Snapshot snapshot, Row<VBD> vbd) {
        return vbd.get(VBD.OTHER_CONFIG).containsKey(MARK) && vbd.get(VBD.VM).equals(controlDomain(snapshot));
    }

    /** Throws VDI_IN_USE while the daemon itself reads or writes the disk. */
    static void refuseHeld(Snapshot snapshot, Ref<VDI> vdi, VdiOperations operation) {
        if (snapshot.get(vdi, VDI.VBDS).stream().anyMatch(vbd -> held(snapshot, snapshot.row(vbd)))) {
            throw Errors.vdiInUse(vdi.value(), operation.wire());
        }
    }

    /** Lets all disks go that the last run of the daemon held. */
    static void releaseAll(Store store) {
        store.change(tx -> {
            for (Stored<VBD> stored : List.copyOf(tx.all(VBD.XEN_CLASS))) {
                if (held(tx, stored.row())) {
                    tx.destroy(stored.ref());
                }
            }
        });
    }
}
