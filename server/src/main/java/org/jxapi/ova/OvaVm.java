package org.jxapi.ova;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.transfer.Client;
import org.jxapi.transfer.Undo;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Makes the VM of a package, whose disks are there. */
final class OvaVm {
    private static final String NIL = Ref.nil().value();
    private static final int CD = 3;

    private final Client client;
    private final Undo undo;

    /** @param undo gets the steps that remove what was made */
    OvaVm(Client client, Undo undo) {
        this.client = client;
        this.undo = undo;
    }

    Ref<VM> make(Call call, OvaMachine machine, List<Ref<VDI>> disks, List<OvaNetworks.Connected> nics) {
        Ref<VM> vm = client.make(VM.XEN_CLASS, record(call, machine));
        undo.push(() -> client.call("VM.destroy", vm.value()));
        for (int i = 0; i < disks.size(); i++) {
            // Device 3 stays free for a CD drive, where guests look for one.
            vbd(vm, disks.get(i), i < CD ? i : i + 1, i == 0);
        }
        for (int i = 0; i < nics.size(); i++) {
            vif(vm, nics.get(i), i);
        }
        return vm;
    }

    private static Map<String, Object> record(Call call, OvaMachine machine) {
        String memory = Long.toString(machine.memory());
        Map<String, String> platform = new LinkedHashMap<>(
                Map.of("nx", "true", "acpi", "1", "apic", "true", "pae", "true", "vga", "std", "videoram", "8"));
        platform.put("viridian", "false");
        platform.put("secureboot", "false");
        if (machine.coresPerSocket() > 0) {
            platform.put("cores-per-socket", Integer.toString(machine.coresPerSocket()));
        }
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name_label", machine.name());
        record.put("name_description", machine.description());
        record.put("user_version", "1");
        record.put("is_a_template", false);
        record.put("affinity", NIL);
        record.put("memory_static_min", "0");
        record.put("memory_dynamic_min", memory);
        record.put("memory_dynamic_max", memory);
        record.put("memory_static_max", memory);
        record.put("VCPUs_params", Map.of());
        record.put("VCPUs_max", Integer.toString(machine.vcpus()));
        record.put("VCPUs_at_startup", Integer.toString(machine.vcpus()));
        record.put("actions_after_shutdown", "destroy");
        record.put("actions_after_reboot", "restart");
        record.put("actions_after_crash", "restart");
        for (String unused : List.of(
                "PV_bootloader",
                "PV_kernel",
                "PV_ramdisk",
                "PV_args",
                "PV_bootloader_args",
                "PV_legacy_args",
                "PCI_bus",
                "recommendations")) {
            record.put(unused, "");
        }
        record.put("domain_type", "hvm");
        record.put("HVM_boot_policy", "BIOS order");
        record.put("HVM_boot_params", Map.of("firmware", machine.uefi() ? "uefi" : "bios", "order", "cd"));
        record.put("HVM_shadow_multiplier", 1.0);
        record.put("platform", platform);
        record.put("other_config", Map.of(VmFormats.IMPORT_TASK, call.task().value()));
        return record;
    }

    private void vbd(Ref<VM> vm, Ref<VDI> vdi, int device, boolean bootable) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("VDI", vdi.value());
        record.put("userdevice", Integer.toString(device));
        record.put("bootable", bootable);
        record.put("mode", "RW");
        record.put("type", "Disk");
        record.put("unpluggable", true);
        record.put("empty", false);
        record.put("other_config", Map.of("owner", ""));
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        client.make(VBD.XEN_CLASS, record);
    }

    private void vif(Ref<VM> vm, OvaNetworks.Connected connected, int device) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("network", connected.network().value());
        record.put("device", Integer.toString(device));
        record.put("MAC", connected.nic().mac());
        record.put("MTU", "0");
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        client.make(VIF.XEN_CLASS, record);
    }
}
