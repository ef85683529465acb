package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;
import org.jxapi.xenapi.XenModel;

/** Writes a VM and its disks as an archive. An operation holds the VM meanwhile, and another one its disks. */
final class VmExport {
    private final Store store;
    private final DiskContents contents;

    VmExport(Store store, DiskContents contents) {
        this.store = store;
        this.contents = contents;
    }

    /** Holds the disks that {@link #write} reads; VDI_IN_USE when another VM writes to one of them. */
    Operation hold(Call call, Ref<VM> vm, boolean keepPowerState) {
        Snapshot now = store.snapshot();
        boolean suspended = suspended(now, vm, keepPowerState);
        Map<Ref<?>, String> ids = new LinkedHashMap<>();
        collect(now, vm, suspended, ids);
        return contents.holdToRead(
                call, Set.copyOf(disks(now, vm, suspended, ids).values()));
    }

    private static boolean suspended(Snapshot now, Ref<VM> vm, boolean keepPowerState) {
        return keepPowerState && now.get(vm, VM.POWER_STATE) == VmPowerState.SUSPENDED;
    }

    /** @param keepPowerState whether a suspended VM is one in the archive too, with its image */
    void write(Call call, Ref<VM> vm, boolean keepPowerState, Outgoing out) {
        Snapshot now = store.snapshot();
        boolean suspended = suspended(now, vm, keepPowerState);
        Map<Ref<?>, String> ids = new LinkedHashMap<>();
        collect(now, vm, suspended, ids);
        Xva.Writer archive = new Xva.Writer(out);
        archive.ova(OvaXml.write(now, records(now, ids, suspended)));
        Map<String, Ref<VDI>> disks = disks(now, vm, suspended, ids);
        Progress progress = new Progress(
                call,
                disks.values().stream()
                        .mapToLong(vdi -> now.get(vdi, VDI.VIRTUAL_SIZE))
                        .sum());
        try (Call.Cancellable cancellable = call.cancellable()) {
            disks.forEach((id, vdi) -> contents.readHeld(vdi, disk -> archive.disk(id, disk, progress)));
        }
        archive.end();
    }

    /** Gives everything that goes into the archive its reference there. */
    private static void collect(Snapshot now, Ref<VM> ref, boolean suspended, Map<Ref<?>, String> ids) {
        Row<VM> vm = now.row(ref);
        add(ids, ref);
        for (Ref<VIF> vif : vm.get(VM.VIFS)) {
            add(ids, vif);
            add(ids, now.get(vif, VIF.NETWORK));
        }
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            add(ids, vbd);
            if (!now.get(vbd, VBD.EMPTY)) {
                addDisk(now, ids, now.get(vbd, VBD.VDI));
            }
        }
        if (suspended) {
            addDisk(now, ids, vm.get(VM.SUSPEND_VDI));
        }
        add(ids, vm.get(VM.METRICS));
        add(ids, vm.get(VM.GUEST_METRICS));
        add(ids, vm.get(VM.RESIDENT_ON));
        add(ids, vm.get(VM.AFFINITY));
    }

    private static void add(Map<Ref<?>, String> ids, Ref<?> ref) {
        if (!ref.isNull()) {
            ids.putIfAbsent(ref, "Ref:" + ids.size());
        }
    }

    private static void addDisk(Snapshot now, Map<Ref<?>, String> ids, Ref<VDI> vdi) {
        if (now.find(vdi).isPresent()) {
            add(ids, vdi);
            add(ids, now.get(vdi, VDI.SR));
        }
    }

    private static Map<String, Row<?>> records(Snapshot now, Map<Ref<?>, String> ids, boolean suspended) {
        Map<String, Row<?>> records = new LinkedHashMap<>();
        put(records, now, Host.XEN_CLASS, ids, (row, names) -> host(row, names));
        put(records, now, VM.XEN_CLASS, ids, (row, names) -> vm(row, names, suspended));
        put(records, now, VMMetrics.XEN_CLASS, ids, (row, names) -> row);
        put(records, now, VMGuestMetrics.XEN_CLASS, ids, (row, names) -> row);
        put(
                records,
                now,
                VBD.XEN_CLASS,
                ids,
                (row, names) -> row.with(VBD.VDI, names.of(row.get(VBD.VDI)))
                        .with(VBD.VM, names.of(row.get(VBD.VM)))
                        .with(VBD.CURRENTLY_ATTACHED, suspended && row.get(VBD.CURRENTLY_ATTACHED))
                        .with(VBD.METRICS, Ref.nil())
                        .with(VBD.CURRENT_OPERATIONS, Map.of())
                        .with(VBD.ALLOWED_OPERATIONS, List.of()));
        put(
                records,
                now,
                VIF.XEN_CLASS,
                ids,
                (row, names) -> row.with(VIF.NETWORK, names.of(row.get(VIF.NETWORK)))
                        .with(VIF.VM, names.of(row.get(VIF.VM)))
                        .with(VIF.CURRENTLY_ATTACHED, suspended && row.get(VIF.CURRENTLY_ATTACHED))
                        .with(VIF.METRICS, Ref.nil())
                        .with(VIF.CURRENT_OPERATIONS, Map.of())
                        .with(VIF.ALLOWED_OPERATIONS, List.of()));
        put(
                records,
                now,
                Network.XEN_CLASS,
                ids,
                (row, names) -> row.with(Network.VIFS, names.of(row.get(Network.VIFS)))
                        .with(Network.PIFS, List.of())
                        .with(Network.CURRENT_OPERATIONS, Map.of())
                        .with(Network.ALLOWED_OPERATIONS, List.of()));
        put(
                records,
                now,
                VDI.XEN_CLASS,
                ids,
                (row, names) -> row.with(VDI.VBDS, names.of(row.get(VDI.VBDS)))
                        .with(VDI.CRASH_DUMPS, List.of())
                        .with(VDI.SR, names.of(row.get(VDI.SR)))
                        .with(VDI.CURRENT_OPERATIONS, Map.of())
                        .with(VDI.ALLOWED_OPERATIONS, List.of()));
        put(
                records,
                now,
                SR.XEN_CLASS,
                ids,
                (row, names) -> row.with(SR.VDIS, names.of(row.get(SR.VDIS)))
                        .with(SR.PBDS, List.of())
                        .with(SR.CURRENT_OPERATIONS, Map.of())
                        .with(SR.ALLOWED_OPERATIONS, List.of()));
        return records;
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

    private static <C> void put(
            Map<String, Row<?>> records,
            Snapshot now,
            ClassModel<C> model,
            Map<Ref<?>, String> ids,
            BiFunction<Row<C>, Names, Row<C>> outside) {
        Names names = new Names(ids);
        ids.forEach((ref, id) -> {
            if (ref.className().equals(model.name())) {
                now.find(model.cast(ref)).ifPresent(found -> records.put(id, outside.apply(found.row(), names)));
            }
        });
    }

    private static Row<VM> vm(Row<VM> vm, Names names, boolean suspended) {
        return vm.with(VM.POWER_STATE, suspended ? VmPowerState.SUSPENDED : VmPowerState.HALTED)
                .with(VM.SUSPEND_VDI, suspended ? names.of(vm.get(VM.SUSPEND_VDI)) : Ref.nil())
                .with(VM.IS_A_SNAPSHOT, false)
                .with(VM.SNAPSHOT_OF, Ref.nil())
                .with(VM.SNAPSHOTS, List.of())
                .with(VM.SNAPSHOT_TIME, XenTime.NEVER)
                .with(VM.TRANSPORTABLE_SNAPSHOT_ID, "")
                .with(VM.PARENT, Ref.nil())
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

    /** A host is named only; what it is like is nobody's business elsewhere. */
    private static Row<Host> host(Row<Host> host, Names names) {
        return Row.of(Host.XEN_CLASS)
                .with(Host.UUID, host.get(Host.UUID))
                .with(Host.NAME_LABEL, host.get(Host.NAME_LABEL))
                .with(Host.NAME_DESCRIPTION, host.get(Host.NAME_DESCRIPTION))
                .with(Host.HOSTNAME, host.get(Host.HOSTNAME))
                .with(Host.ADDRESS, host.get(Host.ADDRESS))
                .with(Host.RESIDENT_VMS, names.of(host.get(Host.RESIDENT_VMS)));
    }

    /** The disks whose contents follow, in the order of their references in the archive. Discs do not. */
    private static Map<String, Ref<VDI>> disks(Snapshot now, Ref<VM> vm, boolean suspended, Map<Ref<?>, String> ids) {
        List<Ref<VDI>> all = new ArrayList<>();
        for (Ref<VBD> vbd : now.get(vm, VM.VBDS)) {
            if (now.get(vbd, VBD.TYPE) != VbdType.CD) {
                all.add(now.get(vbd, VBD.VDI));
            }
        }
        if (suspended) {
            all.add(now.get(vm, VM.SUSPEND_VDI));
        }
        Map<String, Ref<VDI>> disks = new TreeMap<>();
        for (Ref<VDI> vdi : all) {
            if (ids.containsKey(vdi)
                    && !now.get(now.get(vdi, VDI.SR), SR.CONTENT_TYPE).equals("iso")) {
                disks.put(ids.get(vdi), vdi);
            }
        }
        return disks;
    }
}
