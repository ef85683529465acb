package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Block devices that this host has.
 *
 * @param names as the settings name them
 * @param force whether a new volume group may take the place of what is on them
 */
record LocalDevices(List<String> names, boolean force) implements GroupDevices {
    /** The devices of {@code device_config:device}, which may list several, separated by commas. */
    static LocalDevices of(Settings settings) {
        String all = settings.device("device");
        if (all.isEmpty()) {
            throw SmFailure.DEVICE_MISSING.error();
        }
        List<String> names =
                Arrays.stream(all.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (!name.startsWith("/") || name.indexOf('\0') >= 0) {
                throw SmFailure.DEVICE_INVALID.error("'" + name.replace('\0', '?') + "' is not an absolute path");
            }
        }
        return new LocalDevices(names, "true".equals(settings.device("force")));
    }

    @Override
    public String place() {
        return names.stream().map(LocalDevices::real).sorted().collect(Collectors.joining(","));
    }

    private static String real(String name) {
        try {
            return Path.of(name).toRealPath().toString();
        } catch (IOException e) {
            return name;
        }
    }

    /** LVM finds a volume group under whatever names its devices have since the host has booted. */
    @Override
    public List<Path> connect() {
        return names.stream().map(Path::of).toList();
    }

    @Override
    public void disconnect() {
        // The devices stay where they are.
    }

    @Override
    public List<Path> prepare() {
        List<BlockDevice> devices = names.stream().map(BlockDevice::named).toList();
        return prepare(devices, force);
    }

    /** Checks devices, and erases what they hold if that is asked for. */
    static List<Path> prepare(List<BlockDevice> devices, boolean force) {
        devices.forEach(BlockDevice::refuseUsed);
        List<Path> paths = new ArrayList<>();
        try {
            for (BlockDevice device : devices) {
                Map<String, String> contents = device.contents();
                if (force) {
                    device.erase();
                } else {
                    refuseGroup(device, contents);
                    device.refuseFilled(contents);
                }
                paths.add(device.path());
            }
        } catch (IOException e) {
            throw SmFailure.LVM_CREATE.error(e);
        }
        return paths;
    }

    private static void refuseGroup(BlockDevice device, Map<String, String> contents) throws IOException {
        if (!VolumeGroup.MEMBER.equals(contents.get("TYPE"))) {
            return;
        }
        String uuid = VolumeGroup.repositoryOn(Lvm.ofThisHost(), device.path());
        if (!uuid.isEmpty()) {
            throw SmFailure.SR_EXISTS.error(device.path() + " holds the SR " + uuid
                    + ". Introduce that (SR.introduce), or set device_config:force=true to erase it");
        }
    }
}
