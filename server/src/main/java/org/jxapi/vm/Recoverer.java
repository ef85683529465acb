package org.jxapi.vm;

import java.util.List;
import java.util.function.BiConsumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VM;

/** Makes VMs of the VMs in another pool's database. Their disks are here already. */
public interface Recoverer {
    /**
     * Makes all of them with their snapshots, or none.
     *
     * @param from the other database
     * @param force whether disks may be missing, and VMs are replaced that are not older
     * @param end changes in the transaction in which the VMs become usable; it gets the VMs without their snapshots
     */
    void recover(
            Call call, Snapshot from, List<Ref<VM>> vms, boolean force, BiConsumer<Transaction, List<Ref<VM>>> end);
}
