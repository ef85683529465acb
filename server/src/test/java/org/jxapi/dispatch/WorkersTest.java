package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.Eventually;
import org.jxapi.store.StoreException;
import org.jxapi.xenapi.VM;

class WorkersTest {
    private static MessageModel message(String name) {
        return VM.XEN_CLASS.message(name);
    }

    @Test
    void aCallThatEndsTheWaitingOfOthersDoesNotQueueBehindThem() throws Exception {
        try (Workers workers = new Workers(1, 1)) {
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch waited = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            workers.of(message("clean_shutdown")).execute(() -> {
                try {
                    ended.await();
                    waited.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            workers.of(message("start")).execute(queued::countDown);
            workers.of(message("hard_shutdown")).execute(ended::countDown);
            assertThat(waited.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(queued.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void callsBeyondTheThreadsWaitTheirTurn() throws Exception {
        try (Workers workers = new Workers(2, 1)) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch all = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                workers.of(message("start")).execute(() -> {
                    try {
                        release.await();
                        all.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            long threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("worker-"))
                    .count();
            assertThat(threads).isLessThanOrEqualTo(2);
            release.countDown();
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void workInTheBackgroundThatFailsEndsNoThread() throws Exception {
        try (Workers workers = new Workers(1, 1)) {
            for (RuntimeException failure :
                    List.of(new StoreException("not the coordinator"), new IllegalStateException("a fault"))) {
                CompletableFuture<Thread> thread = new CompletableFuture<>();
                workers.own().execute(() -> {
                    thread.complete(Thread.currentThread());
                    throw failure;
                });
                Thread worked = thread.get(30, TimeUnit.SECONDS);
                Eventually.holds(() -> assertThat(worked.getState())
                        .as("the thread waits for other work")
                        .isEqualTo(Thread.State.TIMED_WAITING));
            }
        }
    }
}
