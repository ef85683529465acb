package org.jxapi.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;

/**
 * Handlers for monitoring and browsers, of GET requests that are neither for consoles nor for transfers.
 *
 * @param readiness whether the daemon serves calls
 * @param events changes of objects
 * @param metrics numbers for Prometheus; null for none
 * @param openMetrics whether programs of this host get the numbers without a session
 * @param site the web console
 * @param simulator orders for a simulated machine; null for a real one
 */
public record WebHandlers(
        Readiness readiness,
        EventFeed events,
        @Nullable Metrics metrics,
        boolean openMetrics,
        SiteFiles site,
        @Nullable SimulatorHandler simulator) {
    /** Those of a server that has none of this: it is ready, and has no events. */
    static final WebHandlers NONE = new WebHandlers(
            () -> CompletableFuture.completedFuture(true),
            (session, classes, token, wait) -> CompletableFuture.failedFuture(Errors.eventsLost()),
            null,
            false,
            SiteFiles.NONE,
            null);

    /** Whether the daemon serves calls now. */
    public interface Readiness {
        /** Never fails, and answers in a few seconds, whatever is the matter. */
        CompletionStage<Boolean> ready();
    }

    /** The changes of objects, as event.from answers them. */
    public interface EventFeed {
        /**
         * The changes after a token; none when there are none in the time. It fails with a XenAPI error: EVENTS_LOST for a
         * token that is too old, SESSION_INVALID once the session has ended.
         *
         * @param classes {@code *}, classes or single objects
         */
        CompletionStage<EventBatch> after(Ref<Session> session, List<String> classes, String token, Duration wait);
    }

    /** Numbers in one of Prometheus's text formats. */
    public interface Metrics {
        /** @param accept the formats that the client takes, as in its header */
        Exposition write(Optional<String> accept);
    }

    /** A page of numbers. */
    public record Exposition(String contentType, byte[] body) {}
}
