package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Step;

/** A file system without room: an operation succeeds, or says so and changes nothing. */
class FullRepositoryTest {
    private static final long KIB = 1 << 10;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    static Stream<Arguments> repositories() {
        return PowerCutsTest.repositories();
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("repositories")
    void everyOperationSucceedsOrChangesNothing(Kind kind, Format format) throws IOException {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        Path mounted = MOUNTS.make(format);
        fill(mounted, 24 << 20);
        List<Step> failed = new ArrayList<>();
        for (long room : new long[] {0, 150 * KIB}) {
            for (Step step : Step.values()) {
                if (!fits(kind, mounted, step, room)) {
                    failed.add(step);
                }
            }
        }
        assertThat(failed).contains(Step.WRITE, Step.OVERWRITE).doesNotContain(Step.DESTROY);
    }

    /** Does it on a new repository with only so much room; false when it fails. */
    private static boolean fits(Kind kind, Path mounted, Step step, long room) throws IOException {
        Path place = Files.createDirectory(mounted.resolve("place"));
        Repository repository = kind.in(place.resolve("sr"));
        repository.create();
        Set<Path> foreign = Aftermath.foreign(place);
        CutWork work = new CutWork(repository, new Random(room + step.ordinal()));
        work.prepare(step);
        List<Path> fillers = fill(mounted, room);
        boolean fits = true;
        try {
            work.run(step);
        } catch (IOException e) {
            fits = false;
            assertThat(SmFailure.EIO.error(e))
                    .as("%s of %s on %s with %d bytes of room", step, kind, format(mounted), room)
                    .hasMessageContaining("SR_BACKEND_FAILURE_44")
                    .hasMessageContaining("No space left on device");
        }
        for (Path filler : fillers) {
            Files.delete(filler);
        }
        for (Expected expected : work.cut(() -> true).expected()) {
            Aftermath.check(kind, place, place, expected, foreign, step + " with " + room + " bytes of room");
        }
        for (Path file : foreign) {
            Files.delete(file);
        }
        repository.destroy();
        Files.delete(place);
        return fits;
    }

    private static String format(Path mounted) throws IOException {
        return Files.getFileStore(mounted).type();
    }

    /** Takes all but so much room, in the files that it returns. */
    private static List<Path> fill(Path mounted, long room) throws IOException {
        Path fillers = Files.createTempDirectory(mounted, "fillers");
        String script = """
                [ $1 = 0 ] || fallocate -l $1 "$0/room"
                size=$((256 << 20)) i=0
                while [ $size -ge 4096 ]; do
                    while fallocate -l $size "$0/$i"; do i=$((i + 1)); done
                    size=$((size / 2))
                done
                rm -f "$0/room"
                """;
        Process process = new ProcessBuilder("sh", "-c", script, fillers.toString(), Long.toString(room))
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        try {
            assertThat(process.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        try (Stream<Path> list = Files.list(fillers)) {
            List<Path> made = new ArrayList<>(list.toList());
            made.add(fillers);
            return made;
        }
    }
}
