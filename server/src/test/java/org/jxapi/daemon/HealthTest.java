package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.harness.Eventually;

/** The answer of GET /health. */
class HealthTest {
    @Test
    void aDaemonThatAnswersNoCallIsNotReadyUntilItDoes() throws Exception {
        AtomicBoolean stuck = new AtomicBoolean(true);
        AtomicInteger calls = new AtomicInteger();
        Dispatcher dispatcher = request -> {
            calls.incrementAndGet();
            return stuck.get()
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture(new Reply.Success(Type.Basic.STRING, "OpaqueRef:x"));
        };
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            Health health = new Health(dispatcher, timer);
            CompletableFuture<Boolean> first = health.ready().toCompletableFuture();
            assertThat(health.ready()).as("one check serves all that ask").isSameAs(first);
            assertThat(first.get(60, TimeUnit.SECONDS)).isFalse();
            assertThat(calls).hasValue(1);
            stuck.set(false);
            Eventually.holds(
                    () -> assertThat(health.ready().toCompletableFuture().get(60, TimeUnit.SECONDS))
                            .isTrue());
        } finally {
            timer.shutdownNow();
        }
    }
}
