package org.jxapi.transfer;

import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Coerce;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
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

    /** Whether it came with the hosts of its pool, by the field or by the key that was there before it. */
    boolean defaultTemplate() {
        return item.flag("is_default_template")
                || item.flag("is_a_template")
                        && "true".equals(item.map("other_config").get("default_template"));
    }

    /** Whether QEMU serves it, which can empty its drives. */
    boolean hvm() {
        String type = item.text("domain_type");
        return type.equalsIgnoreCase("hvm")
                || (type.isEmpty() || type.equalsIgnoreCase("unspecified"))
                        && !item.text("HVM_boot_policy").isEmpty();
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
    void finish(Transaction tx, Ref<VM> vm, Ref<VDI> image, Ref<Host> affinity, ArchiveItems items) {
        tx.set(vm, VM.AFFINITY, affinity);
        tx.set(vm, VM.LAST_BOOTED_RECORD, item.text("last_booted_record"));
        tx.set(vm, VM.LAST_BOOT_CPU_FLAGS, text(item.map("last_boot_CPU_flags")));
        tx.set(vm, VM.BIOS_STRINGS, text(item.map("bios_strings")));
        String sr = item.text("suspend_SR");
        if (tx.find(SR.XEN_CLASS.ref(sr)).isPresent()) {
            tx.set(vm, VM.SUSPEND_SR, SR.XEN_CLASS.ref(sr));
        }
        metrics(tx, vm, items);
        if (!image.isNull()) {
            tx.set(vm, VM.POWER_STATE, VmPowerState.SUSPENDED);
            tx.set(vm, VM.SUSPEND_VDI, image);
            tx.set(tx.get(vm, VM.METRICS), VMMetrics.CURRENT_DOMAIN_TYPE, tx.get(vm, VM.DOMAIN_TYPE));
        }
    }

    private void metrics(Transaction tx, Ref<VM> vm, ArchiveItems items) {
        Item metrics = items.find(VMMetrics.XEN_CLASS, item.text("metrics"));
        if (metrics != null) {
            Row<VMMetrics> row = Coerce.whole(VMMetrics.XEN_CLASS, metrics.record());
            tx.update(tx.get(vm, VM.METRICS), own -> row.with(VMMetrics.UUID, own.get(VMMetrics.UUID)));
        }
        Item guest = items.find(VMGuestMetrics.XEN_CLASS, item.text("guest_metrics"));
        if (guest != null) {
            Row<VMGuestMetrics> row = Coerce.whole(VMGuestMetrics.XEN_CLASS, guest.record());
            tx.set(vm, VM.GUEST_METRICS, tx.create(row.with(VMGuestMetrics.UUID, "")));
        }
    }

    /**
     * Gives a VM the kind that it has in the archive, when it has its devices: a snapshot, a control domain.
     *
     * @param of the VM that it is a snapshot of
     */
    void become(Transaction tx, Ref<VM> vm, Ref<VM> of, Ref<VM> parent) {
        tx.set(vm, VM.IS_CONTROL_DOMAIN, item.flag("is_control_domain"));
        tx.set(vm, VM.IS_A_SNAPSHOT, item.flag("is_a_snapshot"));
        tx.set(vm, VM.SNAPSHOT_OF, of);
        tx.set(vm, VM.SNAPSHOT_INFO, text(item.map("snapshot_info")));
        tx.set(vm, VM.SNAPSHOT_TIME, Coerce.whole(VM.XEN_CLASS, item.record()).get(VM.SNAPSHOT_TIME));
        tx.set(vm, VM.TRANSPORTABLE_SNAPSHOT_ID, item.text("transportable_snapshot_id"));
        tx.set(vm, VM.PARENT, parent);
    }

    private static Map<String, String> text(Map<String, Object> map) {
        Map<String, String> text = new LinkedHashMap<>();
        map.forEach((key, value) -> text.put(key, String.valueOf(value)));
        return text;
    }
}
