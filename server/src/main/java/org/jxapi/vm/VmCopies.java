package org.jxapi.vm;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.Macs;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Clones, copies, snapshots and checkpoints: new VMs with the devices and disks of another. */
public final class VmCopies {
    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final VmSuspension suspension;
    private final Alerts alerts;
    private final Clock clock;

    public VmCopies(Store store, Disks disks, VmClaims claims, VmSuspension suspension, Alerts alerts, Clock clock) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.suspension = suspension;
        this.alerts = alerts;
        this.clock = clock;
    }

    /** How a disk of the source becomes one of the copy. */
    interface DiskCopy {
        /** The copy, or the null reference to leave the disk out. */
        Ref<VDI> of(Ref<VDI> vdi);
    }

    /** A VM of its own; a template's copy is a template. The copy of a checkpoint is halted. */
    Ref<VM> copy(Call call, Ref<VM> vm, String name, VmOperations as, Ref<SR> sr) {
        if (store.snapshot()
                .find(sr)
                .map(s -> s.row().get(SR.CONTENT_TYPE).equals("iso"))
                .orElse(false)) {
            throw Errors.operationNotAllowed("Cannot copy a VM's disks to an ISO SR");
        }
        boolean known = store.snapshot().find(sr).isPresent();
        try (Operation operation = claims.begin(call, vm, as)) {
            DiskCopy copy = vdi -> disks.copy(vdi, known ? sr : store.snapshot().get(vdi, VDI.SR));
            Row<VM> source = store.snapshot().row(vm);
            boolean suspended = source.get(VM.POWER_STATE) == VmPowerState.SUSPENDED && !source.get(VM.IS_A_SNAPSHOT);
            Ref<VDI> image = suspended ? copy.of(source.get(VM.SUSPEND_VDI)) : Ref.nil();
            Ref<VM> fresh = duplicate(
                    call,
                    vm,
                    name,
                    copy,
                    row -> row.with(VM.IS_A_SNAPSHOT, false)
                            .with(VM.SNAPSHOT_OF, Ref.nil())
                            .with(VM.SNAPSHOT_TIME, XenTime.NEVER)
                            .with(VM.SNAPSHOT_INFO, Map.of())
                            .with(VM.SNAPSHOT_METADATA, "")
                            .with(VM.PARENT, Ref.nil())
                            .with(VM.POWER_STATE, suspended ? VmPowerState.SUSPENDED : VmPowerState.HALTED)
                            .with(VM.SUSPEND_VDI, image)
                            .with(VM.OTHER_CONFIG, config(row, false)),
                    true);
            alerts.write(
                    vm, Alert.VM_CLONED, "cloned (new uuid: " + store.snapshot().get(fresh, VM.UUID) + ")");
            return fresh;
        }
    }

    /** The other_config of a copy: what marks a default template is not for it, and its addresses are its own. */
    private static Map<String, String> config(Row<VM> source, boolean snapshot) {
        Map<String, String> config = new LinkedHashMap<>(source.get(VM.OTHER_CONFIG));
        config.remove("default_template");
        config.remove("xensource_internal");
        if (!snapshot) {
            config.put("mac_seed", FreshIds.uuid("mac_seed").toString());
        }
        if (source.get(VM.IS_A_TEMPLATE)) {
            config.putIfAbsent("base_template_name", source.get(VM.NAME_LABEL));
        }
        return config;
    }

    public Ref<VM> snapshot(Call call, Ref<VM> vm, String name, List<Ref<VDI>> ignored) {
        try (Operation operation = claims.begin(call, vm, VmOperations.SNAPSHOT)) {
            Ref<VM> snapshot = frozen(call, vm, name, Ref.nil(), ignored);
            alerts.write(
                    vm,
                    Alert.VM_SNAPSHOTTED,
                    "snapshotted (new uuid: " + store.snapshot().get(snapshot, VM.UUID) + ")");
            return snapshot;
        }
    }

    public Ref<VM> checkpoint(Call call, Ref<VM> vm, String name) {
        try (Operation operation = claims.begin(call, vm, VmOperations.CHECKPOINT)) {
            VmPowerState state = store.snapshot().get(vm, VM.POWER_STATE);
            Ref<VDI> image = switch (state) {
                case SUSPENDED -> disks.snapshot(store.snapshot().get(vm, VM.SUSPEND_VDI));
                case RUNNING -> suspension.checkpointImage(vm);
                default -> Ref.nil();
            };
            Ref<VM> snapshot;
            try {
                snapshot = frozen(call, vm, name, image, List.of());
            } catch (RuntimeException | Error e) {
                if (!image.isNull()) {
                    disks.destroy(image);
                }
                throw e;
            }
            alerts.write(
                    vm,
                    Alert.VM_CHECKPOINTED,
                    "checkpointed (new uuid: " + store.snapshot().get(snapshot, VM.UUID) + ")");
            return snapshot;
        }
    }

    private Ref<VM> frozen(Call call, Ref<VM> vm, String name, Ref<VDI> image, List<Ref<VDI>> ignored) {
        XenTime now = XenTime.of(clock.instant());
        Snapshot before = store.snapshot();
        Row<VM> source = before.row(vm);
        Map<String, String> info = new LinkedHashMap<>();
        info.put("power-state-at-snapshot", source.get(VM.POWER_STATE).wire());
        info.put("disk-snapshot-type", "crash_consistent");
        UnaryOperator<Row<VM>> settings = row -> row.with(VM.IS_A_SNAPSHOT, true)
                .with(VM.IS_A_TEMPLATE, true)
                .with(VM.SNAPSHOT_OF, vm)
                .with(VM.SNAPSHOT_TIME, now)
                .with(VM.SNAPSHOT_INFO, info)
                .with(VM.SNAPSHOT_METADATA, SnapshotMetadata.of(vm, source))
                .with(VM.POWER_STATE, image.isNull() ? VmPowerState.HALTED : VmPowerState.SUSPENDED)
                .with(VM.SUSPEND_VDI, image)
                .with(VM.OTHER_CONFIG, config(row, true));
        Map<Ref<VBD>, Ref<VDI>> copied = snapshotDisks(call, before, source, ignored);
        Ref<VM> snapshot = makeCopy(before, vm, name, copied, settings, false);
        store.change(tx -> tx.update(vm, VM.PARENT, snapshot));
        return snapshot;
    }

    /** Snapshots of all disks as they are at one moment; discs stay what they are. */
    private Map<Ref<VBD>, Ref<VDI>> snapshotDisks(Call call, Snapshot before, Row<VM> source, List<Ref<VDI>> ignored) {
        List<Ref<VDI>> vdis = disksOf(source, ignored);
        Map<Ref<VDI>, Ref<VDI>> together = disks.snapshots(vdis);
        if (!together.isEmpty()) {
            try {
                return copyDisks(call, before, source, vdi -> together.getOrDefault(vdi, Ref.nil()));
            } catch (RuntimeException | Error e) {
                together.values().forEach(disks::destroyIfThere);
                throw e;
            }
        }
        // The guest stands still until this is closed, so only the disks are copied here.
        try (Disks.Moment moment = disks.oneMoment(vdis)) {
            return copyDisks(call, before, source, vdi -> ignored.contains(vdi) ? Ref.nil() : disks.snapshot(vdi));
        }
    }

    private List<Ref<VDI>> disksOf(Row<VM> source, List<Ref<VDI>> ignored) {
        Snapshot now = store.snapshot();
        return source.get(VM.VBDS).stream()
                .map(now::row)
                .filter(VmCopies::isDisk)
                .map(vbd -> vbd.get(VBD.VDI))
                .filter(vdi -> !ignored.contains(vdi))
                .toList();
    }

    private Ref<VM> duplicate(
            Call call, Ref<VM> vm, String name, DiskCopy copy, UnaryOperator<Row<VM>> settings, boolean freshMacs) {
        Snapshot before = store.snapshot();
        return makeCopy(before, vm, name, copyDisks(call, before, before.row(vm), copy), settings, freshMacs);
    }

    /** Makes the VM that has the copied disks. */
    private Ref<VM> makeCopy(
            Snapshot before,
            Ref<VM> vm,
            String name,
            Map<Ref<VBD>, Ref<VDI>> copied,
            UnaryOperator<Row<VM>> settings,
            boolean freshMacs) {
        Row<VM> source = before.row(vm);
        Row<VM> row = settings.apply(bare(source)).with(VM.NAME_LABEL, name);
        return store.transact(tx -> {
            Ref<VM> fresh = tx.create(row);
            copyMetrics(tx, source, fresh);
            addDevices(tx, before, source, fresh, copied, freshMacs);
            return fresh;
        });
    }

    /** A copy starts with the metrics of its source, so that a template keeps the facts of its installation. */
    static void copyMetrics(Transaction tx, Row<VM> source, Ref<VM> to) {
        Row<VMMetrics> metrics = tx.find(source.get(VM.METRICS))
                .map(m -> m.row().with(VMMetrics.UUID, ""))
                .orElse(Row.of(VMMetrics.XEN_CLASS).with(VMMetrics.VCPUS_UTILISATION, Map.of(0L, 0.0)));
        tx.set(to, VM.METRICS, tx.create(metrics));
        tx.find(source.get(VM.GUEST_METRICS))
                .ifPresent(g -> tx.set(to, VM.GUEST_METRICS, tx.create(g.row().with(VMGuestMetrics.UUID, ""))));
    }

    /** Copies all disks, or none: discs stay what they are. */
    Map<Ref<VBD>, Ref<VDI>> copyDisks(Call call, Snapshot before, Row<VM> source, DiskCopy copy) {
        Map<Ref<VBD>, Ref<VDI>> copied = new LinkedHashMap<>();
        int done = 0;
        try (Call.Cancellable cancellable = call.cancellable()) {
            for (Ref<VBD> vbd : source.get(VM.VBDS)) {
                Row<VBD> row = before.row(vbd);
                if (isDisk(row)) {
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
        } catch (RuntimeException | Error e) {
            copied.forEach((vbd, vdi) -> {
                if (isDisk(before.row(vbd))) {
                    disks.destroy(vdi);
                }
            });
            throw e;
        }
    }

    public static boolean isDisk(Row<VBD> vbd) {
        return vbd.get(VBD.TYPE) == VbdType.DISK && !vbd.get(VBD.EMPTY);
    }

    /** The VM's own settings, without what belongs to this one VM alone. */
    private static Row<VM> bare(Row<VM> source) {
        return source.with(VM.UUID, "")
                .with(VM.IS_DEFAULT_TEMPLATE, false)
                .with(VM.TRANSPORTABLE_SNAPSHOT_ID, "")
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
                .with(VM.BLOCKED_OPERATIONS, Map.of())
                .with(VM.CURRENT_OPERATIONS, Map.of())
                .with(VM.DOMID, -1L)
                .with(VM.DOMARCH, "")
                .with(VM.RESIDENT_ON, Ref.nil())
                .with(VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil())
                .with(VM.METRICS, Ref.nil())
                .with(VM.GUEST_METRICS, Ref.nil())
                .with(VM.HA_ALWAYS_RUN, false)
                .with(VM.SNAPSHOT_SCHEDULE, Ref.nil())
                .with(VM.IS_VMSS_SNAPSHOT, false)
                .with(VM.APPLIANCE, Ref.nil())
                .with(VM.START_DELAY, 0L)
                .with(VM.SHUTDOWN_DELAY, 0L)
                .with(VM.ORDER, 0L)
                .with(VM.SUSPEND_SR, Ref.nil())
                .with(VM.VERSION, 0L)
                .with(VM.REQUIRES_REBOOT, false)
                .with(VM.GENERATION_ID, freshGeneration(source.get(VM.GENERATION_ID)));
    }

    /** The generation of a VM that has not run yet. */
    static final String NO_GENERATION = "0:0";

    /** A new generation, which shows a Windows guest that it is a copy; empty if the VM has no generation. */
    static String freshGeneration(String current) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return current.isEmpty() ? "" : random.nextLong(Long.MAX_VALUE) + ":" + random.nextLong(Long.MAX_VALUE);
    }

    static void addDevices(
            Transaction tx,
            Snapshot before,
            Row<VM> source,
            Ref<VM> fresh,
            Map<Ref<VBD>, Ref<VDI>> copied,
            boolean freshMacs) {
        copied.forEach((vbd, vdi) -> {
            Row<VBD> row = before.row(vbd);
            Map<String, String> config = new LinkedHashMap<>(row.get(VBD.OTHER_CONFIG));
            if (row.get(VBD.TYPE) == VbdType.DISK) {
                // The copied disks go when the copy goes, whether or not the VM owns the original ones.
                config.putIfAbsent("owner", "");
            }
            tx.create(row.with(VBD.UUID, "")
                    .with(VBD.VM, fresh)
                    .with(VBD.VDI, vdi)
                    .with(VBD.OTHER_CONFIG, config)
                    .with(VBD.CURRENTLY_ATTACHED, false)
                    .with(VBD.METRICS, Ref.nil())
                    .with(VBD.CURRENT_OPERATIONS, Map.of()));
        });
        for (Ref<VIF> vif : source.get(VM.VIFS)) {
            Row<VIF> row = before.row(vif);
            tx.create(row.with(VIF.UUID, "")
                    .with(VIF.VM, fresh)
                    .with(VIF.MAC, freshMacs ? mac(tx, fresh, row) : row.get(VIF.MAC))
                    .with(VIF.MAC_AUTOGENERATED, freshMacs || row.get(VIF.MAC_AUTOGENERATED))
                    .with(VIF.CURRENTLY_ATTACHED, false)
                    .with(VIF.METRICS, Ref.nil())
                    .with(VIF.CURRENT_OPERATIONS, Map.of()));
        }
        for (Ref<VGPU> vgpu : source.get(VM.VGPUS)) {
            tx.create(before.row(vgpu)
                    .with(VGPU.UUID, "")
                    .with(VGPU.VM, fresh)
                    .with(VGPU.CURRENTLY_ATTACHED, false)
                    .with(VGPU.RESIDENT_ON, Ref.nil())
                    .with(VGPU.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil())
                    .with(VGPU.PCI, Ref.nil()));
        }
    }

    /** The address that follows from the copy's own seed. */
    private static String mac(Transaction tx, Ref<VM> vm, Row<VIF> vif) {
        String seed = tx.get(vm, VM.OTHER_CONFIG).get("mac_seed");
        String device = vif.get(VIF.DEVICE);
        return seed == null || !device.matches("\\d{1,3}")
                ? Macs.random()
                : Macs.ofSeed(seed, Integer.parseInt(device));
    }
}
