package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A plan under way: readers of configurations put settings into it, and report about each. */
final class PlanBuilder {
    private final Report report = new Report();
    private final Map<String, Object> record = new LinkedHashMap<>();
    private final Map<String, String> platform = new TreeMap<>();
    private final Map<String, String> otherConfig = new TreeMap<>();
    private final Map<String, String> vcpusParams = new TreeMap<>();
    private final Map<String, String> bootParams = new TreeMap<>();
    private final List<PlannedDisk> disks = new ArrayList<>();
    private final List<PlannedNic> nics = new ArrayList<>();
    private String type = "pv";
    private String uuid = "";

    /** A setting about which is reported. */
    record ConfigKey(String name, int line) {}

    /** {@code hvm}, {@code pv} or {@code pvh}. */
    void type(String type) {
        this.type = type;
    }

    boolean hvm() {
        return type.equals("hvm");
    }

    String type() {
        return type;
    }

    void uuid(String uuid) {
        this.uuid = uuid;
    }

    void set(String field, Object value) {
        record.put(field, value);
    }

    boolean has(String field) {
        return record.containsKey(field);
    }

    void platform(String key, String value) {
        platform.put(key, value);
    }

    void otherConfig(String key, String value) {
        otherConfig.put(key, value);
    }

    void vcpusParam(String key, String value) {
        vcpusParams.put(key, value);
    }

    void bootParam(String key, String value) {
        bootParams.put(key, value);
    }

    void add(PlannedDisk disk) {
        disks.add(disk);
    }

    void add(PlannedNic nic) {
        nics.add(nic);
    }

    List<PlannedDisk> disks() {
        return disks;
    }

    int nextNic() {
        return nics.stream().mapToInt(nic -> nic.device() + 1).max().orElse(0);
    }

    void taken(ConfigKey key, String field) {
        report.add(key.name(), key.line(), Outcome.TAKEN, field);
    }

    void translated(ConfigKey key, String text) {
        report.add(key.name(), key.line(), Outcome.TRANSLATED, text);
    }

    void ignored(ConfigKey key, String why) {
        report.add(key.name(), key.line(), Outcome.IGNORED, why);
    }

    void refused(ConfigKey key, String why) {
        report.add(key.name(), key.line(), Outcome.REFUSED, why);
    }

    /** Whether something is said about a setting. */
    boolean reported(String name) {
        return report.names(name);
    }

    /** The memory of the guest, in MiB. */
    void memory(long target, long most) {
        String dynamic = Long.toString(target << 20);
        record.put("memory_static_min", "0");
        record.put("memory_dynamic_min", dynamic);
        record.put("memory_dynamic_max", dynamic);
        record.put("memory_static_max", Long.toString(most << 20));
    }

    void vcpus(long atStartup, long most) {
        record.put("VCPUs_at_startup", Long.toString(atStartup));
        record.put("VCPUs_max", Long.toString(most));
    }

    GuestPlan build() {
        record.put("domain_type", type);
        record.put("HVM_boot_policy", hvm() ? "BIOS order" : "");
        if (hvm()) {
            bootParams.putIfAbsent("order", "cd");
        }
        record.put("HVM_boot_params", bootParams);
        record.put("platform", platform);
        record.put("other_config", otherConfig);
        record.put("VCPUs_params", vcpusParams);
        record.putIfAbsent("name_description", "");
        return new GuestPlan(uuid, record, List.copyOf(disks), List.copyOf(nics), report);
    }
}
