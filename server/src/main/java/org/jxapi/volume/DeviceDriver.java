package org.jxapi.volume;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;

/** Types {@code ext} and {@code xfs}: disks in a file system that fills a local block device. */
public final class DeviceDriver implements FolderDriver {
    /** The setting for the file system of type {@code ext}. */
    private static final String FILE_SYSTEM = "fstype";

    private final String type;
    private final Mounts mounts;
    private final FolderFormats formats;

    private DeviceDriver(String type, Mounts mounts, FolderFormats formats) {
        this.type = type;
        this.mounts = mounts;
        this.formats = formats;
    }

    /** XenServer's type. A new file system is XFS unless ext4 is asked for: XFS shares blocks between files. */
    public static DeviceDriver ext(Mounts mounts, FolderFormats formats) {
        return new DeviceDriver("ext", mounts, formats);
    }

    /** XCP-ng's type. */
    public static DeviceDriver xfs(Mounts mounts, FolderFormats formats) {
        return new DeviceDriver("xfs", mounts, formats);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public String label() {
        return type.equals("ext") ? "Local file system" : "Local XFS";
    }

    @Override
    public String description() {
        return "Disks as images in a file system on a local device";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("device", "local device path (required) (e.g. /dev/sda3)");
        if (type.equals("ext")) {
            keys.put(FILE_SYSTEM, "file system of a new repository: xfs (default) or ext4");
        }
        keys.put("force", "true to erase what the device holds");
        keys.put(FolderFormats.PREFERRED, FolderFormats.PREFERRED_TEXT);
        return keys;
    }

    @Override
    public Map<String, String> smConfig(Settings settings) {
        return Map.of(FILE_SYSTEM, fileSystem(settings));
    }

    private String fileSystem(Settings settings) {
        String asked = settings.smConfig().getOrDefault(FILE_SYSTEM, settings.device(FILE_SYSTEM));
        if (asked.isEmpty()) {
            return DeviceFileSystem.XFS;
        }
        boolean known = asked.equals(DeviceFileSystem.XFS) || type.equals("ext") && asked.equals(DeviceFileSystem.EXT4);
        if (!known) {
            throw SmFailure.MAKE_FILE_SYSTEM.error("the file system " + asked + " is not available for type " + type);
        }
        return asked;
    }

    private static String device(Settings settings) {
        String device = settings.device("device");
        if (device.isEmpty()) {
            throw SmFailure.DEVICE_MISSING.error();
        }
        if (device.contains(",")) {
            throw SmFailure.DEVICE_INVALID.error(device + " names several devices, but one is needed");
        }
        if (!device.startsWith("/") || device.indexOf('\0') >= 0) {
            throw SmFailure.DEVICE_INVALID.error("'" + device.replace('\0', '?') + "' is not an absolute path");
        }
        return device;
    }

    @Override
    public Repository repository(Settings settings) {
        DeviceFileSystem source = new DeviceFileSystem(
                mounts,
                device(settings),
                settings.uuid(),
                fileSystem(settings),
                "true".equals(settings.device("force")));
        return MountedRepository.of(mounts, settings.uuid(), source, folder -> formats.repository(folder, settings));
    }

    /** The repository on the device; none when there is no such device, as with XenServer. */
    @Override
    public Probe probe(Settings settings) {
        String device = device(settings);
        try {
            BlockDevice block = BlockDevice.named(device);
            Map<String, String> contents = block.contents();
            if (!DeviceFileSystem.LABEL.equals(contents.get("LABEL"))) {
                return new Probe(List.of(), List.of());
            }
            Map<String, String> details = new LinkedHashMap<>();
            details.put("Devlist", device);
            details.put("size", Long.toString(block.bytes()));
            Found found = new Found(contents.getOrDefault("UUID", ""), null, details);
            return new Probe(List.of(found), List.of());
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        } catch (XenApiException e) {
            return new Probe(List.of(), List.of());
        }
    }
}
