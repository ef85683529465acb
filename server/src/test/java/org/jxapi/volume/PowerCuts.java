package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jxapi.volume.CutDisk.Remains;
import org.jxapi.volume.CutWork.Cut;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Moment;
import org.jxapi.volume.CutWork.Step;

/** The power is cut while a repository works, at moments that are spread over each of its operations. */
final class PowerCuts {
    static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    /** How far behind the usual end of an operation a cut may be. */
    private static final double BEYOND = 1.1;
    /** Multiples of it, without their whole parts, are spread evenly between 0 and 1, however many there are. */
    private static final double GOLDEN = 0.618_033_988_749_895;

    private final Subject subject;
    private final Map<Step, Long> nanos = new EnumMap<>(Step.class);
    private int inside;

    PowerCuts(Subject subject) {
        this.subject = subject;
    }

    /** A repository on a disk that loses its power. Its name is that of its kind and place. */
    interface Subject {
        Repository repository();

        CutDisk disk();

        /** Checks what a cut has left. */
        void check(Remains remains, Expected expected, String situation) throws IOException;
    }

    /** @param cuts how many; the power is cut in each operation, in turn, and every second cut is lossy */
    void run(int cuts) throws Exception {
        CutWork work = new CutWork(subject.repository(), new Random(SEED));
        for (int round = 0; round < 2; round++) {
            for (Step step : Step.values()) {
                nanos.put(step, timed(work, step, () -> {}));
            }
        }
        CutDisk disk = subject.disk();
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            for (int cut = 0; cut < cuts; cut++) {
                Step step = Step.values()[cut % Step.values().length];
                double part = cut * GOLDEN % 1 * BEYOND;
                boolean lossy = cut % 2 == 1;
                Moment<Remains> moment = cutDuring(worker, work, step, part, () -> disk.cut(lossy));
                for (Expected expected : moment.expected()) {
                    subject.check(
                            moment.cut(),
                            expected,
                            "%s, seed %d, cut %d in %s, lossy %s".formatted(subject, SEED, cut, step, lossy));
                }
                disk.forget(moment.cut());
            }
        } finally {
            worker.shutdownNow();
        }
        System.out.printf(
                "Power cuts: %s: %d, %d of them before the end of the operation; none lost a byte.%n",
                subject, cuts, inside);
        assertThat(inside).isPositive();
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
