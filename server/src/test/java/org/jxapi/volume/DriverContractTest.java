package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.LoopMounts;
import org.jxapi.image.Image;
import org.jxapi.volume.Grounds.Ground;

/**
 * The example of a driver from outside keeps the contract of repositories, on a file system whose files share blocks if one
 * can be made here.
 */
class DriverContractTest extends ExampleRepository
        implements VolumesContract, CopiesContract, CrashContract, GuestContract {
    DriverContractTest() {
        super(LoopMounts.impossible().isEmpty() ? Ground.XFS : Ground.TEMPORARY);
    }

    @Override
    public void copiesSurviveEachOtherInEveryOrder() {
        // Some thousand calls, each of which starts a process: left to the drivers inside jxapi.
    }

    @Override
    public void severalThreadsCloneOneVolumeAtTheSameTime() {
        // Processes that know nothing of each other, and do so by one call of the kernel each.
    }

    @Override
    public void aCloneOfADiskThatIsWrittenIsTheDiskAtOneMoment() {
        // The same call of the kernel as that of the drivers inside jxapi.
    }

    /** Here the driver answers that it cannot clone. */
    @Test
    void whereFilesShareNoBlocksJxapidCopies() throws IOException {
        Repository other = at(GROUNDS.fresh(Ground.TEMPORARY));
        other.create();
        other.attach();
        other.create("a", MIB);
        byte[] kept = new byte[MIB];
        try (Image image = other.open("a", true)) {
            Contract.write(image, kept, 5000, 100_000);
        }
        boolean shares = GROUNDS.sharesBlocks(Ground.TEMPORARY);
        assertThat(other.clone("a", "b")).isEqualTo(shares);
        assertThat(other.holds("b")).isEqualTo(shares);
        other.keepBase("a");
        byte[] contents = kept.clone();
        try (Stage stage = other.stageCopy("a", done -> {})) {
            try (Image image = stage.open()) {
                Contract.write(image, contents, 0, 70_000);
            }
            assertThat(Contract.read(other, "a")).isEqualTo(kept);
            stage.take();
        }
        assertThat(Contract.read(other, "a")).isEqualTo(contents);
        other.reset("a", 2 * MIB);
        assertThat(Contract.read(other, "a")).isEqualTo(Arrays.copyOf(kept, 2 * MIB));
    }

    @Test
    void itIsFoundByAProbeAndDestroyedWithoutTheFilesOfOthers() throws IOException {
        Settings settings = new Settings("", Map.of("path", folder.toString()), Map.of());
        Driver.Found found = driver.probe(settings).found().get(0);
        assertThat(found.uuid()).isEqualTo(Files.readString(folder.resolve(MARKER)));
        assertThat(found.usage().size())
                .isEqualTo(Files.getFileStore(folder).getTotalSpace())
                .isEqualTo(repository.usage().size());
        assertThatThrownBy(() -> repository.create())
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("SR_BACKEND_FAILURE_42");
        Path file = Files.writeString(folder.resolve("file"), "mine");
        repository.detach();
        repository.detach();
        repository.destroy();
        assertThat(file).hasContent("mine");
        repository.destroy();
        assertThat(driver.probe(settings).found()).isEmpty();
        assertThatThrownBy(repository::attach)
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("SR_does_not_exist");
    }

    @Test
    void noNameLeadsOutOfTheRepositoryOrLooksLikeAnOption() {
        for (String location : List.of("", "/", "a/b", "../a", ".", "..", "-rf", "a\0", "a\n", "a".repeat(201))) {
            assertThat(repository.names(location)).as("'%s'", location).isFalse();
        }
        assertThat(repository.names("x.jxapi-part")).isFalse();
        assertThat(repository.names("x.jxapi-base")).isFalse();
        assertThat(repository.names("a".repeat(200))).isTrue();
    }
}
