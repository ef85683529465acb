package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.program.Program;

/**
 * A block device of this host.
 *
 * @param path its name, without links
 * @param number its major and minor number, such as {@code 8:16}
 */
record BlockDevice(Path path, String number) {
    private static final Path SYS = Path.of("/sys/dev/block");
    /** The back ends of the kernel, such as xen-blkback. Each serves a device to a guest. */
    private static final Path BACK_ENDS = Path.of("/sys/bus/xen-backend/devices");

    private static final long SECTOR = 512;
    /** The exit status of blkid when a device holds nothing that it knows, and when it holds several things. */
    private static final int NOTHING = 2;

    private static final int SEVERAL = 8;
    private static final int TYPE_OF_FILE = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    /** The device of that name; SR_BACKEND_FAILURE_19 when it is not there, and 91 when it is no block device. */
    static BlockDevice named(String name) {
        try {
            Path path = Path.of(name);
            if (!path.isAbsolute()) {
                throw SmFailure.DEVICE_INVALID.error(name + " is not an absolute path");
            }
            if (!Files.exists(path)) {
                throw SmFailure.NO_DEVICE.error("Device " + name + " does not exist");
            }
            String number = number(path);
            if (number == null) {
                throw SmFailure.DEVICE_INVALID.error(name + " is not a block device");
            }
            return new BlockDevice(path.toRealPath(), number);
        } catch (InvalidPathException | IOException e) {
            throw SmFailure.DEVICE_INVALID.error(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    /** Fails with SR_BACKEND_FAILURE_56 when the device holds anything, in the words of {@link #contents}. */
    void refuseFilled(Map<String, String> contents) {
        if (contents.isEmpty()) {
            return;
        }
        String what = contents.containsKey("TYPE")
                ? "holds " + contents.get("TYPE")
                : "holds a partition table of type " + contents.getOrDefault("PTTYPE", "unknown");
        throw SmFailure.PARTITION_IN_USE.error(
                path + " " + what + ". Set device_config:force=true to erase it, or choose another device");
    }

    /** Erases the signatures of all that the device holds. */
    void erase() throws IOException {
        Program.of("wipefs", "--all", path.toString()).run();
    }

    /** The numbers of a block device; null for anything else. */
    private static @Nullable String number(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode");
        if ((mode & TYPE_OF_FILE) != BLOCK_DEVICE) {
            return null;
        }
        // The parts of a device number as the C library packs them.
        long packed = (Long) Files.getAttribute(path, "unix:rdev");
        long major = packed >>> 8 & 0xfff | packed >>> 32 & 0xfffff000L;
        long minor = packed & 0xff | packed >>> 12 & 0xffffff00L;
        return major + ":" + minor;
    }

    private Path sys() {
        return SYS.resolve(number);
    }

    long bytes() throws IOException {
        return Long.parseLong(Files.readString(sys().resolve("size")).strip()) * SECTOR;
    }

    /** Fails when the device, or a part of it, is in use: 105 for that of the system, SR_DEVICE_IN_USE for others. */
    void refuseUsed() {
        try {
            Set<String> own = withPartitions();
            for (MountTable.Entry entry : MountTable.read().entries()) {
                if (own.contains(entry.device()) || own.contains(numberOf(entry.source()))) {
                    if (entry.at().equals(Path.of("/"))) {
                        throw SmFailure.ROOT_DEVICE.error(
                                "Device " + path + " contains core system files, please use another device");
                    }
                    throw SmFailure.SR_IN_USE.error(path + " is mounted at " + entry.at());
                }
            }
            for (String line : Files.readAllLines(Path.of("/proc/swaps"))) {
                if (own.contains(numberOf(line.split("\\s", 2)[0]))) {
                    throw SmFailure.SR_IN_USE.error(path + " holds swap space in use");
                }
            }
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    /** Whether the kernel serves the device to a guest. */
    boolean hasGuest() throws IOException {
        if (!Files.isDirectory(BACK_ENDS)) {
            return false;
        }
        String[] numbers = number.split(":", 2);
        String served = "%x:%x".formatted(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        try (Stream<Path> list = Files.list(BACK_ENDS)) {
            for (Path end : list.toList()) {
                Path device = end.resolve("physical_device");
                if (Files.exists(device) && Files.readString(device).strip().equals(served)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String numberOf(String source) throws IOException {
        if (!source.startsWith("/dev/") || !Files.exists(Path.of(source))) {
            return "";
        }
        String number = number(Path.of(source));
        return number == null ? "" : number;
    }

    /** The numbers of the device and its partitions; fails when a volume group, an array or a map uses one of them. */
    private Set<String> withPartitions() throws IOException {
        Set<String> numbers = new HashSet<>(Set.of(number));
        refuseHeld(sys());
        try (Stream<Path> list = Files.list(sys())) {
            for (Path part :
                    list.filter(file -> Files.exists(file.resolve("partition"))).toList()) {
                numbers.add(Files.readString(part.resolve("dev")).strip());
                refuseHeld(part);
            }
        }
        return numbers;
    }

    private void refuseHeld(Path part) throws IOException {
        Path holders = part.resolve("holders");
        if (!Files.isDirectory(holders)) {
            return;
        }
        try (Stream<Path> list = Files.list(holders)) {
            list.findAny().ifPresent(holder -> {
                throw SmFailure.SR_IN_USE.error(path + " is part of " + holder.getFileName());
            });
        }
    }

    /**
     * The contents of the device, in the words of blkid(8): TYPE, UUID and LABEL of a file system, PTTYPE of a table of
     * partitions; empty when there is nothing that it knows.
     */
    Map<String, String> contents() throws IOException {
        Program.Result result =
                Program.of("blkid", "-p", "-o", "export", path.toString()).result();
        if (result.status() == NOTHING) {
            return Map.of();
        }
        if (result.status() == SEVERAL) {
            return Map.of("TYPE", "ambiguous contents");
        }
        if (result.status() != 0) {
            throw new IOException(result.said());
        }
        Map<String, String> contents = new HashMap<>();
        result.output().lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                contents.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return contents;
    }
}
