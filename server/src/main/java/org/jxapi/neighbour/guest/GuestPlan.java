package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A VM as a configuration describes it.
 *
 * @param uuid empty for a new one
 * @param record the settings of VM.create, in the form in which clients send them
 */
public record GuestPlan(
        String uuid, Map<String, Object> record, List<PlannedDisk> disks, List<PlannedNic> nics, Report report) {

    /** The name of the VM. */
    public String name() {
        return String.valueOf(record.get("name_label"));
    }

    /** Whether it names devices of the host. */
    public boolean usesHostDevices() {
        return disks.stream().anyMatch(disk -> disk.path() != null)
                || record.get("other_config") instanceof Map<?, ?> config && config.containsKey("pci");
    }

    /** The settings, disks and interfaces, one in each line, sorted: for tests and for people. */
    public String text() {
        List<String> lines = new ArrayList<>();
        if (!uuid.isEmpty()) {
            lines.add("uuid=" + uuid);
        }
        new TreeMap<>(record).forEach((key, value) -> {
            if (value instanceof Map<?, ?> map) {
                map.forEach((name, one) -> lines.add(key + ":" + name + "=" + one));
            } else {
                lines.add(key + "=" + value);
            }
        });
        for (PlannedDisk disk : disks) {
            lines.add("disk " + disk.device() + " " + (disk.path() == null ? "empty" : disk.kind() + " " + disk.path())
                    + (disk.disc() ? " disc" : "")
                    + (disk.readOnly() ? " ro" : " rw")
                    + (disk.bootable() ? " bootable" : ""));
        }
        for (PlannedNic nic : nics) {
            lines.add(("nic " + nic.device() + " " + nic.bridge() + " " + nic.mac()
                            + (nic.mtu().isEmpty() ? "" : " mtu=" + nic.mtu())
                            + (nic.limit().isEmpty() ? "" : " " + new TreeMap<>(nic.limit())))
                    .strip());
        }
        return String.join("\n", lines) + "\n";
    }
}
