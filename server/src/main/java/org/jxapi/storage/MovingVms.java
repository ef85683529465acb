package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** The VMs whose disks move. */
public interface MovingVms {
    /** The claim of a VM, with the rules of {@code VM.migrate_send}. */
    Claim of(Ref<VM> vm);

    /**
     * Gives a running VM a new domain on its host, and ends the operation.
     *
     * @param operation has claimed the VM
     * @param spare takes the VM's memory for that time, if no SR is set for it; the null reference for none
     * @param change may change the disks of the VM's VBDs, while the VM has no domain. If it throws, the guest goes on, and
     *     then this throws the same.
     */
    void renew(Operation operation, Ref<VM> vm, Ref<SR> spare, Runnable change);
}
