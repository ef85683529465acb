package org.jxapi.vm;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Keeps the allowed_operations of VMs true, whatever a transaction changes. */
final class AllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VM>> vms = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (change.model() == VM.XEN_CLASS) {
                vms.add(Ref.of(change.ref().value()));
            } else if (change.model() == VBD.XEN_CLASS) {
                vms.add(change.row().get(VBD.VM));
            } else if (change.model() == VIF.XEN_CLASS) {
                vms.add(change.row().get(VIF.VM));
            }
        }
        for (Ref<VM> vm : vms) {
            if (tx.find(VM.XEN_CLASS, vm).isPresent()) {
                tx.set(vm, VM.ALLOWED_OPERATIONS, VmRules.allowed(tx, vm));
            }
        }
    }
}
