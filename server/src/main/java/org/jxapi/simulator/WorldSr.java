package org.jxapi.simulator;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jxapi.datamodel.OrderedMap;

/**
 * The types of SRs that a world has. Those of servers and devices are simulated: their disks are in a folder of the data
 * folder, and no server or device is ever asked.
 */
public enum WorldSr {
    DUMMY,
    FILE,
    ISO,
    NFS("server", "storage.example", "serverpath", "/export/%s"),
    SMB("server", "//storage.example/%s", "username", "xen"),
    LVMOISCSI("target", "10.0.0.10", "targetIQN", "iqn.2026-01.example:%s", "SCSIid", "36001405%s"),
    LVMOHBA("SCSIid", "36001405%s"),
    LVM("device", "/dev/disk/by-id/%s"),
    EXT("device", "/dev/disk/by-id/%s"),
    XFS("device", "/dev/disk/by-id/%s");

    private final Map<String, String> usual;

    WorldSr(String... usual) {
        this.usual = OrderedMap.of(usual);
    }

    /** The type that an entry of {@code srs} names. */
    static WorldSr of(WorldNode sr) {
        String type = sr.text("type");
        return Stream.of(values())
                .filter(known -> known.wire().equals(type))
                .findFirst()
                .orElseThrow(() -> sr.wrong(
                        "type",
                        "must be one of "
                                + Stream.of(values()).map(WorldSr::wire).collect(Collectors.joining(", ")) + ", not "
                                + type));
    }

    /** {@code SR.type}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is of a server or device, which is simulated. */
    boolean simulated() {
        return !usual.isEmpty();
    }

    /** Whether it has discs in the place of disks. */
    boolean discs() {
        return this == ISO;
    }

    /** Whether its disks have data. */
    boolean data() {
        return this != DUMMY;
    }

    /** Whether it is on a device of one host. */
    boolean local() {
        return this == LVM || this == EXT || this == XFS;
    }

    /** Whether XAPI calls it shared in a pool of one host too. */
    boolean network() {
        return simulated() && !local();
    }

    /**
     * The device_config of a repository.
     *
     * @param label its name, from which the usual settings are made
     * @param given the settings that the world names, which count before the usual ones
     */
    Map<String, String> config(String label, Map<String, String> given) {
        String name = label.replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
        Map<String, String> config = new LinkedHashMap<>();
        usual.forEach((key, value) -> config.put(
                key,
                value.formatted(
                        key.equals("SCSIid") ? "%025x".formatted(Integer.toUnsignedLong(name.hashCode())) : name)));
        config.putAll(given);
        return config;
    }
}
