package org.jxapi.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jxapi.http.WebHandlers.EventFeed;

/**
 * {@code GET /events}: changes of objects as server-sent events, for clients that may call event.from. A client costs no
 * thread.
 */
final class EventStreams {
    private static final String PERMISSION = "event.from";

    /** Of all listeners together. */
    private static final int MOST = 500;

    private final EventFeed feed;
    private final HttpAccess access;
    private final Duration patience;
    private final AtomicInteger open = new AtomicInteger();

    /** @param patience how long a client may take for a piece */
    EventStreams(EventFeed feed, HttpAccess access, Duration patience) {
        this.feed = feed;
        this.patience = patience;
        this.access = access;
    }

    void admit(Request request, Response response, Callback callback) {
        AdmittedRequests.withHead(
                request,
                response,
                callback,
                head -> access.admit(head, "events").whenComplete((grant, failure) -> {
                    if (failure != null) {
                        Pages.refusal(response, callback, HttpAccess.refusal(failure));
                    } else {
                        admitted(head, grant, request, response, callback);
                    }
                }));
    }

    private void admitted(RequestHead head, Grant grant, Request request, Response response, Callback callback) {
        if (!grant.permits(PERMISSION)) {
            Refusal denied = Refusal.denied(PERMISSION);
            head.of(grant).record(PERMISSION, denied.error());
            grant.close();
            Pages.refusal(response, callback, denied);
        } else if (open.incrementAndGet() > MOST) {
            open.decrementAndGet();
            grant.close();
            Pages.refusal(response, callback, Refusal.busy());
        } else {
            request.addIdleTimeoutListener(timeout -> false);
            new EventStream(
                            feed,
                            grant,
                            classes(head),
                            token(head),
                            patience,
                            request,
                            response,
                            callback,
                            open::decrementAndGet)
                    .start();
        }
    }

    private static List<String> classes(RequestHead head) {
        List<String> wanted = head.all("classes").stream()
                .flatMap(text -> List.of(text.split(",")).stream())
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        return wanted.isEmpty() ? List.of("*") : wanted;
    }

    /** A browser that connects again sends the token that it has seen last. */
    private static String token(RequestHead head) {
        String last = head.headers().getOrDefault("last-event-id", "");
        return last.isEmpty() ? head.query().getOrDefault("token", "") : last;
    }
}
