package org.jxapi.vm;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;

/** Keeps the allowed_operations of VMs true, whatever a transaction changes. */
public final class VmAllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VM>> vms = new LinkedHashSet<>();
        Set<String> guests = new HashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (change.model() == VM.XEN_CLASS) {
                vms.add(VM.XEN_CLASS.cast(change.ref()));
            } else if (change.model() == VBD.XEN_CLASS) {
                change.rowOf(VBD.XEN_CLASS).ifPresent(vbd -> vms.add(vbd.get(VBD.VM)));
            } else if (change.model() == VIF.XEN_CLASS) {
                change.rowOf(VIF.XEN_CLASS).ifPresent(vif -> vms.add(vif.get(VIF.VM)));
            } else if (change.model() == VDI.XEN_CLASS) {
                change.rowOf(VDI.XEN_CLASS).stream()
                        .flatMap(vdi -> vdi.get(VDI.VBDS).stream())
                        .forEach(vbd -> tx.find(vbd)
                                .ifPresent(stored -> vms.add(stored.row().get(VBD.VM))));
            } else if (change.model() == VMGuestMetrics.XEN_CLASS) {
                guests.add(change.ref().value());
            }
        }
        if (!guests.isEmpty()) {
            for (Stored<VM> stored : tx.all(VM.XEN_CLASS)) {
                if (guests.contains(stored.row().get(VM.GUEST_METRICS).value())) {
                    vms.add(stored.ref());
                }
            }
        }
        for (Ref<VM> vm : vms) {
            if (tx.find(vm).isPresent()) {
                tx.set(vm, VM.ALLOWED_OPERATIONS, VmRules.allowed(tx, vm));
            }
        }
    }
}
