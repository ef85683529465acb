package org.jxapi.usb;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;

/** Keeps the allowed_operations of VUSBs true, whatever a transaction changes of them and their VMs. */
final class VusbAllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VUSB>> vusbs = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (change.model() == VUSB.XEN_CLASS) {
                vusbs.add(VUSB.XEN_CLASS.cast(change.ref()));
            } else if (change.model() == VM.XEN_CLASS) {
                change.rowOf(VM.XEN_CLASS).ifPresent(vm -> vusbs.addAll(vm.get(VM.VUSBS)));
            }
        }
        for (Ref<VUSB> vusb : vusbs) {
            if (tx.find(vusb).isPresent()) {
                tx.set(vusb, VUSB.ALLOWED_OPERATIONS, VusbRules.allowed(tx, vusb));
            }
        }
    }
}
