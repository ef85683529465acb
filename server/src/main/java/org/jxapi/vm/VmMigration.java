package org.jxapi.vm;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.storage.Disks;
import org.jxapi.storage.MovePlan;
import org.jxapi.storage.MovingVms;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Migrations of VMs with their disks: within this host, whose SRs the disks go to. */
final class VmMigration {
    private final Store store;
    private final Disks disks;
    private final MovingVms owner;

    VmMigration(Store store, Disks disks, MovingVms owner) {
        this.store = store;
        this.disks = disks;
        this.owner = owner;
    }

    /** Throws the XenAPI error when the VM cannot migrate so: XAPI's assert_can_migrate. */
    void check(Ref<VM> vm, Map<String, String> dest, Map<Ref<VDI>, Ref<SR>> vdis, Map<Ref<VIF>, Ref<Network>> vifs) {
        check(store.snapshot(), vm, dest, vdis, vifs);
    }

    private static void check(
            Snapshot snapshot,
            Ref<VM> vm,
            Map<String, String> dest,
            Map<Ref<VDI>, Ref<SR>> vdis,
            Map<Ref<VIF>, Ref<Network>> vifs) {
        requireThisHost(snapshot, dest);
        MovePlan.requireAll(snapshot, vm, vdis);
        MovePlan.check(snapshot, vdis, Map.of());
        if (!vifs.isEmpty()) {
            throw Errors.operationNotAllowed(
                    "VIF mapping is not allowed for intra-pool migration -all VIFs must be on" + " the same network");
        }
    }

    /** The answer of {@code host.migrate_receive} must be of this host, with a session that is valid still. */
    private static void requireThisHost(Snapshot snapshot, Map<String, String> dest) {
        for (String key : List.of("master", "xenops", "session_id", "host", "SM")) {
            if (!dest.containsKey(key)) {
                throw Errors.internalError("Not_found");
            }
        }
        String host = dest.getOrDefault("host", "");
        if (ThisHost.find(snapshot)
                .filter(here -> here.ref().value().equals(host))
                .isEmpty()) {
            throw Errors.notImplemented("VM.migrate_send to another host");
        }
        String session = dest.getOrDefault("session_id", "");
        if (snapshot.find(Session.XEN_CLASS.ref(session)).isEmpty()) {
            throw Errors.sessionInvalid(session);
        }
    }

    /** Moves the disks of a VM, all of them or none. */
    Ref<VM> send(
            Call call,
            Ref<VM> vm,
            Map<String, String> dest,
            Map<Ref<VDI>, Ref<SR>> vdis,
            Map<Ref<VIF>, Ref<Network>> vifs,
            Map<String, String> options,
            Map<Ref<VDI>, String> formats) {
        disks.moves().move(call, owner, vm, snapshot -> {
            check(snapshot, vm, dest, vdis, vifs);
            if (options.getOrDefault("copy", "").equals("true")) {
                throw Errors.operationNotAllowed("Copy mode is disallowed on intra pool storage migration, try"
                        + " efficient alternatives, for example, VM.copy/clone.");
            }
            return MovePlan.of(snapshot, vm, vdis, formats);
        });
        return vm;
    }
}
