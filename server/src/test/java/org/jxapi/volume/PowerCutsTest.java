package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.store.SafeFile;
import org.jxapi.volume.CutDisk.Remains;
import org.jxapi.volume.CutWork.Expected;

/**
 * The power is cut while a repository works, at moments that are spread over each of its operations. Afterwards every disk
 * that was acknowledged has its contents, the operation in flight has happened or not, nothing is left over, and nothing
 * of others is gone.
 *
 * <p>A build cuts 52 times in all; {@code -Djxapi.cuts=N} cuts N times, and {@code -Djxapi.seed=N} repeats the choices of a
 * run.
 */
class PowerCutsTest {
    private static final int CUTS = Integer.getInteger("jxapi.cuts", 52);

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    static Stream<Arguments> repositories() {
        return Kind.writable().stream()
                .flatMap(kind -> Stream.of(Format.values()).map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("repositories")
    void theOldOrTheNewStateIsThereAndNothingElse(Kind kind, Format format) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        int repositories = (int) repositories().count();
        new PowerCuts(new InFolder(kind, format, new CutDisk(MOUNTS, format)))
                .run((CUTS + repositories - 1) / repositories);
    }

    /** A repository in a folder of a file system. */
    private static final class InFolder implements PowerCuts.Subject {
        private final Kind kind;
        private final Format format;
        private final CutDisk disk;
        private final Repository repository;
        private final Set<Path> foreign;

        InFolder(Kind kind, Format format, CutDisk disk) throws IOException {
            this.kind = kind;
            this.format = format;
            this.disk = disk;
            repository = kind.in(disk.place().resolve("sr"));
            repository.create();
            foreign = Aftermath.foreign(disk.place());
        }

        @Override
        public Repository repository() {
            return repository;
        }

        @Override
        public CutDisk disk() {
            return disk;
        }

        @Override
        public void check(Remains remains, Expected expected, String situation) throws IOException {
            disk.afterStart(
                    remains, mounted -> Aftermath.check(kind, mounted, disk.place(), expected, foreign, situation));
        }

        @Override
        public String toString() {
            return kind + " on " + format;
        }
    }

    /** The cuts are cuts: a file that nobody has synced does not survive one. */
    @ParameterizedTest
    @CsvSource({"EXT4, false", "EXT4, true", "XFS, false", "XFS, true"})
    void onlyDataThatIsOnDiskSurvivesACut(Format format, boolean lossy) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        CutDisk disk = new CutDisk(MOUNTS, format);
        Path synced = Files.write(disk.place().resolve("synced"), Contract.random(300_000));
        SafeFile.sync(synced);
        VolumeFiles.syncFolder(synced);
        Files.write(disk.place().resolve("late"), Contract.random(300_000));
        disk.afterStart(disk.cut(lossy), folder -> {
            assertThat(folder.resolve("synced")).hasSameBinaryContentAs(synced);
            Path late = folder.resolve("late");
            assertThat(Files.exists(late) ? Files.size(late) : 0).isZero();
        });
    }
}
