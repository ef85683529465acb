package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Volumes of a volume group that have all their room from the moment that they are made. Several hosts of a pool may use the
 * group: its metadata are changed through {@code changes}, and this host only makes devices of its volumes.
 *
 * @param changes runs the programs that change the group
 */
record LinearVolumes(VolumeGroup group, Lvm changes) {
    /** Room for the metadata of some thousand volumes, as XenServer takes it. */
    private static final String METADATA = "10m";

    /** The same group on a host of a pool. */
    static LinearVolumes of(VolumeGroup group, String sr, GroupChanges changes) {
        return new LinearVolumes(group, new Lvm() {
            @Override
            public String run(List<String> command) throws IOException {
                return changes.run(sr, command);
            }

            @Override
            public void forgetCached(Path device) throws IOException {
                group.lvm().forgetCached(device);
            }
        });
    }

    /** The group as the programs that change it know it. */
    private VolumeGroup changed() {
        return new VolumeGroup(changes, group.root(), group.name());
    }

    private String path(String volume) {
        return group.name() + "/" + volume;
    }

    /**
     * Makes the group.
     *
     * @param extent the unit of all sizes, in bytes
     */
    void createGroup(List<Path> devices, long extent) throws IOException {
        List<String> command = new ArrayList<>(List.of("vgcreate", "--yes"));
        command.addAll(List.of("--physicalextentsize", extent + "b", group.name()));
        devices.forEach(device -> command.add(device.toString()));
        command.addAll(List.of("--metadatasize", METADATA, "--addtag", VolumeGroup.LAYERS));
        group.lvm().run(command);
        group.stayInactive();
    }

    /** The bytes that no volume has. */
    long free() throws IOException {
        return group.number("vg_free");
    }

    Map<String, LogicalVolume> report() throws IOException {
        return group.report();
    }

    /** Makes a volume with any contents, and its device here. */
    void create(String volume, long bytes, String tag) throws IOException {
        changes.run(
                "lvcreate",
                "--yes",
                "--zero",
                "n",
                "--wipesignatures",
                "n",
                "--activate",
                "n",
                "--size",
                bytes + "b",
                "--name",
                volume,
                "--addtag",
                tag,
                group.name());
        activate(List.of(volume));
    }

    /** Makes devices of volumes on this host. */
    void activate(Collection<String> volumes) throws IOException {
        here(List.of("lvchange", "--activate", "y"), volumes);
    }

    /** Makes the devices of volumes on this host what the volumes are now. */
    void refresh(Collection<String> volumes) throws IOException {
        here(List.of("lvchange", "--refresh"), volumes);
    }

    private void here(List<String> what, Collection<String> volumes) throws IOException {
        List<String> command = new ArrayList<>(what);
        volumes.forEach(volume -> command.add(path(volume)));
        group.lvm().run(command);
    }

    /** Changes the tags of a volume in one step. */
    void retag(String volume, Set<String> added, Set<String> removed) throws IOException {
        List<String> command = new ArrayList<>(List.of("lvchange"));
        added.forEach(tag -> command.addAll(List.of("--addtag", tag)));
        removed.forEach(tag -> command.addAll(List.of("--deltag", tag)));
        command.add(path(volume));
        changes.run(command);
    }

    /** Adds a tag to the group itself. */
    void tag(String tag) throws IOException {
        changed().tag(tag);
    }

    /** Removes a tag of the group itself. */
    void untag(String tag) throws IOException {
        changed().untag(tag);
    }

    void extend(String volume, long bytes) throws IOException {
        changed().extend(volume, bytes);
        refresh(List.of(volume));
    }

    /** Makes a volume smaller. Its contents behind that are lost. */
    void reduce(String volume, long bytes) throws IOException {
        List<String> command = List.of("lvreduce", "--yes", "--force", "--size", bytes + "b", path(volume));
        try {
            // Newer versions of LVM look for file systems otherwise, for which the volume must be active there.
            List<String> blind = new ArrayList<>(command);
            blind.addAll(1, List.of("--fs", "ignore"));
            changes.run(blind);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("nrecogni")) {
                throw e;
            }
            changes.run(command);
        }
        refresh(List.of(volume));
    }

    /** Removes a volume; fails while a process of this host has it open. */
    void remove(String volume) throws IOException {
        here(List.of("lvchange", "--activate", "n"), List.of(volume));
        changed().remove(Set.of(volume));
    }

    /** Removes the device that this host still has of a volume that another host has removed. */
    void forget(String volume) throws IOException {
        group.lvm().run("dmsetup", "remove", group.mapped(volume));
    }
}
