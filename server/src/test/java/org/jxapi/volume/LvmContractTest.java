package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;

/**
 * Thin volumes of LVM keep the contract. {@code -Djxapi.lvm-device=/dev/loop0} runs it on that device, whose contents are
 * lost; without it, files take the place of logical volumes.
 */
class LvmContractTest implements VolumesContract, CopiesContract, CrashContract, PlaceContract, GuestContract {
    private static final String DEVICE = System.getProperty("jxapi.lvm-device", "");
    private static final String UUID_OF_ALL = UUID.randomUUID().toString();
    private static final Turns TURNS = new Turns();
    private static Path root;
    private static Lvm lvm;

    @BeforeAll
    static void create() throws IOException {
        boolean real = !DEVICE.isEmpty();
        root = real ? Path.of("/dev") : Files.createTempDirectory("jxapi-lvm");
        lvm = real ? Lvm.ofThisHost() : new FakeLvm(root);
        volumes(UUID_OF_ALL).create();
    }

    @AfterAll
    static void destroy() throws IOException {
        empty();
        volumes(UUID_OF_ALL).detach();
        volumes(UUID_OF_ALL).destroy();
        assertThat(root.resolve(group(UUID_OF_ALL).name())).doesNotExist();
        if (DEVICE.isEmpty()) {
            Files.delete(root);
        }
    }

    private static VolumeGroup group(String uuid) {
        return new VolumeGroup(lvm, root, VolumeGroup.PREFIX + uuid);
    }

    /** A repository with extents that are small enough for the disks of these tests. */
    private static ThinVolumes volumes(String uuid) {
        List<Path> devices = List.of(Path.of(DEVICE.isEmpty() ? "/dev/fake" : DEVICE));
        return new ThinVolumes(group(uuid), new TestDevices(devices), TURNS, 65_536);
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

    @BeforeEach
    void attach() throws IOException {
        repository().attach();
        empty();
    }

    private static void empty() throws IOException {
        Set<String> all = new TreeSet<>(group(UUID_OF_ALL).report().keySet());
        all.remove(VolumeGroup.POOL);
        if (!all.isEmpty()) {
            group(UUID_OF_ALL).remove(all);
        }
    }

    @Override
    public Repository repository() {
        return volumes(UUID_OF_ALL);
    }

    @Override
    public Repository again() {
        return volumes(UUID_OF_ALL);
    }

    /** All volumes but the pool, with the tags that mean something. */
    @Override
    public List<String> files() throws IOException {
        return group(UUID_OF_ALL).report().values().stream()
                .filter(volume -> !volume.name().equals(VolumeGroup.POOL))
                .map(volume -> volume.name() + (volume.tags().contains(ThinNames.PENDING) ? " pending" : ""))
                .sorted()
                .toList();
    }

    @Override
    public boolean hasFiles() {
        return false;
    }

    @Override
    public boolean clonesAtOnce() {
        return true;
    }

    @Test
    void aVolumeHasItsMarkFromTheMomentItIsMade() throws IOException {
        repository().create("a", MIB);
        assertThat(again().pending("a")).isTrue();
        repository().clone("a", "b");
        assertThat(again().pending("b")).isTrue();
        repository().tidy(name -> false, name -> false);
        assertThat(files()).isEmpty();
    }

    /** Each state in which a power cut may leave the step in which new contents take the place of old ones. */
    @Test
    void aCompletePartIsTheVolumeWhicheverStepIsMissing() throws IOException {
        byte[] fresh = makeFull("fresh", MIB);
        for (boolean oldRemoved : List.of(false, true)) {
            makeFull("a", 2 * MIB);
            group(UUID_OF_ALL).snapshot("jxapi-disk.fresh", "jxapi-part.a", ThinNames.COMPLETE);
            if (oldRemoved) {
                group(UUID_OF_ALL).remove(Set.of("jxapi-disk.a"));
            }
            assertThat(again().holds("a")).isTrue();
            assertThat(locations()).containsExactly("a", "fresh");
            assertThat(repository().volumes().get(0).bytes()).isEqualTo(MIB);
            repository().tidy(name -> true, name -> false);
            holds("a", fresh);
            assertThat(files()).containsExactly("jxapi-disk.a", "jxapi-disk.fresh");
            repository().begin("a");
            repository().discard("a");
        }
    }

    @Test
    void logicalVolumesOfOthersStay() throws IOException {
        byte[] a = makeFull("a", MIB);
        for (String name : List.of("LV-a", "VHD-a", "jxapi", "jxapi-disk", "part.a")) {
            group(UUID_OF_ALL).create(name, MIB, "foreign");
        }
        repository().tidy("a"::equals, name -> false);
        assertThat(locations()).containsExactly("a");
        repository().begin("a");
        repository().discard("a");
        assertThat(files()).containsExactly("LV-a", "VHD-a", "jxapi", "jxapi-disk", "part.a");
        assertThat(a).hasSize(MIB);
    }

    @Test
    void holesAreThoseOfThePool() throws IOException {
        makeFull("a", 4 * MIB);
        try (Image image = repository().open("a", false)) {
            assertThat(image.hole(3 * MIB, MIB)).isTrue();
            assertThat(image.extent(0, 4 * MIB).hole()).isFalse();
            assertThat(image.hole(0, MIB)).isFalse();
        }
    }

    @Test
    void aGroupThatIsNotThereIsAnErrorOfStorageManagers() {
        Repository gone = volumes(UUID.randomUUID().toString());
        assertThatThrownBy(gone::attach)
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("no volume group");
        assertThatThrownBy(gone::usage).hasMessageContaining("SR_BACKEND_FAILURE_47");
        assertThatThrownBy(gone::volumes).hasMessageContaining("SR_BACKEND_FAILURE_40");
        gone.destroy();
    }

    @Test
    void itsUsageIsThatOfThePool() throws IOException {
        long before = repository().usage().used();
        byte[] contents = makeFull("a", 4 * MIB);
        long after = repository().usage().used();
        assertThat(after - before).isBetween(contents.length / 4L, 2L * contents.length);
        assertThat(repository().usage().size()).isGreaterThan(100 * MIB);
    }

    /** The names of VHDs and raw volumes in XenServer's LVHDSR.py and lvhdutil.py. */
    @Test
    void storageManagersOfXenServerTakeNoneOfItsVolumesForADisk() throws IOException {
        makeFull("a", MIB);
        repository().keepBase("a");
        assertThat(group(UUID_OF_ALL).report().keySet())
                .allSatisfy(name -> assertThat(name).doesNotStartWith("VHD-").doesNotStartWith("LV-"))
                .doesNotContain("MGT");
        assertThat(repository().smConfig("a")).isEqualTo(Map.of());
    }
}
