package org.jxapi.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;
import org.jxapi.xenapi.XenModel;

/**
 * The objects that an archive describes: VMs and all that they use, at one moment. Each has a reference of its own in the
 * archive.
 */
final class ExportedObjects {
    /** The key in a disk's sm_config with the UUID of the disk below it. */
    private static final String PARENT = "vhd-parent";

    private final Snapshot now;
    private final Options options;
    private final Map<Ref<?>, String> ids = new LinkedHashMap<>();

    /**
     * Which objects are described, and how.
     *
     * @param keepPowerState whether a VM that is suspended or runs does so in the archive
     * @param snapshots whether the snapshots of the VMs are in the archive, and say what they are snapshots of
     * @param parents whether the disks below the VMs' disks are in the archive
     * @param without classes of devices that are left out: VBD, VIF
     */
    record Options(boolean keepPowerState, boolean snapshots, boolean parents, Set<String> without) {
        /** As for an archive that holds the disks too. */
        static Options withDisks(boolean keepPowerState) {
            return new Options(keepPowerState, false, false, Set.of());
        }
    }

    ExportedObjects(Snapshot now, List<Ref<VM>> vms, Options options) {
        this.now = now;
        this.options = options;
        vms.forEach(vm -> addVm(vm, options.snapshots()));
    }

    Snapshot snapshot() {
        return now;
    }

    /** The reference in the archive; null for an object that is not in it. */
    @Nullable
    String id(Ref<?> ref) {
        return ids.get(ref);
    }

    private void addVm(Ref<VM> ref, boolean snapshots) {
        if (ids.containsKey(ref) || now.find(ref).isEmpty()) {
            return;
        }
        Row<VM> vm = now.row(ref);
        add(ref);
        if (!options.without().contains(VIF.XEN_CLASS.name())) {
            for (Ref<VIF> vif : vm.get(VM.VIFS)) {
                add(vif);
                add(now.get(vif, VIF.NETWORK));
            }
        }
        if (!options.without().contains(VBD.XEN_CLASS.name())) {
            for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
                add(vbd);
                if (!now.get(vbd, VBD.EMPTY)) {
                    addDisk(now.get(vbd, VBD.VDI));
                }
            }
        }
        if (snapshots) {
            vm.get(VM.SNAPSHOTS).forEach(snapshot -> addVm(snapshot, false));
        }
        if (options.keepPowerState() && vm.get(VM.POWER_STATE) == VmPowerState.SUSPENDED) {
            addDisk(vm.get(VM.SUSPEND_VDI));
        }
        add(vm.get(VM.METRICS));
        add(vm.get(VM.GUEST_METRICS));
        add(vm.get(VM.RESIDENT_ON));
        add(vm.get(VM.AFFINITY));
        if (snapshots) {
            addVm(vm.get(VM.PARENT), false);
        }
    }

    private void add(Ref<?> ref) {
        if (!ref.isNull()) {
            ids.putIfAbsent(ref, "Ref:" + ids.size());
        }
    }

    private void addDisk(Ref<VDI> vdi) {
        Ref<VDI> disk = vdi;
        while (now.find(disk).isPresent()) {
            boolean known = ids.containsKey(disk);
            add(disk);
            add(now.get(disk, VDI.SR));
            String parent = now.get(disk, VDI.SM_CONFIG).get(PARENT);
            if (known || !options.parents() || parent == null) {
                return;
            }
            disk = now.byUuid(VDI.XEN_CLASS, parent).map(Stored::ref).orElse(Ref.nil());
        }
    }

    /** Visits all records as they are in the archive, class by class, each with its reference there. */
    void each(BiConsumer<String, Row<?>> out) {
        boolean keep = options.keepPowerState();
        put(out, Host.XEN_CLASS, (row, names) -> host(row, names));
        put(out, VM.XEN_CLASS, (row, names) -> vm(row, names));
        put(out, VMMetrics.XEN_CLASS, (row, names) -> row);
        put(out, VMGuestMetrics.XEN_CLASS, (row, names) -> row);
        put(
                out,
                VBD.XEN_CLASS,
                (row, names) -> row.with(VBD.VDI, names.of(row.get(VBD.VDI)))
                        .with(VBD.VM, names.of(row.get(VBD.VM)))
                        .with(VBD.CURRENTLY_ATTACHED, keep && row.get(VBD.CURRENTLY_ATTACHED))
                        .with(VBD.METRICS, Ref.nil())
                        .with(VBD.CURRENT_OPERATIONS, Map.of())
                        .with(VBD.ALLOWED_OPERATIONS, List.of()));
        put(
                out,
                VIF.XEN_CLASS,
                (row, names) -> row.with(VIF.NETWORK, names.of(row.get(VIF.NETWORK)))
                        .with(VIF.VM, names.of(row.get(VIF.VM)))
                        .with(VIF.CURRENTLY_ATTACHED, keep && row.get(VIF.CURRENTLY_ATTACHED))
                        .with(VIF.METRICS, Ref.nil())
                        .with(VIF.CURRENT_OPERATIONS, Map.of())
                        .with(VIF.ALLOWED_OPERATIONS, List.of()));
        put(
                out,
                Network.XEN_CLASS,
                (row, names) -> row.with(Network.VIFS, names.of(row.get(Network.VIFS)))
                        .with(Network.PIFS, List.of())
                        .with(Network.CURRENT_OPERATIONS, Map.of())
                        .with(Network.ALLOWED_OPERATIONS, List.of()));
        put(
                out,
                VDI.XEN_CLASS,
                (row, names) -> row.with(VDI.VBDS, names.of(row.get(VDI.VBDS)))
                        .with(VDI.CRASH_DUMPS, List.of())
                        .with(VDI.SR, names.of(row.get(VDI.SR)))
                        .with(VDI.CURRENT_OPERATIONS, Map.of())
                        .with(VDI.ALLOWED_OPERATIONS, List.of()));
        put(
                out,
                SR.XEN_CLASS,
                (row, names) -> row.with(SR.VDIS, names.of(row.get(SR.VDIS)))
                        .with(SR.PBDS, List.of())
                        .with(SR.CURRENT_OPERATIONS, Map.of())
                        .with(SR.ALLOWED_OPERATIONS, List.of()));
    }

    /** References as they are in the archive; what is not in it is nothing. */
    private record Names(Map<Ref<?>, String> ids) {
        <C> Ref<C> of(Ref<C> ref) {
            String id = ids.get(ref);
            return id == null ? Ref.nil() : XenModel.of(ref).ref(id);
        }

        <C> List<Ref<C>> of(List<Ref<C>> refs) {
            return refs.stream().filter(ids::containsKey).map(this::of).toList();
        }
    }

    private <C> void put(
            BiConsumer<String, Row<?>> out, ClassModel<C> model, BiFunction<Row<C>, Names, Row<C>> outside) {
        Names names = new Names(ids);
        ids.forEach((ref, id) -> {
            if (ref.className().equals(model.name())) {
                now.find(model.cast(ref)).ifPresent(found -> out.accept(id, outside.apply(found.row(), names)));
            }
        });
    }

    private Row<VM> vm(Row<VM> row, Names names) {
        Row<VM> vm = options.snapshots() ? asSnapshot(row, names) : asVm(row);
        if (!options.keepPowerState()) {
            vm = vm.with(VM.POWER_STATE, VmPowerState.HALTED);
        }
        return vm.with(VM.SUSPEND_VDI, options.keepPowerState() ? names.of(vm.get(VM.SUSPEND_VDI)) : Ref.nil())
                .with(VM.CURRENT_OPERATIONS, Map.of())
                .with(VM.ALLOWED_OPERATIONS, List.of())
                .with(VM.VIFS, names.of(vm.get(VM.VIFS)))
                .with(VM.VBDS, names.of(vm.get(VM.VBDS)))
                .with(VM.VGPUS, List.of())
                .with(VM.CRASH_DUMPS, List.of())
                .with(VM.VTPMS, List.of())
                .with(VM.RESIDENT_ON, names.of(vm.get(VM.RESIDENT_ON)))
                .with(VM.AFFINITY, names.of(vm.get(VM.AFFINITY)))
                .with(VM.CONSOLES, List.of())
                .with(VM.METRICS, names.of(vm.get(VM.METRICS)))
                .with(VM.GUEST_METRICS, names.of(vm.get(VM.GUEST_METRICS)))
                .with(VM.PROTECTION_POLICY, Ref.nil())
                .with(VM.BLOBS, Map.of());
    }

    /** With its place among its snapshots, as far as they are in the archive. */
    private static Row<VM> asSnapshot(Row<VM> vm, Names names) {
        return vm.with(VM.SNAPSHOT_OF, names.of(vm.get(VM.SNAPSHOT_OF)))
                .with(VM.SNAPSHOTS, names.of(vm.get(VM.SNAPSHOTS)))
                .with(VM.PARENT, names.of(vm.get(VM.PARENT)));
    }

    /** Without snapshots: one of them is a VM like any other in the archive. */
    private static Row<VM> asVm(Row<VM> vm) {
        return vm.with(VM.IS_A_SNAPSHOT, false)
                .with(VM.SNAPSHOT_OF, Ref.nil())
                .with(VM.SNAPSHOTS, List.of())
                .with(VM.SNAPSHOT_TIME, XenTime.NEVER)
                .with(VM.TRANSPORTABLE_SNAPSHOT_ID, "")
                .with(VM.PARENT, Ref.nil());
    }

    /** Of a host, only its names and its address are exported. Other pools do not need the rest. */
    private static Row<Host> host(Row<Host> host, Names names) {
        return Row.of(Host.XEN_CLASS)
                .with(Host.UUID, host.get(Host.UUID))
                .with(Host.NAME_LABEL, host.get(Host.NAME_LABEL))
                .with(Host.NAME_DESCRIPTION, host.get(Host.NAME_DESCRIPTION))
                .with(Host.HOSTNAME, host.get(Host.HOSTNAME))
                .with(Host.ADDRESS, host.get(Host.ADDRESS))
                .with(Host.RESIDENT_VMS, names.of(host.get(Host.RESIDENT_VMS)));
    }
}
