package org.jxapi.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Puts a VM back to what a snapshot of it holds: settings, disks, network interfaces and, for a checkpoint, its memory. */
public final class VmRevert {
    /** The fields that a revert does not change. The name comes from the snapshot's metadata. */
    private static final Set<Field<?, ?>> KEPT = Set.of(
            VM.UUID,
            VM.NAME_LABEL,
            VM.ALLOWED_OPERATIONS,
            VM.CURRENT_OPERATIONS,
            VM.POWER_STATE,
            VM.IS_A_TEMPLATE,
            VM.IS_DEFAULT_TEMPLATE,
            VM.IS_A_SNAPSHOT,
            VM.SNAPSHOT_OF,
            VM.SNAPSHOTS,
            VM.SNAPSHOT_TIME,
            VM.SNAPSHOT_INFO,
            VM.SNAPSHOT_METADATA,
            VM.TRANSPORTABLE_SNAPSHOT_ID,
            VM.PARENT,
            VM.CHILDREN,
            VM.SUSPEND_VDI,
            VM.RESIDENT_ON,
            VM.SCHEDULED_TO_BE_RESIDENT_ON,
            VM.AFFINITY,
            VM.DOMID,
            VM.METRICS,
            VM.GUEST_METRICS,
            VM.TAGS,
            VM.GROUPS,
            VM.APPLIANCE,
            VM.START_DELAY,
            VM.SHUTDOWN_DELAY,
            VM.ORDER,
            VM.SUSPEND_SR,
            VM.SNAPSHOT_SCHEDULE,
            VM.PROTECTION_POLICY,
            VM.CONSOLES,
            VM.VBDS,
            VM.VIFS,
            VM.VGPUS,
            VM.VUSBS,
            VM.VTPMS,
            VM.CRASH_DUMPS,
            VM.ATTACHED_PCIS,
            VM.BLOBS,
            VM.BLOCKED_OPERATIONS,
            VM.HA_ALWAYS_RUN);

    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final VmDomains domains;
    private final VmCopies copies;
    private final Alerts alerts;

    public VmRevert(Store store, Disks disks, VmClaims claims, VmDomains domains, VmCopies copies, Alerts alerts) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.domains = domains;
        this.copies = copies;
        this.alerts = alerts;
    }

    void revert(Call call, Ref<VM> snapshot) {
        VmRules.check(store.snapshot(), snapshot, VmOperations.REVERT);
        Ref<VM> vm = store.transact(tx -> original(tx, snapshot));
        try (Operation frozen = claims.begin(call, snapshot, VmOperations.REVERT);
                VmClaims.WithDisks taken = claims.beginWithDisks(call, vm, VmOperations.REVERTING)) {
            domains.stop(vm);
            try {
                replace(call, snapshot, vm, taken.operation());
            } catch (XenApiException e) {
                if (e.code().startsWith("SR_BACKEND_FAILURE") || e.code().equals("TASK_CANCELLED")) {
                    throw e;
                }
                throw Errors.vmRevertFailed(snapshot.value(), vm.value()).causedBy(e);
            }
            alerts.write(vm, Alert.VM_SNAPSHOT_REVERTED, "reverted to snapshot: " + named(snapshot));
        }
    }

    private String named(Ref<VM> snapshot) {
        Row<VM> row = store.snapshot().row(snapshot);
        return row.get(VM.NAME_LABEL) + " (uuid " + row.get(VM.UUID) + ")";
    }

    /** The VM of a snapshot. It is created again, without disks, if it was destroyed meanwhile. */
    private static Ref<VM> original(Transaction tx, Ref<VM> snapshot) {
        Row<VM> row = tx.row(snapshot);
        Ref<VM> old = row.get(VM.SNAPSHOT_OF);
        if (tx.find(old).isPresent()) {
            return old;
        }
        String metadata = row.get(VM.SNAPSHOT_METADATA);
        String uuid = SnapshotMetadata.text(metadata, VM.UUID, "");
        Row<VM> fresh = Row.of(VM.XEN_CLASS)
                .with(VM.UUID, tx.byUuid(VM.XEN_CLASS, uuid).isPresent() ? "" : uuid)
                .with(VM.NAME_LABEL, SnapshotMetadata.text(metadata, VM.NAME_LABEL, row.get(VM.NAME_LABEL)))
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.DOMID, -1L);
        Ref<VM> vm = tx.create(fresh);
        for (Stored<VM> stored : List.copyOf(tx.all(VM.XEN_CLASS))) {
            if (stored.row().get(VM.SNAPSHOT_OF).equals(old)) {
                tx.set(stored.ref(), VM.SNAPSHOT_OF, vm);
            }
        }
        return vm;
    }

    private void replace(Call call, Ref<VM> snapshot, Ref<VM> vm, Operation operation) {
        Snapshot before = store.snapshot();
        Row<VM> source = before.row(snapshot);
        Map<Ref<VBD>, Ref<VDI>> copied = copies.copyDisks(
                call, before, source, vdi -> disks.copy(vdi, store.snapshot().get(vdi, VDI.SR)));
        Ref<VDI> image = source.get(VM.SUSPEND_VDI);
        boolean memory = before.find(image).isPresent();
        Ref<VDI> resumed = memory ? disks.copy(image, before.get(image, VDI.SR)) : Ref.nil();
        Row<VM> old = before.row(vm);
        List<Ref<VDI>> replaced = new ArrayList<>();
        operation.finish(tx -> {
            for (Ref<VBD> vbd : old.get(VM.VBDS)) {
                Row<VBD> row = tx.row(vbd);
                // A disk that the snapshot knows nothing of is kept, without a VM.
                if (VmCopies.isDisk(row) && snapshotted(before, source, row.get(VBD.VDI))) {
                    replaced.add(row.get(VBD.VDI));
                }
                tx.destroy(vbd);
            }
            if (tx.find(old.get(VM.SUSPEND_VDI)).isPresent()) {
                replaced.add(old.get(VM.SUSPEND_VDI));
            }
            old.get(VM.VIFS).forEach(vif -> tx.destroy(vif));
            old.get(VM.VGPUS).forEach(vgpu -> tx.destroy(vgpu));
            // A VM with USB devices takes no snapshots, so that its snapshot has none to give back.
            old.get(VM.VUSBS).forEach(vusb -> tx.destroy(vusb));
            tx.update(
                    vm,
                    row -> restored(row, source)
                            .with(VM.SUSPEND_VDI, resumed)
                            .with(VM.POWER_STATE, memory ? VmPowerState.SUSPENDED : VmPowerState.HALTED)
                            .with(VM.PARENT, snapshot));
            metrics(tx, vm, source);
            VmCopies.addDevices(tx, before, source, vm, copied, false);
            copied.forEach((vbd, vdi) -> follow(tx, before.row(vbd), vdi));
        });
        for (Ref<VDI> vdi : replaced) {
            if (store.snapshot().find(vdi).isPresent()
                    && store.snapshot().get(vdi, VDI.VBDS).isEmpty()) {
                disks.destroy(vdi);
            }
        }
    }

    private static boolean snapshotted(Snapshot before, Row<VM> source, Ref<VDI> disk) {
        return source.get(VM.VBDS).stream()
                .map(vbd -> before.row(vbd))
                .filter(VmCopies::isDisk)
                .anyMatch(vbd -> before.get(vbd.get(VBD.VDI), VDI.SNAPSHOT_OF).equals(disk));
    }

    /** All snapshots of a disk that is replaced belong to the disk that takes its place. */
    private static void follow(Transaction tx, Row<VBD> frozenVbd, Ref<VDI> fresh) {
        if (!VmCopies.isDisk(frozenVbd)) {
            return;
        }
        Ref<VDI> old = tx.get(frozenVbd.get(VBD.VDI), VDI.SNAPSHOT_OF);
        for (Stored<VDI> stored : List.copyOf(tx.all(VDI.XEN_CLASS))) {
            if (!old.isNull() && stored.row().get(VDI.SNAPSHOT_OF).equals(old)) {
                tx.set(stored.ref(), VDI.SNAPSHOT_OF, fresh);
            }
        }
        tx.set(frozenVbd.get(VBD.VDI), VDI.SNAPSHOT_OF, fresh);
    }

    /** The VM's record with the settings of the snapshot. */
    private static Row<VM> restored(Row<VM> old, Row<VM> source) {
        Row<VM> row = old;
        for (Field<VM, ?> field : VM.XEN_CLASS.fields()) {
            if (!KEPT.contains(field)) {
                row = copied(row, source, field);
            }
        }
        String metadata = source.get(VM.SNAPSHOT_METADATA);
        return row.with(VM.NAME_LABEL, SnapshotMetadata.text(metadata, VM.NAME_LABEL, old.get(VM.NAME_LABEL)))
                .with(VM.GENERATION_ID, VmCopies.freshGeneration(source.get(VM.GENERATION_ID)))
                .with(VM.HA_ALWAYS_RUN, false);
    }

    private static <T> Row<VM> copied(Row<VM> to, Row<VM> from, Field<VM, T> field) {
        return to.with(field, from.get(field));
    }

    private static void metrics(Transaction tx, Ref<VM> vm, Row<VM> source) {
        PowerStates.forgetGuest(tx, vm);
        Ref<VMMetrics> own = tx.get(vm, VM.METRICS);
        tx.destroyIfThere(own);
        VmCopies.copyMetrics(tx, source, vm);
        Ref<VMGuestMetrics> guest = tx.get(vm, VM.GUEST_METRICS);
        tx.update(guest, VMGuestMetrics.LIVE, false);
    }
}
