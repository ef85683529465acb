package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume group of LVM with a thin pool, or for layers. LVM forces each change of a volume group to disk before its program ends, so a
 * power cut leaves the state before or after a change.
 *
 * @param name the name of the group
 * @param root the folder of all volume groups' devices
 */
record VolumeGroup(Lvm lvm, Path root, String name) {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeGroup.class);
    /** XenServer gives its volume groups such names too. */
    static final String PREFIX = "VG_XenStorage-";

    /** The type of a device that belongs to a volume group, in the words of blkid(8). */
    static final String MEMBER = "LVM2_member";

    /** The pool, which no storage manager of XenServer takes for a disk: those begin with VHD-, LV- or QCOW2-. */
    static final String POOL = "jxapi-pool";

    /** The tag of groups that hold layers, and no thin pool. */
    static final String LAYERS = "jxapi-layers";

    static final String SEPARATOR = "|";
    private static final long MIB = 1 << 20;
    /** The smallest chunk that the device mapper copies at once. */
    private static final long CHUNK = 64 << 10;
    /** A pool has at most so many chunks, so that its metadata stays below the 16 GiB that the device mapper allows. */
    private static final long MOST_CHUNKS = 1 << 27;
    /** The metadata that one chunk needs, with room for as many snapshots. */
    private static final long METADATA_PER_CHUNK = 112;

    private static final long LEAST_METADATA = 8 * MIB;
    /** The metadata is there twice: LVM keeps a spare for repairs. */
    private static final int COPIES = 2;

    /** The group of the repository with that UUID. */
    static VolumeGroup of(Lvm lvm, String uuid) {
        return new VolumeGroup(lvm, Path.of("/dev"), PREFIX + uuid);
    }

    /** The UUID of the repository whose group has that device; empty when there is none. */
    static String repositoryOn(Lvm lvm, Path device) throws IOException {
        String group = lvm.run("pvs", "--noheadings", "-o", "vg_name", device.toString())
                .strip();
        VolumeGroup found = new VolumeGroup(lvm, Path.of("/dev"), group);
        boolean ours = group.startsWith(PREFIX) && (found.hasPool() || found.hasLayers());
        return ours ? group.substring(PREFIX.length()) : "";
    }

    /** The device of a logical volume, which need not be there. */
    Path device(String volume) {
        return root.resolve(name).resolve(volume);
    }

    /** The name that the device mapper has for a volume; hyphens in names are doubled. */
    String mapped(String volume) {
        return doubled(name) + "-" + doubled(volume);
    }

    static String doubled(String name) {
        return name.replace("-", "--");
    }

    private String path(String volume) {
        return name + "/" + volume;
    }

    /**
     * Makes the group and its pool.
     *
     * @param extent the unit of all sizes, in bytes
     */
    void create(List<Path> devices, long extent) throws IOException {
        List<String> command = new ArrayList<>(List.of("vgcreate", "--yes"));
        command.addAll(List.of("--physicalextentsize", extent + "b", name));
        devices.forEach(device -> command.add(device.toString()));
        lvm.run(command);
        boolean made = false;
        try {
            stayInactive();
            makePool();
            made = true;
        } finally {
            if (!made) {
                remove();
            }
        }
    }

    /** Keeps hosts that merely see the group from activating it, where LVM can do that (2.03.12). */
    void stayInactive() {
        try {
            lvm.run("vgchange", "--setautoactivation", "n", name);
        } catch (IOException e) {
            LOG.info("Volume group {}: the host activates it when it boots: {}", name, e.getMessage());
        }
    }

    /** The tags of the group itself. */
    Set<String> tags() throws IOException {
        return tags(lvm.run("vgs", "--noheadings", "-o", "vg_tags", name).strip());
    }

    static Set<String> tags(String list) {
        return Arrays.stream(list.split(",")).filter(tag -> !tag.isEmpty()).collect(Collectors.toSet());
    }

    /** Adds a tag to the group itself. */
    void tag(String tag) throws IOException {
        lvm.run("vgchange", "--addtag", tag, name);
    }

    /** Removes a tag of the group itself. */
    void untag(String tag) throws IOException {
        lvm.run("vgchange", "--deltag", tag, name);
    }

    /** The size of the group, in bytes. */
    long bytes() throws IOException {
        return number("vg_size");
    }

    long number(String column) throws IOException {
        return Long.parseLong(lvm.run("vgs", "--noheadings", "--nosuffix", "--units", "b", "-o", column, name)
                .strip());
    }

    private void makePool() throws IOException {
        long free = number("vg_free");
        long chunk = CHUNK;
        while (free / chunk > MOST_CHUNKS) {
            chunk *= 2;
        }
        long metadata = Math.max(LEAST_METADATA, free / chunk * METADATA_PER_CHUNK / MIB * MIB);
        if (free < COPIES * metadata + LEAST_METADATA) {
            throw new IOException("No space left on device: a volume group needs more than "
                    + (COPIES * metadata + LEAST_METADATA) / MIB + " MiB");
        }
        // The spare first: the pool gets all the rest.
        lvm.run(
                "lvcreate",
                "--yes",
                "--type",
                "thin-pool",
                "--size",
                (free - COPIES * metadata) / MIB * MIB + "b",
                "--chunksize",
                chunk + "b",
                "--poolmetadatasize",
                metadata + "b",
                "--poolmetadataspare",
                "y",
                // Blocks of deleted disks must not show in new ones.
                "--zero",
                "y",
                "--name",
                POOL,
                name);
        // A full pool answers with an error at once, and does not keep callers waiting.
        lvm.run("lvchange", "--errorwhenfull", "y", path(POOL));
    }

    /** Whether the group is there and has a pool of jxapi. */
    boolean hasPool() throws IOException {
        return lvm.run("lvs", "--noheadings", "-o", "vg_name,lv_name", "--separator", SEPARATOR)
                .lines()
                .map(String::strip)
                .anyMatch(line -> line.equals(name + SEPARATOR + POOL));
    }

    /** Whether the group is there and is one for layers. */
    boolean hasLayers() throws IOException {
        return lvm.run("vgs", "--noheadings", "-o", "vg_name,vg_tags", "--separator", SEPARATOR)
                .lines()
                .map(String::strip)
                .anyMatch(line -> line.startsWith(name + SEPARATOR)
                        && tags(line.substring(name.length() + SEPARATOR.length()))
                                .contains(LAYERS));
    }

    /** Makes devices of all volumes, or none. */
    void activate(boolean active) throws IOException {
        lvm.run("vgchange", "--activate", active ? "y" : "n", "--ignoreactivationskip", name);
    }

    /** All its logical volumes but those that LVM hides, by their names. */
    Map<String, LogicalVolume> report() throws IOException {
        String output = lvm.run(
                "lvs",
                "--noheadings",
                "--nosuffix",
                "--units",
                "b",
                "--separator",
                SEPARATOR,
                "-o",
                "lv_name,lv_size,thin_id,lv_tags",
                name);
        Map<String, LogicalVolume> volumes = new TreeMap<>();
        for (String line : output.lines().map(String::strip).toList()) {
            List<String> columns = Arrays.asList(line.split("\\|", -1));
            String thinId = columns.get(2);
            LogicalVolume volume = new LogicalVolume(
                    columns.get(0),
                    Long.parseLong(columns.get(1)),
                    tags(columns.get(3)),
                    thinId.isEmpty() ? -1 : Integer.parseInt(thinId));
            volumes.put(volume.name(), volume);
        }
        return volumes;
    }

    /** Makes a volume full of zeros. */
    void create(String volume, long bytes, String tag) throws IOException {
        lvm.run(
                "lvcreate",
                "--yes",
                "--wipesignatures",
                "n",
                "--virtualsize",
                bytes + "b",
                "--thinpool",
                POOL,
                "--name",
                volume,
                "--addtag",
                tag,
                name);
    }

    /** Makes a volume with the contents that another has now. */
    void snapshot(String origin, String volume, String tag) throws IOException {
        lvm.run(
                "lvcreate",
                "--yes",
                "--snapshot",
                "--setactivationskip",
                "n",
                "--name",
                volume,
                "--addtag",
                tag,
                path(origin));
    }

    void tag(String volume, String tag) throws IOException {
        lvm.run("lvchange", "--addtag", tag, path(volume));
    }

    void untag(String volume, String tag) throws IOException {
        lvm.run("lvchange", "--deltag", tag, path(volume));
    }

    /** Gives a volume one tag in the place of another, in one change. */
    void retag(String volume, String tag, String former) throws IOException {
        lvm.run("lvchange", "--addtag", tag, "--deltag", former, path(volume));
    }

    void rename(String volume, String to) throws IOException {
        lvm.run("lvrename", name, volume, to);
    }

    void extend(String volume, long bytes) throws IOException {
        lvm.run("lvextend", "--size", bytes + "b", path(volume));
    }

    /** Writes the beginning of a device; on disk when this returns. */
    static void fill(Path device, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(device, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
    }

    void removeIfThere(String volume) throws IOException {
        if (report().containsKey(volume)) {
            remove(Set.of(volume));
        }
    }

    void remove(Set<String> volumes) throws IOException {
        List<String> command = new ArrayList<>(List.of("lvremove", "--yes"));
        volumes.forEach(volume -> command.add(path(volume)));
        lvm.run(command);
    }

    /** Removes the group, and makes its devices free again. */
    void remove() throws IOException {
        List<String> devices = lvm.run("vgs", "--noheadings", "-o", "pv_name", name)
                .lines()
                .map(String::strip)
                .toList();
        lvm.run("vgremove", "--yes", name);
        List<String> command = new ArrayList<>(List.of("pvremove", "--yes"));
        command.addAll(devices);
        lvm.run(command);
    }
}
