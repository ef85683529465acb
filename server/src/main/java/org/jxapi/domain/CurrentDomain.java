package org.jxapi.domain;

import org.jxapi.datamodel.Ref;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VM;

/** The domain that a VM has now. */
public final class CurrentDomain {
    private CurrentDomain() {}

    /** Whether the VM is there and has that domain. */
    public static boolean is(Snapshot snapshot, Ref<VM> vm, VmDomain domain) {
        return domain.domid() > 0
                && snapshot.find(vm)
                        .filter(stored -> stored.row().get(VM.DOMID) == domain.domid()
                                && stored.row().get(VM.RESIDENT_ON).equals(domain.host()))
                        .isPresent();
    }
}
