package org.jxapi.vbd;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;

/** Keeps the allowed_operations of VBDs true, whatever a transaction changes of them, their VMs and their disks. */
public final class VbdAllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VBD>> vbds = new LinkedHashSet<>();
        Set<Ref<VMGuestMetrics>> guests = new HashSet<>();
        for (ChangeLog.Change change : changes) {
            ClassModel<?> model = change.model();
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (model == VBD.XEN_CLASS) {
                vbds.add(VBD.XEN_CLASS.cast(change.ref()));
            } else if (model == VM.XEN_CLASS) {
                change.rowOf(VM.XEN_CLASS).ifPresent(vm -> vbds.addAll(vm.get(VM.VBDS)));
            } else if (model == VDI.XEN_CLASS) {
                change.rowOf(VDI.XEN_CLASS).ifPresent(vdi -> vbds.addAll(vdi.get(VDI.VBDS)));
            } else if (model == VMGuestMetrics.XEN_CLASS) {
                guests.add(VMGuestMetrics.XEN_CLASS.cast(change.ref()));
            }
        }
        if (!guests.isEmpty()) {
            for (Stored<VM> vm : tx.all(VM.XEN_CLASS)) {
                if (guests.contains(vm.row().get(VM.GUEST_METRICS))) {
                    vbds.addAll(vm.row().get(VM.VBDS));
                }
            }
        }
        for (Ref<VBD> vbd : vbds) {
            if (tx.find(vbd).isPresent()) {
                tx.set(vbd, VBD.ALLOWED_OPERATIONS, VbdRules.allowed(tx, vbd));
            }
        }
    }
}
