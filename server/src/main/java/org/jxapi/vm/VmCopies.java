package org.jxapi.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vif.Macs;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Clones, copies, snapshots and checkpoints: new VMs with the devices and disks of another. */
final class VmCopies {
    private final Store store;
    private final Disks disks;
    private final VmLifecycle lifecycle;
    private final Clock clock;

    VmCopies(Store store, Disks disks, VmLifecycle lifecycle, Clock clock) {
        this.store = store;
        this.disks = disks;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    /** How a disk of the source becomes one of the copy. */
    private interface DiskCopy {
        Ref<VDI> of(Ref<VDI> vdi);
    }

    Ref<VM> copy(Call call, Ref<VM> vm, String name, VmOperations as, Ref<SR> sr) {
        try (Operation operation = lifecycle.begin(call, vm, as)) {
            return duplicate(
                    call,
                    vm,
                    name,
                    vdi -> disks.copy(vdi, sr.isNull() ? store.snapshot().get(vdi, VDI.SR) : sr),
                    row -> row.with(VM.IS_DEFAULT_TEMPLATE, false)
                            .with(VM.IS_A_SNAPSHOT, false)
                            .with(VM.SNAPSHOT_OF, Ref.nil())
                            .with(VM.POWER_STATE, VmPowerState.HALTED)
                            .with(VM.SUSPEND_VDI, Ref.nil())
                            .with(VM.OTHER_CONFIG, cloned(row)),
                    true);
        }
    }

    private static Map<String, String> cloned(Row row) {
        Map<String, String> config = new LinkedHashMap<>(row.get(VM.OTHER_CONFIG));
        if (config.remove("default_template") != null) {
            config.put("base_template_name", row.get(VM.NAME_LABEL));
        }
        config.put("mac_seed", UUID.randomUUID().toString());
        return config;
    }

    Ref<VM> snapshot(Call call, Ref<VM> vm, String name, List<Ref<VDI>> ignored) {
        try (Operation operation = lifecycle.begin(call, vm, VmOperations.SNAPSHOT)) {
            return frozen(call, vm, name, Ref.nil(), ignored);
        }
    }

    Ref<VM> checkpoint(Call call, Ref<VM> vm, String name) {
        try (Operation operation = lifecycle.begin(call, vm, VmOperations.CHECKPOINT)) {
            VmPowerState state = store.snapshot().get(vm, VM.POWER_STATE);
            Ref<VDI> image = state == VmPowerState.SUSPENDED
                    ? disks.snapshot(store.snapshot().get(vm, VM.SUSPEND_VDI))
                    : lifecycle.checkpointImage(vm);
            return frozen(call, vm, name, image, List.of());
        }
    }

    private Ref<VM> frozen(Call call, Ref<VM> vm, String name, Ref<VDI> image, List<Ref<VDI>> ignored) {
        XenTime now = XenTime.of(clock.instant());
        VmPowerState state = store.snapshot().get(vm, VM.POWER_STATE);
        Ref<VM> snapshot = duplicate(
                call,
                vm,
                name,
                vdi -> ignored.contains(vdi) ? Ref.nil() : disks.snapshot(vdi),
                row -> row.with(VM.IS_A_SNAPSHOT, true)
                        .with(VM.IS_A_TEMPLATE, true)
                        .with(VM.IS_DEFAULT_TEMPLATE, false)
                        .with(VM.SNAPSHOT_OF, vm)
                        .with(VM.SNAPSHOT_TIME, now)
                        .with(
                                VM.SNAPSHOT_INFO,
                                Map.of(
                                        "power-state-at-snapshot",
                                        state.wire(),
                                        "disk-snapshot-type",
                                        "crash_consistent"))
                        .with(VM.TRANSPORTABLE_SNAPSHOT_ID, "")
                        .with(VM.POWER_STATE, image.isNull() ? VmPowerState.HALTED : VmPowerState.SUSPENDED)
                        .with(VM.SUSPEND_VDI, image),
                false);
        store.change(tx -> {
            if (tx.find(VM.XEN_CLASS, vm).isPresent()) {
                tx.set(vm, VM.PARENT, snapshot);
            }
        });
        return snapshot;
    }

    private Ref<VM> duplicate(
            Call call, Ref<VM> vm, String name, DiskCopy copy, UnaryOperator<Row> settings, boolean freshMacs) {
        Snapshot before = store.snapshot();
        Row source = before.row(VM.XEN_CLASS, vm);
        Map<Ref<VBD>, Ref<VDI>> copied = copyDisks(call, before, source, copy);
        Row row = settings.apply(bare(source)).with(VM.NAME_LABEL, name);
        return store.transact(tx -> {
            Ref<VM> fresh = tx.create(VM.XEN_CLASS, row);
            addDevices(tx, before, source, fresh, copied, freshMacs);
            return fresh;
        });
    }

    private Map<Ref<VBD>, Ref<VDI>> copyDisks(Call call, Snapshot before, Row source, DiskCopy copy) {
        Map<Ref<VBD>, Ref<VDI>> copied = new LinkedHashMap<>();
        int done = 0;
        try {
            for (Ref<VBD> vbd : source.get(VM.VBDS)) {
                Row row = before.row(VBD.XEN_CLASS, vbd);
                if (row.get(VBD.TYPE) == VbdType.DISK && !row.get(VBD.EMPTY)) {
                    call.throwIfCancelled();
                    Ref<VDI> vdi = copy.of(row.get(VBD.VDI));
                    if (!vdi.isNull()) {
                        copied.put(vbd, vdi);
                    }
                } else {
                    copied.put(vbd, row.get(VBD.VDI));
                }
                call.progress(0.9 * ++done / source.get(VM.VBDS).size());
            }
            return copied;
        } catch (RuntimeException e) {
            copied.forEach((vbd, vdi) -> {
                if (before.row(VBD.XEN_CLASS, vbd).get(VBD.TYPE) == VbdType.DISK) {
                    disks.destroy(vdi);
                }
            });
            throw e;
        }
    }

    /** The VM's own settings, without what belongs to this one VM alone. */
    private static Row bare(Row source) {
        return source.with(VM.UUID, "")
                .with(VM.VBDS, List.of())
                .with(VM.VIFS, List.of())
                .with(VM.VTPMS, List.of())
                .with(VM.VGPUS, List.of())
                .with(VM.VUSBS, List.of())
                .with(VM.CONSOLES, List.of())
                .with(VM.CRASH_DUMPS, List.of())
                .with(VM.SNAPSHOTS, List.of())
                .with(VM.CHILDREN, List.of())
                .with(VM.ATTACHED_PCIS, List.of())
                .with(VM.GROUPS, List.of())
                .with(VM.BLOBS, Map.of())
                .with(VM.CURRENT_OPERATIONS, Map.of())
                .with(VM.DOMID, -1L)
                .with(VM.RESIDENT_ON, Ref.nil())
                .with(VM.METRICS, Ref.nil())
                .with(VM.GUEST_METRICS, Ref.nil())
                .with(VM.PARENT, source.get(VM.PARENT));
    }

    private static void addDevices(
            Transaction tx,
            Snapshot before,
            Row source,
            Ref<VM> fresh,
            Map<Ref<VBD>, Ref<VDI>> copied,
            boolean freshMacs) {
        copied.forEach((vbd, vdi) -> tx.create(
                VBD.XEN_CLASS,
                before.row(VBD.XEN_CLASS, vbd)
                        .with(VBD.UUID, "")
                        .with(VBD.VM, fresh)
                        .with(VBD.VDI, vdi)
                        .with(VBD.CURRENTLY_ATTACHED, false)
                        .with(VBD.METRICS, Ref.nil())
                        .with(VBD.CURRENT_OPERATIONS, Map.of())));
        for (Ref<VIF> vif : source.get(VM.VIFS)) {
            Row row = before.row(VIF.XEN_CLASS, vif);
            tx.create(
                    VIF.XEN_CLASS,
                    row.with(VIF.UUID, "")
                            .with(VIF.VM, fresh)
                            .with(VIF.MAC, freshMacs ? Macs.random() : row.get(VIF.MAC))
                            .with(VIF.CURRENTLY_ATTACHED, false)
                            .with(VIF.METRICS, Ref.nil())
                            .with(VIF.CURRENT_OPERATIONS, Map.of()));
        }
    }

    /** Puts a VM back to what a snapshot of it holds. */
    void revert(Call call, Ref<VM> snapshot) {
        Ref<VM> vm = store.snapshot().get(snapshot, VM.SNAPSHOT_OF);
        store.snapshot().row(VM.XEN_CLASS, vm);
        try (Operation frozen = lifecycle.begin(call, snapshot, VmOperations.REVERT);
                Operation operation = lifecycle.begin(call, vm, VmOperations.REVERTING)) {
            lifecycle.stop(vm);
            Snapshot before = store.snapshot();
            Row source = before.row(VM.XEN_CLASS, snapshot);
            Map<Ref<VBD>, Ref<VDI>> copied = copyDisks(
                    call,
                    before,
                    source,
                    vdi -> disks.copy(vdi, store.snapshot().get(vdi, VDI.SR)));
            Ref<VDI> image = source.get(VM.SUSPEND_VDI);
            Ref<VDI> resumed = image.isNull() ? Ref.nil() : disks.copy(image, before.get(image, VDI.SR));
            Row old = before.row(VM.XEN_CLASS, vm);
            List<Ref<VDI>> dropped = new ArrayList<>();
            operation.finish(tx -> {
                for (Ref<VBD> vbd : old.get(VM.VBDS)) {
                    Row row = tx.row(VBD.XEN_CLASS, vbd);
                    if (row.get(VBD.TYPE) == VbdType.DISK && !row.get(VBD.EMPTY)) {
                        dropped.add(row.get(VBD.VDI));
                    }
                    tx.destroy(VBD.XEN_CLASS, vbd);
                }
                old.get(VM.VIFS).forEach(vif -> tx.destroy(VIF.XEN_CLASS, vif));
                restore(tx, vm, source);
                tx.set(vm, VM.SUSPEND_VDI, resumed);
                tx.set(vm, VM.POWER_STATE, resumed.isNull() ? VmPowerState.HALTED : VmPowerState.SUSPENDED);
                tx.set(vm, VM.PARENT, snapshot);
                addDevices(tx, before, source, vm, copied, false);
                // Snapshots of a disk that is replaced now belong to the disk that takes its place.
                copied.forEach((vbd, vdi) -> {
                    Row row = before.row(VBD.XEN_CLASS, vbd);
                    if (row.get(VBD.TYPE) == VbdType.DISK) {
                        tx.set(row.get(VBD.VDI), VDI.SNAPSHOT_OF, vdi);
                    }
                });
            });
            for (Ref<VDI> vdi : dropped) {
                if (store.snapshot().get(vdi, VDI.VBDS).isEmpty()) {
                    disks.destroy(vdi);
                }
            }
        }
    }

    /** The fields that a snapshot brings back. */
    private static void restore(Transaction tx, Ref<VM> vm, Row source) {
        tx.set(vm, VM.NAME_DESCRIPTION, source.get(VM.NAME_DESCRIPTION));
        tx.set(vm, VM.MEMORY_STATIC_MIN, source.get(VM.MEMORY_STATIC_MIN));
        tx.set(vm, VM.MEMORY_STATIC_MAX, source.get(VM.MEMORY_STATIC_MAX));
        tx.set(vm, VM.MEMORY_DYNAMIC_MIN, source.get(VM.MEMORY_DYNAMIC_MIN));
        tx.set(vm, VM.MEMORY_DYNAMIC_MAX, source.get(VM.MEMORY_DYNAMIC_MAX));
        tx.set(vm, VM.VCPUS_MAX, source.get(VM.VCPUS_MAX));
        tx.set(vm, VM.VCPUS_AT_STARTUP, source.get(VM.VCPUS_AT_STARTUP));
        tx.set(vm, VM.PLATFORM, source.get(VM.PLATFORM));
        tx.set(vm, VM.HVM_BOOT_PARAMS, source.get(VM.HVM_BOOT_PARAMS));
        tx.set(vm, VM.OTHER_CONFIG, source.get(VM.OTHER_CONFIG));
    }
}
