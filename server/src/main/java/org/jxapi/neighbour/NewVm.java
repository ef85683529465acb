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
import org.jxapi.transfer.Undo;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Makes the VM of a plan, with its devices. If that fails, it leaves nothing behind. */
final class NewVm {
    private static final String NIL = Ref.nil().value();

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
            try {
                // The VM comes last, so that nobody starts it with a part of its disks.
                NewDisks made = new NewDisks(store, disks, client, undo, new NewDisks.Places(placement.sr(), devices));
                List<Ref<VDI>> vdis = new ArrayList<>();
                for (DiskPlacement.Placed disk : placed) {
                    vdis.add(made.make(call, plan.name(), disk));
                    call.throwIfCancelled();
                }
                Ref<VM> vm = client.make(VM.XEN_CLASS, record(call));
                undo.push(() -> client.call("VM.destroy", vm.value()));
                for (int i = 0; i < placed.size(); i++) {
                    vbd(client, vm, placed.get(i).disk(), vdis.get(i));
                }
                nics.forEach(nic -> vif(client, vm, nic));
                uuid(vm);
                placement.removeFirstNames(placed);
                return vm;
            } catch (RuntimeException | Error e) {
                undo.run();
                throw e;
            }
        }
    }

    private Map<String, Object> record(Call call) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("user_version", "1");
        record.put("is_a_template", false);
        record.put("affinity", NIL);
        record.put("PV_bootloader", "");
        record.put("PV_kernel", "");
        record.put("PV_ramdisk", "");
        record.put("PV_args", "");
        record.put("PV_bootloader_args", "");
        record.put("PV_legacy_args", "");
        record.put("PCI_bus", "");
        record.put("recommendations", "");
        record.put("HVM_shadow_multiplier", 1.0);
        record.putAll(plan.record());
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

    private static void vbd(Client client, Ref<VM> vm, PlannedDisk disk, Ref<VDI> vdi) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("VDI", vdi.value());
        record.put("userdevice", disk.device());
        record.put("bootable", disk.bootable());
        record.put("mode", disk.readOnly() ? "RO" : "RW");
        record.put("type", disk.disc() ? "CD" : "Disk");
        record.put("unpluggable", true);
        record.put("empty", vdi.isNull());
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        client.make(VBD.XEN_CLASS, record);
    }

    private static void vif(Client client, Ref<VM> vm, Connected connected) {
        PlannedNic nic = connected.nic();
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("network", connected.network().value());
        record.put("device", Integer.toString(nic.device()));
        record.put("MAC", nic.mac());
        record.put("MTU", "0");
        record.put("other_config", nic.mtu().isEmpty() ? Map.of() : Map.of("mtu", nic.mtu()));
        record.put("qos_algorithm_type", nic.limit().isEmpty() ? "" : "ratelimit");
        record.put("qos_algorithm_params", nic.limit());
        client.make(VIF.XEN_CLASS, record);
    }
}
