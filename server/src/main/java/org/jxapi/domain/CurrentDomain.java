package org.jxapi.domain;

import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VM;

/** The domain that a VM has now. */
public final class CurrentDomain {
    private CurrentDomain() {}

    /** Whether the VM is there and has the domain of that number. */
    public static boolean is(Snapshot snapshot, Ref<VM> vm, int domid) {
        return domid > 0
                && snapshot.find(vm)
                        .filter(stored -> stored.row().get(VM.DOMID) == domid)
                        .isPresent();
    }
}
