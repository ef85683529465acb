package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;
import org.jxapi.volume.Trial.Subject;

/**
 * Thin volumes of LVM keep the contract. {@code -Djxapi.lvm-device=/dev/loop0} runs it on that device, whose contents are
 * lost; without it, files take the place of logical volumes.
 */
class LvmContractTest
        implements VolumesContract,
                CopiesContract,
                CrashContract,
                PlaceContract,
                GuestContract,
                TrackingContract,
                DifferencesContract {
    private static final Set<Trial> AT_ONCE = EnumSet.of(Trial.CLONE, Trial.REVERT, Trial.RESET);
    private static LvmGround ground;

    @BeforeAll
    static void create() throws IOException {
        ground = LvmGround.make();
    }

    @AfterAll
    static void destroy() throws IOException {
        ground.remove();
        assertThat(ground.group().device(VolumeGroup.POOL).getParent()).doesNotExist();
    }

    @BeforeEach
    void attach() throws IOException {
        repository().attach();
        ground.empty();
    }

    @Override
    public Repository repository() {
        return ground.volumes();
    }

    @Override
    public Repository again() {
        return ground.volumes();
    }

    /** All volumes but the pool, with the tags that mean something. */
    @Override
    public List<String> files() throws IOException {
        return ground.group().report().values().stream()
                .filter(volume -> !volume.name().equals(VolumeGroup.POOL))
                .map(volume -> volume.name() + (volume.tags().contains(ThinNames.PENDING) ? " pending" : ""))
                .sorted()
                .toList();
    }

    @Override
    public Path log(String location) {
        return Stream.of(ThinNames.LOG_EVEN, ThinNames.LOG_ODD)
                .map(slot -> ground.group().device(slot + location))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
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

    /** Each program reads the metadata of all groups. */
    @Test
    void theMarksOfManyVolumesTakeOneProgram() throws IOException {
        repository().create("a", MIB);
        repository().create("b", MIB);
        repository().keep("b");
        int before = ground.programs();
        assertThat(repository().pending(Set.of("a", "b", "c", "d"))).containsExactly("a");
        assertThat(ground.programs() - before).isEqualTo(ground.fake() ? 1 : 0);
    }

    /** Each state in which a power cut may leave the step in which new contents take the place of old ones. */
    @Test
    void aCompletePartIsTheVolumeWhicheverStepIsMissing() throws IOException {
        byte[] fresh = makeFull("fresh", MIB);
        for (boolean oldRemoved : List.of(false, true)) {
            makeFull("a", 2 * MIB);
            ground.group().snapshot("jxapi-disk.fresh", "jxapi-part.a", ThinNames.COMPLETE);
            if (oldRemoved) {
                ground.group().remove(Set.of("jxapi-disk.a"));
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
            ground.group().create(name, MIB, "foreign");
        }
        repository().tidy("a"::equals, name -> false);
        assertThat(locations()).containsExactly("a");
        repository().begin("a");
        repository().discard("a");
        assertThat(files()).containsExactly("LV-a", "VHD-a", "jxapi", "jxapi-disk", "part.a");
        assertThat(a).hasSize(MIB);
    }

    /** In the test bed, the matrix of docs/storage.md is that of the real LVM. */
    @ParameterizedTest
    @EnumSource(Trial.class)
    void operationsWorkAsTheMatrixSays(Trial trial) throws IOException {
        Subject subject = new Subject(repository(), "disk", "other", makeFull("disk", 4 * MIB));
        assertThat(trial.on(subject)).isEqualTo(AT_ONCE.contains(trial) ? Trial.AT_ONCE : Trial.YES);
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
        Repository gone = ground.missing();
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
        assertThat(ground.group().report().keySet())
                .allSatisfy(name -> assertThat(name).doesNotStartWith("VHD-").doesNotStartWith("LV-"))
                .doesNotContain("MGT");
        assertThat(repository().smConfig("a")).isEqualTo(Map.of());
    }
}
