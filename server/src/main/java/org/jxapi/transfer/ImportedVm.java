package org.jxapi.transfer;

import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;

/** The VM of an archive as it becomes a VM here. */
final class ImportedVm {
    private static final String NULL = Ref.nil().value();
    private static final List<String> OLD_PRIORITIES = List.of("0", "1", "2", "3");

    private final Item item;
    private final ImportOptions options;

    ImportedVm(Item item, ImportOptions options) {
        this.item = item;
        this.options = options;
    }

    boolean suspended() {
        return item.text("power_state").equalsIgnoreCase("Suspended");
    }

    /** Its settings for VM.create, with the import's task: should the daemon be killed, its next start finds the VM by it. */
    Map<String, Object> record(Ref<Task> task) {
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        Map<String, Object> config = item.map("other_config");
        config.remove("grant_api_access");
        config.put(ImportOptions.TASK, task.value());
        if (!options.restore()) {
            config.put("mac_seed", UUID.randomUUID().toString());
        }
        if (!options.force()) {
            config.remove("default_template");
            record.put("is_default_template", false);
        }
        record.put("other_config", config);
        if (!item.flag("is_a_template")) {
            record.put("generation_id", generation());
        }
        if (!item.record().containsKey("has_vendor_device")) {
            record.put("has_vendor_device", false);
        }
        record.put("version", options.restore() ? Long.toString(item.number("version") + 1) : "0");
        if (OLD_PRIORITIES.contains(item.text("ha_restart_priority"))) {
            record.put("order", item.text("ha_restart_priority"));
            record.put("ha_restart_priority", "restart");
        }
        record.put("power_state", "Halted");
        for (String reference : List.of("affinity", "suspend_VDI", "suspend_SR", "appliance", "protection_policy")) {
            record.put(reference, NULL);
        }
        record.put("snapshot_schedule", NULL);
        record.put("groups", List.of());
        return record;
    }

    /** Guests that have an identity of their generation get a new one: they are not where they were. */
    private String generation() {
        String before = item.text("generation_id");
        SecureRandom random = new SecureRandom();
        return before.isEmpty() ? "" : random.nextLong(Long.MAX_VALUE) + ":" + random.nextLong(Long.MAX_VALUE);
    }

    /** Sets the parts of it that VM.create does not take. */
    void finish(Transaction tx, Ref<VM> vm, Ref<VDI> image, Ref<Host> affinity) {
        tx.set(vm, VM.AFFINITY, affinity);
        tx.set(vm, VM.LAST_BOOTED_RECORD, item.text("last_booted_record"));
        tx.set(vm, VM.LAST_BOOT_CPU_FLAGS, text(item.map("last_boot_CPU_flags")));
        tx.set(vm, VM.BIOS_STRINGS, text(item.map("bios_strings")));
        String sr = item.text("suspend_SR");
        if (tx.find(SR.XEN_CLASS.ref(sr)).isPresent()) {
            tx.set(vm, VM.SUSPEND_SR, SR.XEN_CLASS.ref(sr));
        }
        if (suspended()) {
            tx.set(vm, VM.POWER_STATE, VmPowerState.SUSPENDED);
            tx.set(vm, VM.SUSPEND_VDI, image);
            tx.set(tx.get(vm, VM.METRICS), VMMetrics.CURRENT_DOMAIN_TYPE, tx.get(vm, VM.DOMAIN_TYPE));
        }
    }

    private static Map<String, String> text(Map<String, Object> map) {
        Map<String, String> text = new LinkedHashMap<>();
        map.forEach((key, value) -> text.put(key, String.valueOf(value)));
        return text;
    }
}
