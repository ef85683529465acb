package org.jxapi.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.operation.Claim;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VmPowerState;

/**
 * The domains that use a disk when it begins to move. While none does, the daemon holds the disk, so that it does not
 * change.
 */
final class DiskUsers implements Claim {
    private final Ref<VDI> vdi;
    private Map<Ref<VBD>, Long> domains = Map.of();
    private @Nullable DiskHold hold;

    DiskUsers(Ref<VDI> vdi) {
        this.vdi = vdi;
    }

    @Override
    public void take(Transaction tx, String key) {
        domains = domains(tx);
        hold = null;
        if (domains.isEmpty()) {
            DiskHold fresh = DiskHold.toRead(vdi);
            fresh.take(tx, key);
            hold = fresh;
        }
    }

    @Override
    public void giveBack(Transaction tx, String key) {
        if (hold != null) {
            hold.giveBack(tx, key);
        }
    }

    @Override
    public boolean of(Ref<?> ref) {
        return vdi.equals(ref);
    }

    /** Whether a domain used the disk. */
    boolean any() {
        return !domains.isEmpty();
    }

    /** Whether all of them are domains of that VM. */
    boolean areAllOf(Snapshot snapshot, Ref<VM> vm) {
        return domains.keySet().stream()
                .allMatch(vbd -> snapshot.get(vbd, VBD.VM).equals(vm));
    }

    private Map<Ref<VBD>, Long> domains(Snapshot snapshot) {
        Map<Ref<VBD>, Long> found = new LinkedHashMap<>();
        for (Ref<VBD> vbd : snapshot.get(vdi, VDI.VBDS)) {
            Row<VBD> row = snapshot.row(vbd);
            Row<VM> vm = snapshot.row(row.get(VBD.VM));
            // The disks of a suspended VM go to its next domain, from wherever they are then.
            boolean used = row.get(VBD.CURRENTLY_ATTACHED) || row.get(VBD.RESERVED);
            boolean guest = !vm.get(VM.IS_CONTROL_DOMAIN) && vm.get(VM.POWER_STATE) != VmPowerState.SUSPENDED;
            if (used && guest) {
                found.put(vbd, vm.get(VM.DOMID));
            }
        }
        return found;
    }

    /** The VBDs by which domains have the disk. */
    Set<Ref<VBD>> vbds() {
        return domains.keySet();
    }

    /** Throws VDI_IN_USE when others use the disk than those that did at first, or are about to. */
    void checkNoOthers(Snapshot snapshot) {
        boolean busy = snapshot.get(vdi, VDI.VBDS).stream()
                .anyMatch(vbd -> !snapshot.get(vbd, VBD.CURRENT_OPERATIONS).isEmpty() || isHeld(snapshot, vbd));
        if (busy || !domains.entrySet().containsAll(domains(snapshot).entrySet())) {
            throw Errors.vdiInUse(vdi.value(), VdiOperations.MIRROR.wire());
        }
    }

    /** Whether the daemon reads the disk for another call. */
    private boolean isHeld(Snapshot snapshot, Ref<VBD> vbd) {
        boolean own = hold != null && hold.is(vbd);
        return !own && snapshot.get(snapshot.get(vbd, VBD.VM), VM.IS_CONTROL_DOMAIN);
    }

    /** Whether exactly those use the disk that did at first. */
    boolean same(Snapshot snapshot) {
        return domains.equals(domains(snapshot));
    }
}
