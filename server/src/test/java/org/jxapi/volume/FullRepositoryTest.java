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
        List<Step> failed = new ArrayList<>();
        for (long room : new long[] {0, 8 * KIB, 150 * KIB, 400 * KIB}) {
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
        Repository repository = kind.in(mounted.resolve("sr"));
        repository.create();
        Set<Path> foreign = Aftermath.foreign(mounted);
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
            Aftermath.check(kind, mounted, mounted, expected, foreign, step + " with " + room + " bytes of room");
        }
        for (Path file : foreign) {
            Files.delete(file);
        }
        kind.in(mounted.resolve("sr")).destroy();
        return fits;
    }

    private static String format(Path mounted) throws IOException {
        return Files.getFileStore(mounted).type();
    }

    /** Takes all but so much room, in the files that it returns. */
    private static List<Path> fill(Path mounted, long room) throws IOException {
        List<Path> fillers = new ArrayList<>();
        Path last = mounted.resolve("room");
        allocate(last, room);
        for (long size = 256 << 20; size >= 4 * KIB; size /= 2) {
            Path filler = mounted.resolve("filler" + fillers.size());
            while (allocate(filler, size)) {
                fillers.add(filler);
                filler = mounted.resolve("filler" + fillers.size());
            }
            Files.deleteIfExists(filler);
        }
        Files.deleteIfExists(last);
        return fillers;
    }

    private static boolean allocate(Path file, long bytes) throws IOException {
        if (bytes == 0) {
            return true;
        }
        Process process = new ProcessBuilder("fallocate", "-l", Long.toString(bytes), file.toString())
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
