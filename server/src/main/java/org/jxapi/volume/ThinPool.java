package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The thin pool of a volume group, as the device mapper knows it. Its volumes must be active.
 *
 * @param turns turns at the metadata of the pools of all groups: the device mapper keeps one view of them for readers
 */
record ThinPool(VolumeGroup group, Turns turns) {
    private static final long SECTOR = 512;
    /** The columns of a status line of dmsetup(8), behind the name of the device. */
    private static final int TYPE = 2;

    private static final int MAPPED = 3;
    private static final int USED_METADATA = 4;
    private static final int USED_DATA = 5;
    private static final int LENGTH = 1;
    /** From this used part on, metadata may be what runs out first. */
    private static final double SCARCE = 0.8;

    private static final String FULL_NAME = VolumeGroup.POOL + "-tpool";

    /** The name of a volume's device; hyphens in names are doubled. */
    private String mapped(String volume) {
        int layer = volume.equals(FULL_NAME) ? FULL_NAME.lastIndexOf('-') : volume.length();
        return VolumeGroup.doubled(group.name()) + "-" + VolumeGroup.doubled(volume.substring(0, layer))
                + volume.substring(layer);
    }

    /** The words of the status of a device, without its name. */
    private String[] status(String volume) throws IOException {
        String output = group.lvm().run("dmsetup", "status", mapped(volume)).strip();
        return output.split("\\s+");
    }

    /** How many bytes of the pool a volume takes, and those that it shares with others. */
    long taken(String volume) throws IOException {
        return Long.parseLong(status(volume)[MAPPED]) * SECTOR;
    }

    /** The same of all volumes, by their names. */
    Map<String, Long> taken() throws IOException {
        String prefix = VolumeGroup.doubled(group.name()) + "-";
        Map<String, Long> taken = new HashMap<>();
        group.lvm().run("dmsetup", "status", "--target", "thin").lines().forEach(line -> {
            int colon = line.indexOf(": ");
            String[] words = line.substring(colon + 1).strip().split("\\s+");
            if (colon > 0 && line.startsWith(prefix) && words.length > MAPPED && words[TYPE].equals("thin")) {
                String volume = line.substring(prefix.length(), colon).replace("--", "-");
                taken.put(volume, words[MAPPED].equals("-") ? 0 : Long.parseLong(words[MAPPED]) * SECTOR);
            }
        });
        return taken;
    }

    /** The size of the pool, and how much of it all volumes take. Metadata count when there is less of them left. */
    Usage usage() throws IOException {
        String[] words = poolStatus();
        if (words.length <= USED_DATA) {
            throw new IOException("the thin pool of " + group.name() + " has failed: " + String.join(" ", words));
        }
        long size = Long.parseLong(words[LENGTH]) * SECTOR;
        double metadata = part(words[USED_METADATA]);
        double data = part(words[USED_DATA]);
        return new Usage(size, (long) (size * (metadata > SCARCE ? Math.max(metadata, data) : data)));
    }

    /** A pool without volumes has the device of its own name; with the first volume, LVM puts another behind it. */
    private String[] poolStatus() throws IOException {
        List<String> names = List.of(mapped(VolumeGroup.POOL), mapped(FULL_NAME));
        for (String line : group.lvm()
                .run("dmsetup", "status", "--target", "thin-pool")
                .lines()
                .toList()) {
            int colon = line.indexOf(": ");
            if (colon > 0 && names.contains(line.substring(0, colon))) {
                return line.substring(colon + 1).strip().split("\\s+");
            }
        }
        throw new IOException("the thin pool of " + group.name() + " is not active");
    }

    /** The value of a fraction such as {@code 12/4096}. */
    private static double part(String fraction) {
        int slash = fraction.indexOf('/');
        return Double.parseDouble(fraction.substring(0, slash)) / Double.parseDouble(fraction.substring(slash + 1));
    }

    /** The parts of a volume that hold data. */
    MappedRanges mapped(LogicalVolume volume) throws IOException {
        Path file = Files.createTempFile("jxapi", ".thin");
        try {
            dump(Map.of(volume, file));
            try (ThinDump dump = ThinDump.open(file)) {
                return MappedRanges.read(dump);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Finds the parts in which two volumes may differ. */
    void compare(LogicalVolume one, LogicalVolume other, ThinDump.Part differing) throws IOException {
        if (one.thinId() == other.thinId()) {
            return;
        }
        Path first = Files.createTempFile("jxapi", ".thin");
        Path second = Files.createTempFile("jxapi", ".thin");
        try {
            dump(Map.of(one, first, other, second));
            try (ThinDump ours = ThinDump.open(first);
                    ThinDump theirs = ThinDump.open(second)) {
                ThinDump.compare(ours, theirs, differing);
            }
        } finally {
            Files.delete(first);
            Files.delete(second);
        }
    }

    /** Writes the metadata of volumes as they are at one moment into files. */
    private void dump(Map<LogicalVolume, Path> files) throws IOException {
        turns.take(group.device(VolumeGroup.POOL), () -> {
            dumpAlone(files);
            return true;
        });
    }

    private void dumpAlone(Map<LogicalVolume, Path> files) throws IOException {
        String pool = mapped(FULL_NAME);
        // A view that a crash has left is replaced.
        try {
            message(pool, "reserve_metadata_snap");
        } catch (IOException e) {
            message(pool, "release_metadata_snap");
            message(pool, "reserve_metadata_snap");
        }
        try {
            for (Map.Entry<LogicalVolume, Path> file : files.entrySet()) {
                group.lvm()
                        .run(
                                "thin_dump",
                                "--metadata-snap",
                                "--dev-id",
                                Integer.toString(file.getKey().thinId()),
                                "--output",
                                file.getValue().toString(),
                                "/dev/mapper/" + VolumeGroup.doubled(group.name()) + "-"
                                        + VolumeGroup.doubled(VolumeGroup.POOL) + "_tmeta");
            }
        } finally {
            message(pool, "release_metadata_snap");
        }
    }

    private void message(String pool, String words) throws IOException {
        group.lvm().run("dmsetup", "message", pool, "0", words);
    }
}
