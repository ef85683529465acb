package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VM;

/** How VMs leave a host. */
public interface GuestMigrations {
    /** Throws the error that keeps a VM from running on a host; memory is not counted. */
    void checkFits(Snapshot snapshot, Ref<VM> vm, Ref<Host> host);

    /** Throws the error that keeps a VM from migrating now, to whichever host. */
    void checkMigratable(Snapshot snapshot, Ref<VM> vm);

    /** The bytes that a VM needs at least on its new host. */
    long needed(Row<VM> vm);

    /** Moves a running VM, with {@code VM.pool_migrate}'s errors; the null reference is for no network in particular. */
    void migrate(Call call, Ref<VM> vm, Ref<Host> host, Ref<Network> network);
}
