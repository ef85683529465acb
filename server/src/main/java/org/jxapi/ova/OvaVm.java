package org.jxapi.ova;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.transfer.NewRecords;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** Makes the VM of a package, whose disks are there. */
final class OvaVm {
    private static final int CD = 3;

    private final NewRecords records;

    OvaVm(NewRecords records) {
        this.records = records;
    }

    Ref<VM> make(Call call, OvaMachine machine, List<Ref<VDI>> disks, List<OvaNetworks.Connected> nics) {
        Ref<VM> vm = records.vm(settings(call, machine));
        for (int i = 0; i < disks.size(); i++) {
            // Device 3 stays free for a CD drive, where guests look for one.
            String device = Integer.toString(i < CD ? i : i + 1);
            records.vbd(
                    vm,
                    disks.get(i),
                    Map.of("userdevice", device, "bootable", i == 0, "other_config", Map.of("owner", "")));
        }
        for (int i = 0; i < nics.size(); i++) {
            OvaNetworks.Connected nic = nics.get(i);
            records.vif(
                    vm,
                    nic.network(),
                    Map.of("device", Integer.toString(i), "MAC", nic.nic().mac()));
        }
        return vm;
    }

    private static Map<String, Object> settings(Call call, OvaMachine machine) {
        String memory = Long.toString(machine.memory());
        Map<String, String> platform = new LinkedHashMap<>(
                Map.of("nx", "true", "acpi", "1", "apic", "true", "pae", "true", "vga", "std", "videoram", "8"));
        platform.put("viridian", "false");
        platform.put("secureboot", "false");
        platform.putAll(machine.platform());
        if (machine.coresPerSocket() > 0) {
            platform.put("cores-per-socket", Integer.toString(machine.coresPerSocket()));
        }
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name_label", machine.name());
        record.put("name_description", machine.description());
        record.put("memory_static_min", "0");
        record.put("memory_dynamic_min", memory);
        record.put("memory_dynamic_max", memory);
        record.put("memory_static_max", memory);
        record.put("VCPUs_max", Integer.toString(machine.vcpus()));
        record.put("VCPUs_at_startup", Integer.toString(machine.vcpus()));
        record.put("actions_after_shutdown", "destroy");
        record.put("actions_after_reboot", "restart");
        record.put("actions_after_crash", "restart");
        record.put("domain_type", "hvm");
        record.put("HVM_boot_policy", "BIOS order");
        record.put(
                "HVM_boot_params",
                Map.of(
                        "firmware",
                        machine.uefi() ? "uefi" : "bios",
                        "order",
                        machine.bootOrder().isEmpty() ? "cd" : machine.bootOrder()));
        record.put("platform", platform);
        record.put("other_config", Map.of(VmFormats.IMPORT_TASK, call.task().value()));
        return record;
    }
}
