package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger mostWorking = new AtomicInteger();

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void waitForTheEnd(CountDownLatch begun) {
        try (Waiting waiting = new Waiting(Duration.ZERO)) {
            waiting.goOn();
            begun.countDown();
            await(end);
        }
    }

    private void work() {
        mostWorking.accumulateAndGet(working.incrementAndGet(), Math::max);
        Thread.yield();
        working.decrementAndGet();
    }

    @Test
    void threadsThatWaitKeepNobodyFromWorking() throws Exception {
        WorkerPool pool = new WorkerPool("pool", 2, true, 1);
        int waiters = 50;
        CountDownLatch begun = new CountDownLatch(waiters);
        CountDownLatch done = new CountDownLatch(waiters);
        for (int i = 0; i < waiters; i++) {
            pool.execute(() -> {
                waitForTheEnd(begun);
                done.countDown();
            });
        }
        await(begun);
        int tasks = 500;
        CountDownLatch worked = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            pool.execute(() -> {
                work();
                worked.countDown();
            });
        }
        await(worked);
        assertThat(mostWorking.get()).isBetween(1, 2);
        end.countDown();
        await(done);
        pool.shutdownNow();
        assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aThreadThatGoesOnDoesNotWaitForAPlace() {
        WorkerPool pool = new WorkerPool("pool", 1, true, 1);
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch wentOn = new CountDownLatch(1);
        pool.execute(() -> {
            waitForTheEnd(waits);
            wentOn.countDown();
        });
        await(waits);
        CountDownLatch busy = new CountDownLatch(1);
        pool.execute(() -> {
            busy.countDown();
            await(wentOn);
        });
        await(busy);
        end.countDown();
        await(wentOn);
        pool.shutdownNow();
    }

    @Test
    void aShortWaitKeepsTheThreadsPlace() {
        WorkerPool pool = new WorkerPool("pool", 1, false, 1);
        CountDownLatch waits = new CountDownLatch(1);
        pool.execute(() -> {
            try (Waiting waiting = new Waiting(Duration.ofHours(1))) {
                waiting.goOn();
                waits.countDown();
                await(end);
            }
        });
        await(waits);
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        end.countDown();
        pool.shutdownNow();
    }

    @Test
    void thoseThatWorkForAThreadGiveItsPlaceAwayWhileOneOfThemWaits() {
        WorkerPool pool = new WorkerPool("pool", 1, false, 1);
        CountDownLatch waits = new CountDownLatch(2);
        CountDownLatch back = new CountDownLatch(1);
        pool.execute(() -> {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Thread thread = new Thread(WorkerPool.sharingPlace(() -> waitForTheEnd(waits)));
                threads.add(thread);
                thread.start();
            }
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            back.countDown();
            await(new CountDownLatch(0));
        });
        await(waits);
        CountDownLatch other = new CountDownLatch(1);
        pool.execute(other::countDown);
        await(other);
        end.countDown();
        await(back);
        pool.shutdownNow();
    }

    @Test
    void workThatFailsTakesNoPlaceWithIt() {
        WorkerPool pool = new WorkerPool("pool", 1, true, 1);
        for (int i = 0; i < 5; i++) {
            pool.execute(() -> {
                throw new OutOfMemoryError("made up");
            });
        }
        CountDownLatch worked = new CountDownLatch(1);
        pool.execute(worked::countDown);
        await(worked);
        pool.shutdownNow();
    }
}
