package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;

/** The answer of GET /health. */
class HealthTest {
    private static String ask(DaemonProcess daemon, String path) throws Exception {
        try (Http health = new Http(daemon, "GET", path)) {
            String[] words = health.head().split(" ");
            return words[1] + " " + new String(health.rest(), StandardCharsets.UTF_8).strip();
        }
    }

    /** Any client may ask, so the answer has no reason. The log has it. */
    @Test
    void aDaemonWhoseDiskDoesNotAnswerIsUnavailableUntilItDoes(@TempDir Path folder) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, UnsyncedDaemon.class)) {
            assertThat(ask(daemon, "/health")).isEqualTo("200 {\"status\":\"ok\"}");
            daemon.tell("stall");
            Eventually.holds(
                    () -> assertThat(ask(daemon, "/health/ready")).isEqualTo("503 {\"status\":\"unavailable\"}"));
            assertThat(ask(daemon, "/health")).startsWith("503 ");
            assertThat(ask(daemon, "/health/live")).isEqualTo("200 {\"status\":\"ok\"}");
            assertThat(Files.readString(folder.resolve("log"))).contains("Health: a call has had no answer for 4 s");
            daemon.tell("go on");
            Eventually.holds(() -> assertThat(ask(daemon, "/health")).startsWith("200 "));
        }
    }

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
