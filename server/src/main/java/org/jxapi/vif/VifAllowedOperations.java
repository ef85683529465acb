package org.jxapi.vif;

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
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;

/** Keeps the allowed_operations of VIFs true, whatever a transaction changes of them and their VMs. */
public final class VifAllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VIF>> vifs = new LinkedHashSet<>();
        Set<Ref<VMGuestMetrics>> guests = new HashSet<>();
        for (ChangeLog.Change change : changes) {
            ClassModel<?> model = change.model();
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (model == VIF.XEN_CLASS) {
                vifs.add(VIF.XEN_CLASS.cast(change.ref()));
            } else if (model == VM.XEN_CLASS) {
                change.rowOf(VM.XEN_CLASS).ifPresent(vm -> vifs.addAll(vm.get(VM.VIFS)));
            } else if (model == VMGuestMetrics.XEN_CLASS) {
                guests.add(VMGuestMetrics.XEN_CLASS.cast(change.ref()));
            }
        }
        if (!guests.isEmpty()) {
            for (Stored<VM> vm : tx.all(VM.XEN_CLASS)) {
                if (guests.contains(vm.row().get(VM.GUEST_METRICS))) {
                    vifs.addAll(vm.row().get(VM.VIFS));
                }
            }
        }
        for (Ref<VIF> vif : vifs) {
            if (tx.find(vif).isPresent()) {
                tx.set(vif, VIF.ALLOWED_OPERATIONS, VifRules.allowed(tx, vif));
            }
        }
    }
}
