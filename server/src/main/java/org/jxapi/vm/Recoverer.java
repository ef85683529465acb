package org.jxapi.vm;

import java.util.List;
import java.util.function.BiConsumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** Makes VMs that come from elsewhere. */
public interface Recoverer {
    /**
     * Makes VMs of an archive that a web server holds, or none.
     *
     * @param sr the repository for their disks
     * @param restore whether they keep their UUIDs and MAC addresses
     * @param force whether wrong checksums do not matter
     */
    List<Ref<VM>> download(Call call, String url, Ref<SR> sr, boolean restore, boolean force);

    /**
     * Makes VMs of the VMs in another pool's database with their snapshots, or none. Their disks are here already.
     *
     * @param from the other database
     * @param force whether disks may be missing, and VMs are replaced that are not older
     * @param end changes in the transaction in which the VMs become usable; it gets the VMs without their snapshots
     */
    void recover(
            Call call, Snapshot from, List<Ref<VM>> vms, boolean force, BiConsumer<Transaction, List<Ref<VM>>> end);
}
