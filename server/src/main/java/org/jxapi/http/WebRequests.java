package org.jxapi.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jxapi.rpc.OpenRpc;

/** GET requests for health, the description of the API, events, metrics, and the files of the web console. */
final class WebRequests {
    private static final String JSON = "application/json";

    private final WebHandlers handlers;
    private final EventStreams events;
    private final MetricsRequests metrics;
    private final SiteRequests site;

    /** @param patience how long a client of events may take for a piece */
    WebRequests(WebHandlers handlers, HttpAccess access, Duration patience) {
        this.handlers = handlers;
        this.events = new EventStreams(handlers.events(), access, patience);
        this.metrics = new MetricsRequests(handlers, access);
        this.site = new SiteRequests(handlers.site());
    }

    void serve(String path, Request request, Response response, Callback callback) {
        switch (path) {
            case "/health/live" -> health(response, callback, true);
            case "/health", "/health/ready" ->
                handlers.readiness().ready().whenComplete((ready, e) -> health(response, callback, e == null && ready));
            case "/openrpc.json" -> Pages.send(response, callback, 200, JSON, OpenRpc.bytes());
            case "/events" -> events.admit(request, response, callback);
            case "/metrics" -> metrics.serve(request, response, callback);
            default -> site.serve(path, request, response, callback);
        }
    }

    /** Everybody may ask, so the answer says nothing else. */
    private static void health(Response response, Callback callback, boolean well) {
        String text = "{\"status\":\"" + (well ? "ok" : "unavailable") + "\"}\n";
        Pages.send(response, callback, well ? 200 : 503, JSON, text.getBytes(StandardCharsets.UTF_8));
    }
}
