package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A volume group for tests. {@code -Djxapi.lvm-device=/dev/loop0} makes it on that device, whose contents are lost; without
 * it, files take the place of logical volumes.
 */
final class LvmGround {
    private static final String DEVICE = System.getProperty("jxapi.lvm-device", "");
    private static final Turns TURNS = new Turns();
    private static final Merges MERGES = new Merges();

    private final String uuid = UUID.randomUUID().toString();
    private final List<Path> devices;
    private final Path root;
    private final Lvm lvm;
    private final Path links = Path.of(System.getProperty("java.io.tmpdir"), "jxapi-links-" + uuid);

    private LvmGround(Path device, Path root, Lvm lvm) {
        this.devices = List.of(device);
        this.root = root;
        this.lvm = lvm;
    }

    static LvmGround make() throws IOException {
        return make(lvm -> lvm);
    }

    /** @param around gets the programs of LVM, and returns those that the repository uses */
    private static LvmGround bare(UnaryOperator<Lvm> around) throws IOException {
        LvmGround ground;
        if (DEVICE.isEmpty()) {
            Path root = Files.createTempDirectory("jxapi-lvm");
            ground = new LvmGround(Path.of("/dev/fake"), root, around.apply(new FakeLvm(root)));
        } else {
            ground = new LvmGround(Path.of(DEVICE), Path.of("/dev"), around.apply(Lvm.ofThisHost()));
        }
        return ground;
    }

    /** Whether tests have a device for a real group. */
    static boolean real() {
        return !DEVICE.isEmpty();
    }

    /** One without a group, on another device of a host with LVM. */
    static LvmGround on(Path device) {
        return new LvmGround(device, Path.of("/dev"), Lvm.ofThisHost());
    }

    /** One with a group of thin volumes. */
    static LvmGround make(UnaryOperator<Lvm> around) throws IOException {
        LvmGround ground = bare(around);
        ground.volumes().create();
        return ground;
    }

    /** One with a group of layers. */
    static LvmGround ofLayers(UnaryOperator<Lvm> around) throws IOException {
        LvmGround ground = bare(around);
        ground.layers(new NoGuests()).create();
        return ground;
    }

    /** A repository of layers in a group of its own. */
    LayerVolumes layers(LiveDisks live) {
        return layers(lvm, (sr, command) -> lvm.run(command), links, live);
    }

    /**
     * The same as another host has it.
     *
     * @param here runs the programs of that host
     * @param changes makes the changes that it wants
     * @param links is its folder with the links to layers
     */
    LayerVolumes layers(Lvm here, GroupChanges changes, Path links, LiveDisks live) {
        VolumeGroup group = new VolumeGroup(here, root, VolumeGroup.PREFIX + uuid);
        LinearVolumes volumes = LinearVolumes.of(group, uuid, changes);
        return new LayerVolumes(volumes, new TestDevices(devices), links, 65_536, uuid, live, MERGES);
    }

    /** The names of layers. */
    LayerGroup store() {
        return new LayerGroup(new LinearVolumes(group(), lvm), links, 65_536);
    }

    /** The folder with the links to layers. */
    Path links() {
        return links;
    }

    Lvm lvm() {
        return lvm;
    }

    boolean fake() {
        return lvm instanceof FakeLvm;
    }

    /** How many programs of LVM have run; 0 for the real ones, which are not counted. */
    int programs() {
        return lvm instanceof FakeLvm counted ? counted.commands().size() : 0;
    }

    VolumeGroup group() {
        return group(uuid);
    }

    private VolumeGroup group(String of) {
        return new VolumeGroup(lvm, root, VolumeGroup.PREFIX + of);
    }

    /** The repository, with extents that are small enough for the disks of tests. */
    ThinVolumes volumes() {
        return volumes(uuid);
    }

    /** A repository on a volume group that is not there. */
    ThinVolumes missing() {
        return volumes(UUID.randomUUID().toString());
    }

    private ThinVolumes volumes(String of) {
        return new ThinVolumes(group(of), new TestDevices(devices), TURNS, 65_536);
    }

    /** Devices that need no preparation. */
    private record TestDevices(List<Path> devices) implements GroupDevices {
        @Override
        public String place() {
            return devices.get(0).toString();
        }

        @Override
        public List<Path> connect() {
            return devices;
        }

        @Override
        public void disconnect() {
            // They stay.
        }

        @Override
        public List<Path> prepare() {
            return devices;
        }
    }

    /** Removes all volumes. */
    void empty() throws IOException {
        Set<String> all = new TreeSet<>(group().report().keySet());
        all.remove(VolumeGroup.POOL);
        if (!all.isEmpty()) {
            group().remove(all);
        }
    }

    void remove() throws IOException {
        empty();
        remove(volumes());
    }

    /** Removes the group, by a repository on it. */
    void remove(Repository repository) throws IOException {
        repository.detach();
        repository.destroy();
        if (DEVICE.isEmpty()) {
            Files.delete(root);
        }
    }
}
