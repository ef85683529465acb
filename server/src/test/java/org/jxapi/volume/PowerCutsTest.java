package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
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
import org.jxapi.volume.CutWork.Cut;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Moment;
import org.jxapi.volume.CutWork.Step;

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
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    /** How far behind the usual end of an operation a cut may be. */
    private static final double BEYOND = 1.1;
    /** Multiples of it, without their whole parts, are spread evenly between 0 and 1, however many there are. */
    private static final double GOLDEN = 0.618_033_988_749_895;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    private final Map<Step, Long> nanos = new EnumMap<>(Step.class);
    private final Random random = new Random(SEED);
    private int inside;

    static Stream<Arguments> repositories() {
        return Kind.writable().stream()
                .flatMap(kind -> Stream.of(Format.values()).map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("repositories")
    void theOldOrTheNewStateIsThereAndNothingElse(Kind kind, Format format) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        int cuts =
                (CUTS + (int) repositories().count() - 1) / (int) repositories().count();
        CutDisk disk = new CutDisk(MOUNTS, format);
        Repository repository = kind.in(disk.mounted().resolve("sr"));
        repository.create();
        Set<Path> foreign = Aftermath.foreign(disk.mounted());
        CutWork work = new CutWork(repository, random);
        for (int round = 0; round < 2; round++) {
            for (Step step : Step.values()) {
                nanos.put(step, timed(work, step, () -> {}));
            }
        }
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            for (int cut = 0; cut < cuts; cut++) {
                Step step = Step.values()[cut % Step.values().length];
                double part = cut * GOLDEN % 1 * BEYOND;
                boolean lossy = cut % 2 == 1;
                Moment<Remains> moment = cutDuring(worker, work, step, part, () -> disk.cut(lossy));
                for (Expected expected : moment.expected()) {
                    String situation =
                            "%s on %s, seed %d, cut %d in %s, lossy %s".formatted(kind, format, SEED, cut, step, lossy);
                    disk.afterStart(
                            moment.cut(),
                            mounted -> Aftermath.check(kind, mounted, disk.mounted(), expected, foreign, situation));
                }
                disk.forget(moment.cut());
            }
        } finally {
            worker.shutdownNow();
        }
        System.out.printf(
                "Power cuts: %s on %s: %d, %d of them before the end of the operation; none lost a byte.%n",
                kind, format, cuts, inside);
        assertThat(inside).isPositive();
    }

    /** The cuts are cuts: a file that nobody has synced does not survive one. */
    @ParameterizedTest
    @CsvSource({"EXT4, false", "EXT4, true", "XFS, false", "XFS, true"})
    void onlyDataThatIsOnDiskSurvivesACut(Format format, boolean lossy) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        CutDisk disk = new CutDisk(MOUNTS, format);
        Path synced = Files.write(disk.mounted().resolve("synced"), Contract.random(300_000));
        SafeFile.sync(synced);
        VolumeFiles.syncFolder(synced);
        Files.write(disk.mounted().resolve("late"), Contract.random(300_000));
        disk.afterStart(disk.cut(lossy), folder -> {
            assertThat(folder.resolve("synced")).hasSameBinaryContentAs(synced);
            Path late = folder.resolve("late");
            assertThat(Files.exists(late) ? Files.size(late) : 0).isZero();
        });
    }

    /** Cuts the power when that part of the usual time of an operation is over. */
    private Moment<Remains> cutDuring(ExecutorService worker, CutWork work, Step step, double part, Cut<Remains> cut)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Future<Long> ended = worker.submit(() -> {
            try {
                return timed(work, step, begun::countDown);
            } finally {
                begun.countDown();
            }
        });
        begun.await();
        LockSupport.parkNanos((long) (part * nanos.get(step)));
        inside += ended.isDone() ? 0 : 1;
        Moment<Remains> moment = work.cut(cut);
        nanos.put(step, ended.get());
        return moment;
    }

    /** Does an operation, and returns how long it took. */
    private static long timed(CutWork work, Step step, Runnable begun) throws IOException {
        work.prepare(step);
        long start = System.nanoTime();
        begun.run();
        work.run(step);
        return System.nanoTime() - start;
    }
}
