package org.jxapi.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/**
 * The records that an import makes of a VM of another system. Settings are fields as {@code create} takes them; fields
 * that are not among them are empty. If the import fails, its undo removes the objects.
 */
public final class NewRecords {
    private static final List<String> EMPTY = List.of(
            "name_description",
            "PV_bootloader",
            "PV_kernel",
            "PV_ramdisk",
            "PV_args",
            "PV_bootloader_args",
            "PV_legacy_args",
            "PCI_bus",
            "recommendations");

    private final Client client;
    private final Undo undo;

    public NewRecords(Client client, Undo undo) {
        this.client = client;
        this.undo = undo;
    }

    public Ref<VM> vm(Map<String, Object> settings) {
        Map<String, Object> record = new LinkedHashMap<>();
        EMPTY.forEach(field -> record.put(field, ""));
        record.put("user_version", "1");
        record.put("is_a_template", false);
        record.put("affinity", Ref.nil().value());
        record.put("VCPUs_params", Map.of());
        record.put("HVM_shadow_multiplier", 1.0);
        record.putAll(settings);
        Ref<VM> vm = client.make(VM.XEN_CLASS, record);
        undo.push(() -> client.call("VM.destroy", vm.value()));
        return vm;
    }

    /** A disk that the import has made by other means. */
    public Ref<VDI> disk(Ref<VDI> made) {
        undo.push(() -> client.call("VDI.destroy", made.value()));
        return made;
    }

    /** Gives the VM a disk or drive, which goes with the VM. */
    public void vbd(Ref<VM> vm, Ref<VDI> vdi, Map<String, Object> settings) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("VDI", vdi.value());
        record.put("empty", vdi.isNull());
        record.put("mode", "RW");
        record.put("type", "Disk");
        record.put("unpluggable", true);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        record.putAll(settings);
        client.make(VBD.XEN_CLASS, record);
    }

    /** Gives the VM a network interface, which goes with the VM. */
    public void vif(Ref<VM> vm, Ref<Network> network, Map<String, Object> settings) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm.value());
        record.put("network", network.value());
        record.put("MTU", "0");
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        record.putAll(settings);
        client.make(VIF.XEN_CLASS, record);
    }
}
