package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.volume.CutDisk.Remains;
import org.jxapi.volume.TrackedWork.Moment;
import org.jxapi.volume.TrackedWork.Snap;

/**
 * The power is cut while a tracked disk is written, copied, reverted, merged and snapshotted, and while snapshots go. No
 * bitmap may lack a block that has changed. A build cuts 24 times in all; {@code -Djxapi.cuts=N} cuts N times, and
 * {@code -Djxapi.seed=N} repeats the choices of a run.
 */
class TrackingCutsTest {
    private static final int CUTS = Integer.getInteger("jxapi.cuts", 24);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    /** Longer than most operations. */
    private static final int MOST_NANOS = 60_000_000;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    /** The kinds that can track. */
    static Stream<Arguments> repositories() {
        return Kind.writable().stream()
                .flatMap(kind -> Stream.of(Format.values())
                        .filter(format -> kind.clonesAtOnce(format == Format.XFS))
                        .map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("repositories")
    void noChangedBlockIsMissingAfterACut(Kind kind, Format format) throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        int kinds = (int) repositories().count();
        CutDisk disk = new CutDisk(MOUNTS, format);
        Repository repository = kind.in(disk.place().resolve("sr"));
        repository.create();
        Random random = new Random(SEED);
        TrackedWork work = new TrackedWork(repository, new Random(SEED + 1));
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> steps = worker.submit(() -> {
                int done = 0;
                while (!enough.get()) {
                    work.step();
                    done++;
                }
                return done;
            });
            for (int cut = 0; cut < (CUTS + kinds - 1) / kinds && !steps.isDone(); cut++) {
                boolean lossy = cut % 2 == 1;
                LockSupport.parkNanos(random.nextInt(MOST_NANOS));
                Moment<Remains> moment = work.cut(() -> disk.cut(lossy));
                for (List<Snap> rows : moment.rows()) {
                    String as = "%s on %s, seed %d, cut %d, lossy %s".formatted(kind, format, SEED, cut, lossy);
                    disk.afterStart(
                            moment.cut(), mounted -> TrackedWork.check(kind.in(mounted.resolve("sr")), rows, as));
                }
                disk.forget(moment.cut());
            }
            enough.set(true);
            assertThat(steps.get()).isPositive();
        } finally {
            enough.set(true);
            worker.shutdownNow();
        }
    }
}
