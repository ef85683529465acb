package org.jxapi.volume;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Type {@code lvm}: thin volumes on block devices of this host. */
public final class LvmDriver extends GroupDriver {
    public LvmDriver(GroupFormats formats) {
        super(formats);
    }

    @Override
    public String type() {
        return "lvm";
    }

    @Override
    public String label() {
        return "Local LVM";
    }

    @Override
    public String description() {
        return "Disks in logical volumes on local devices";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("device", "local device path (required) (e.g. /dev/sda3), or several, separated by commas");
        keys.put("force", "true to erase what the devices hold");
        return keys;
    }

    @Override
    GroupDevices devices(Settings settings) {
        return LocalDevices.of(settings);
    }

    /** As with XenServer, a device that is not there holds no repository. */
    @Override
    public Probe probe(Settings settings) {
        boolean there = LocalDevices.of(settings).connect().stream().allMatch(Files::exists);
        return there ? super.probe(settings) : new Probe(List.of(), List.of());
    }
}
