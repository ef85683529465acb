package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jxapi.volume.DeviceVolumes.Device;

/**
 * Type {@code udev}: the disc drives of this host, its disks that can be removed, or the block devices that a folder has
 * links to. Guests get them whole.
 */
public final class UdevDriver implements Driver {
    /** The folders in which XenServer's rules for udev have links to the devices. */
    private static final Path CD = Path.of("/dev/xapi/cd");

    private static final Path BLOCK = Path.of("/dev/xapi/block");
    private static final Path DEVICES = Path.of("/dev");
    private static final long SECTOR = 512;
    private final Path sys;
    private final Path classes;

    public UdevDriver() {
        this(Path.of("/sys/block"), Path.of("/sys/class/block"));
    }

    /**
     * @param sys a folder for each whole device
     * @param classes the same, with partitions
     */
    UdevDriver(Path sys, Path classes) {
        this.sys = sys;
        this.classes = classes;
    }

    @Override
    public String type() {
        return "udev";
    }

    @Override
    public String label() {
        return "udev";
    }

    @Override
    public String description() {
        return "Disc drives or removable disks of the host";
    }

    @Override
    public List<String> features() {
        return List.of(
                "SR_PROBE",
                "SR_UPDATE",
                "SR_SCAN",
                "SR_ATTACH",
                "SR_DETACH",
                "VDI_INTRODUCE",
                "VDI_ATTACH",
                "VDI_DETACH",
                "VDI_UPDATE");
    }

    @Override
    public Map<String, String> configuration() {
        return Map.of(
                "location",
                "/dev/xapi/cd for disc drives, /dev/xapi/block for removable disks, or a folder of links (required)");
    }

    @Override
    public Repository repository(Settings settings) {
        String location = settings.device("location");
        if (location.isEmpty()) {
            throw SmFailure.LOCATION_MISSING.error();
        }
        boolean discs = location.equals(CD.toString());
        boolean links = !discs && !location.equals(BLOCK.toString());
        if (links && (!location.startsWith("/") || !Files.isDirectory(Path.of(location)))) {
            throw SmFailure.NO_DEVICE.error(location + " is neither " + CD + " nor " + BLOCK + ", and no folder");
        }
        return new DeviceVolumes(location, discs, new DeviceVolumes.Source() {
            @Override
            public void connect() {
                // The devices are there, or will come.
            }

            @Override
            public void disconnect() {
                // They stay where they are.
            }

            @Override
            public List<Device> devices() throws IOException {
                if (links) {
                    return linked(Path.of(location));
                }
                return discs ? found(CD, true) : found(BLOCK, false);
            }
        });
    }

    private List<Device> found(Path folder, boolean discs) throws IOException {
        List<Device> devices = new ArrayList<>();
        try (Stream<Path> list = Files.list(sys)) {
            for (Path block : list.sorted().toList()) {
                String name = String.valueOf(block.getFileName());
                boolean drive = name.startsWith("sr");
                if (discs ? drive : !drive && isRemovable(block)) {
                    devices.add(new Device(
                            folder.resolve(name).toString(),
                            Path.of("/dev", name),
                            Long.parseLong(text(block.resolve("size"))) * SECTOR,
                            label(block),
                            config(block)));
                }
            }
        }
        return devices;
    }

    /** The devices behind the links of a folder. A link to anything else, or to nothing, is passed over. */
    private List<Device> linked(Path folder) throws IOException {
        List<Device> devices = new ArrayList<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path link : list.filter(Files::isSymbolicLink).sorted().toList()) {
                Optional<Path> size = sizeOfDevice(link);
                if (size.isPresent()) {
                    devices.add(new Device(
                            link.toString(),
                            link,
                            Long.parseLong(text(size.get())) * SECTOR,
                            String.valueOf(link.getFileName()),
                            Map.of()));
                }
            }
        }
        return devices;
    }

    /** The file with the size of the block device behind a link; empty if there is something else, or nothing. */
    private Optional<Path> sizeOfDevice(Path link) {
        try {
            Path target = link.toRealPath();
            Path size = classes.resolve(String.valueOf(target.getFileName())).resolve("size");
            return target.startsWith(DEVICES) && Files.isRegularFile(size) ? Optional.of(size) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A disk on USB need not say that it can be removed. */
    private static boolean isRemovable(Path block) throws IOException {
        return text(block.resolve("removable")).equals("1")
                || block.toRealPath().toString().contains("/usb");
    }

    private static String label(Path block) throws IOException {
        String words = text(block.resolve("device/vendor")) + " " + text(block.resolve("device/model"));
        return (words.isBlank() ? "" : words.strip() + " ") + "(" + block.getFileName() + ")";
    }

    private static Map<String, String> config(Path block) throws IOException {
        Map<String, String> config = new LinkedHashMap<>();
        config.put(
                "hotplugged_at",
                Files.getLastModifiedTime(block).toInstant().toString().replaceAll("\\.\\d+", ""));
        return config;
    }

    private static String text(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
    }

    /** Its devices are no repositories of their own. */
    @Override
    public Probe probe(Settings settings) {
        repository(settings);
        return new Probe(List.of(), List.of());
    }
}
