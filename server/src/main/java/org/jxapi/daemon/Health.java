package org.jxapi.daemon;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.http.WebHandlers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the daemon serves calls, as {@code GET /health} answers. Everybody may ask, so one check serves all that ask
 * within a few seconds.
 */
final class Health implements WebHandlers.Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    /** How long an answer counts. */
    private static final Duration FRESH = Duration.ofSeconds(5);
    /** How long a call may take before the daemon counts as stuck. */
    private static final Duration QUICK = Duration.ofSeconds(4);

    private static final Duration BUSY = Duration.ofMinutes(1);

    private final SelfCheck check;
    private final ScheduledExecutorService timer;
    private @Nullable CompletableFuture<Boolean> answer;
    private long since;

    Health(Dispatcher dispatcher, ScheduledExecutorService timer) {
        this.check = new SelfCheck(dispatcher, QUICK, BUSY);
        this.timer = timer;
    }

    @Override
    public synchronized CompletionStage<Boolean> ready() {
        long now = System.nanoTime();
        if (answer == null || answer.isDone() && now - since > FRESH.toNanos()) {
            CompletableFuture<Boolean> next = new CompletableFuture<>();
            answer = next;
            since = now;
            Thread thread = new Thread(() -> look(next), "health");
            thread.setDaemon(true);
            thread.start();
            timer.schedule(() -> next.complete(false), QUICK.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        }
        return answer;
    }

    private void look(CompletableFuture<Boolean> next) {
        try {
            String stuck;
            synchronized (check) {
                stuck = check.stuck();
            }
            if (stuck != null) {
                LOG.warn("Health: {}", stuck);
            }
            next.complete(stuck == null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            next.complete(false);
        } catch (RuntimeException | Error e) {
            LOG.error("Health: the check failed", e);
            next.complete(false);
        }
    }
}
