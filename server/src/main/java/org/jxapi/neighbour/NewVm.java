package org.jxapi.neighbour;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.neighbour.NetworkMap.Connected;
import org.jxapi.neighbour.guest.GuestPlan;
import org.jxapi.neighbour.guest.PlannedDisk;
import org.jxapi.neighbour.guest.PlannedNic;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.transfer.Client;
import org.jxapi.transfer.NewRecords;
import org.jxapi.transfer.Undo;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** Makes the VM of a plan, with its devices. If that fails, it leaves nothing behind. */
final class NewVm {
    private final Store store;
    private final Dispatcher dispatcher;
    private final Disks disks;
    private final Path devices;
    private final GuestPlan plan;
    private final List<Connected> nics;
    private final List<DiskPlacement.Placed> placed;

    NewVm(
            Store store,
            Dispatcher dispatcher,
            Disks disks,
            Path devices,
            GuestPlan plan,
            List<Connected> nics,
            List<DiskPlacement.Placed> placed) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.disks = disks;
        this.devices = devices;
        this.plan = plan;
        this.nics = nics;
        this.placed = placed;
    }

    Ref<VM> make(Call call, DiskPlacement placement) {
        Undo undo = new Undo();
        try (Client client = new Client(dispatcher);
                Call.Cancellable cancellable = call.cancellable()) {
            return undo.ifItFails(() -> make(call, placement, client, undo));
        }
    }

    private Ref<VM> make(Call call, DiskPlacement placement, Client client, Undo undo) {
        NewRecords records = new NewRecords(client, undo);
        // The VM comes last, so that no client starts it with a part of its disks.
        NewDisks made = new NewDisks(store, disks, client, undo, new NewDisks.Places(placement.sr(), devices));
        List<Ref<VDI>> vdis = new ArrayList<>();
        for (DiskPlacement.Placed disk : placed) {
            vdis.add(made.make(call, plan.name(), disk));
            call.throwIfCancelled();
        }
        Ref<VM> vm = records.vm(settings(call));
        for (int i = 0; i < placed.size(); i++) {
            records.vbd(vm, vdis.get(i), vbd(placed.get(i).disk()));
        }
        nics.forEach(nic -> records.vif(vm, nic.network(), vif(nic.nic())));
        uuid(vm);
        placement.removeFirstNames(placed);
        return vm;
    }

    private Map<String, Object> settings(Call call) {
        Map<String, Object> record = new LinkedHashMap<>(plan.record());
        if (plan.record().containsKey("generation_id")) {
            SecureRandom random = new SecureRandom();
            record.put("generation_id", random.nextLong(Long.MAX_VALUE) + ":" + random.nextLong(Long.MAX_VALUE));
        }
        Map<String, Object> config = new TreeMap<>();
        ((Map<?, ?>) plan.record().getOrDefault("other_config", Map.of()))
                .forEach((key, value) -> config.put(String.valueOf(key), value));
        config.put(VmFormats.IMPORT_TASK, call.task().value());
        record.put("other_config", config);
        return record;
    }

    /** The guest keeps its identity, unless a VM here has it. */
    private void uuid(Ref<VM> vm) {
        store.change(tx -> {
            if (!plan.uuid().isEmpty() && tx.byUuid(VM.XEN_CLASS, plan.uuid()).isEmpty()) {
                tx.set(vm, VM.UUID, plan.uuid());
            }
        });
    }

    private static Map<String, Object> vbd(PlannedDisk disk) {
        return Map.of(
                "userdevice",
                disk.device(),
                "bootable",
                disk.bootable(),
                "mode",
                disk.readOnly() ? "RO" : "RW",
                "type",
                disk.disc() ? "CD" : "Disk");
    }

    private static Map<String, Object> vif(PlannedNic nic) {
        return Map.of(
                "device", Integer.toString(nic.device()),
                "MAC", nic.mac(),
                "other_config", nic.mtu().isEmpty() ? Map.of() : Map.of("mtu", nic.mtu()),
                "qos_algorithm_type", nic.limit().isEmpty() ? "" : "ratelimit",
                "qos_algorithm_params", nic.limit());
    }
}
