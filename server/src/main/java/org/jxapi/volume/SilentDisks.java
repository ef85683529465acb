package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * SCSI disks that do not answer, such as the LUNs of an iSCSI target whose session has failed. The kernel keeps all reads and
 * writes of such a disk, for 120 s by default, so a program that reads it stands still for as long.
 *
 * @param sys the folder of the kernel's block devices
 */
record SilentDisks(Path sys) {
    /** The kernel's {@code SDEV_BLOCK} and {@code SDEV_CREATED_BLOCK}. */
    private static final Set<String> STATES = Set.of("blocked", "created-blocked");

    static SilentDisks ofThisHost() {
        return new SilentDisks(Path.of("/sys/block"));
    }

    /** Their names, and those of maps whose paths are all silent; mostly none. */
    Set<String> names() throws IOException {
        Set<String> silent = new TreeSet<>();
        for (Path block : blocks(sys)) {
            if (isSilent(block)) {
                silent.add(name(block));
            }
        }
        return silent;
    }

    private boolean isSilent(Path block) throws IOException {
        if (STATES.contains(text(block.resolve("device/state")))) {
            return true;
        }
        if (!text(block.resolve("dm/uuid")).startsWith("mpath-")) {
            return false;
        }
        List<Path> paths = blocks(block.resolve("slaves"));
        for (Path path : paths) {
            if (!STATES.contains(text(sys.resolve(name(path)).resolve("device/state")))) {
                return false;
            }
        }
        return !paths.isEmpty();
    }

    /** Fails if a disk does not answer. */
    void refuse(Path device) throws IOException {
        if (names().contains(name(Files.exists(device) ? device.toRealPath() : device))) {
            throw SmFailure.SR_UNAVAILABLE.error(device + " does not answer");
        }
    }

    /**
     * A program of LVM that reads no silent disk. LVM takes a device if one of its names is accepted, so the filter accepts the
     * others. It takes the place of the one in lvm.conf.
     */
    List<String> without(Set<String> silent, List<String> command) throws IOException {
        List<String> accepted = new ArrayList<>();
        for (Path block : blocks(sys)) {
            if (!silent.contains(name(block))) {
                accepted.add(pattern(block));
                for (Path part : blocks(block)) {
                    if (Files.exists(part.resolve("partition"))) {
                        accepted.add(pattern(part));
                    }
                }
            }
        }
        accepted.add("\"r|.*|\"");
        List<String> all = new ArrayList<>(command);
        all.addAll(1, List.of("--config", "devices/filter=[" + String.join(",", accepted) + "]"));
        return all;
    }

    private static String pattern(Path block) {
        return "\"a|^/dev/" + name(block).replace('!', '/') + "$|\"";
    }

    private static String name(Path block) {
        return String.valueOf(block.getFileName());
    }

    private static List<Path> blocks(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(folder)) {
            return list.sorted().toList();
        }
    }

    /** Devices come and go meanwhile. */
    private static String text(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
