package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;

/** Logins that wait for PAM or a directory: with_throttle in ocaml/xapi/xapi_session.ml. */
class LoginThreadsTest {
    private static final int LOGINS = 12;

    /** Runs many logins; the most that were checked at the same time. */
    private static int most(LoginThreads threads, int expected) throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore begun = new Semaphore(0);
        CountDownLatch go = new CountDownLatch(1);
        List<CompletionStage<Integer>> all = new ArrayList<>();
        for (int i = 0; i < LOGINS; i++) {
            all.add(threads.run(() -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                begun.release();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return now.decrementAndGet();
            }));
        }
        assertThat(begun.tryAcquire(expected, 30, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        for (CompletionStage<Integer> login : all) {
            login.toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        return most.get();
    }

    @Test
    void aChangedNumberHoldsFromTheNextLogin() throws Exception {
        AtomicLong count = new AtomicLong(1);
        try (LoginThreads threads = new LoginThreads("test", count::get)) {
            assertThat(most(threads, 1)).isEqualTo(1);
            count.set(5);
            assertThat(most(threads, 5)).isEqualTo(5);
            count.set(2);
            assertThat(most(threads, 2)).isEqualTo(2);
        }
    }

    @Test
    void tooManyThatWaitAreRefused() {
        CountDownLatch end = new CountDownLatch(1);
        try (LoginThreads threads = new LoginThreads("test", () -> 1, 1)) {
            for (int i = 0; i < 2; i++) {
                threads.run(() -> {
                    try {
                        return end.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            assertThatThrownBy(() -> threads.run(() -> 1))
                    .isInstanceOfSatisfying(
                            XenApiException.class, e -> assertThat(e.code()).isEqualTo("TOO_BUSY"));
        } finally {
            end.countDown();
        }
    }
}
