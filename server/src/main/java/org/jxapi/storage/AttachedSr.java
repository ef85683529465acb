package org.jxapi.storage;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/**
 * A storage repository, and its driver's access to it.
 *
 * @param elsewhere the host that reaches it, if that is another machine: no path of it is one of this machine
 */
record AttachedSr(
        Ref<SR> sr, Repository repository, @Nullable Ref<Host> elsewhere) {
    /** Whether both are reached by the same machine. */
    boolean sameMachine(AttachedSr other) {
        return Objects.equals(elsewhere, other.elsewhere);
    }

    /** The same location; VDI_LOCATION_MISSING when no volume can have such a name. */
    String named(String location) {
        if (!repository.names(location)) {
            throw Errors.vdiLocationMissing(sr.value(), location);
        }
        return location;
    }

    /** The location of a volume that is there; SR_BACKEND_FAILURE_46 when it is not. */
    String existing(String location) {
        if (!repository.holds(named(location))) {
            throw SmFailure.VDI_UNAVAILABLE.error("VDI " + location + " not found");
        }
        return location;
    }

    /** Writes the numbers into the SR, with the sum of its disks' sizes. */
    void record(Transaction tx, Usage usage) {
        if (tx.find(sr).isEmpty()) {
            return;
        }
        long allocated = 0;
        for (Ref<VDI> vdi : tx.get(sr, SR.VDIS)) {
            allocated += tx.get(vdi, VDI.VIRTUAL_SIZE);
        }
        tx.set(sr, SR.VIRTUAL_ALLOCATION, allocated);
        tx.set(sr, SR.PHYSICAL_SIZE, usage.size());
        tx.set(sr, SR.PHYSICAL_UTILISATION, usage.used());
    }
}
