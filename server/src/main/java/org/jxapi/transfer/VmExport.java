package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;

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
        return contents.holdToRead(
                call,
                Set.copyOf(
                        disks(objects(vm, keepPowerState), vm, keepPowerState).values()));
    }

    private ExportedObjects objects(Ref<VM> vm, boolean keepPowerState) {
        return new ExportedObjects(store.snapshot(), List.of(vm), ExportedObjects.Options.withDisks(keepPowerState));
    }

    /** @param keepPowerState whether a suspended VM is one in the archive too, with its image */
    void write(Call call, Ref<VM> vm, boolean keepPowerState, Outgoing out) {
        ExportedObjects objects = objects(vm, keepPowerState);
        Xva.Writer archive = new Xva.Writer(out);
        archive.ova(OvaXml.of(objects));
        Map<String, Ref<VDI>> disks = disks(objects, vm, keepPowerState);
        Progress progress = new Progress(
                call,
                disks.values().stream()
                        .mapToLong(vdi -> objects.snapshot().get(vdi, VDI.VIRTUAL_SIZE))
                        .sum());
        try (Call.Cancellable cancellable = call.cancellable()) {
            disks.forEach((id, vdi) -> contents.readHeld(vdi, disk -> archive.disk(id, disk, progress)));
        }
        archive.end();
    }

    /** The disks whose contents follow, in the order of their references in the archive. Discs do not. */
    private static Map<String, Ref<VDI>> disks(ExportedObjects objects, Ref<VM> vm, boolean keepPowerState) {
        Snapshot now = objects.snapshot();
        List<Ref<VDI>> all = new ArrayList<>();
        for (Ref<VBD> vbd : now.get(vm, VM.VBDS)) {
            if (now.get(vbd, VBD.TYPE) != VbdType.CD) {
                all.add(now.get(vbd, VBD.VDI));
            }
        }
        if (keepPowerState && now.get(vm, VM.POWER_STATE) == VmPowerState.SUSPENDED) {
            all.add(now.get(vm, VM.SUSPEND_VDI));
        }
        Map<String, Ref<VDI>> disks = new TreeMap<>();
        for (Ref<VDI> vdi : all) {
            String id = objects.id(vdi);
            if (id != null && !now.get(now.get(vdi, VDI.SR), SR.CONTENT_TYPE).equals("iso")) {
                disks.put(id, vdi);
            }
        }
        return disks;
    }
}
