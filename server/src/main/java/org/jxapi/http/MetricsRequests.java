package org.jxapi.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /metrics}: numbers for Prometheus. The caller needs the permission for rrd_updates, whose numbers these are,
 * unless the settings open them to programs of this host.
 */
final class MetricsRequests extends AdmittedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsRequests.class);

    private static final String PERMISSION = "http/rrd_updates";

    private final WebHandlers handlers;

    MetricsRequests(WebHandlers handlers, HttpAccess access) {
        super(access);
        this.handlers = handlers;
    }

    void serve(Request request, Response response, Callback callback) {
        if (handlers.metrics() == null) {
            Pages.missing(response, callback, "/metrics");
        } else if (handlers.openMetrics() && fromThisHost(request)) {
            request.getConnectionMetaData()
                    .getConnector()
                    .getExecutor()
                    .execute(() -> answer(request, response, callback));
        } else {
            admit(request, response, callback);
        }
    }

    /** Whether a program of this host asks for itself: neither a proxy for another host, nor a browser for another page. */
    private static boolean fromThisHost(Request request) {
        InetAddress peer = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : null;
        boolean forOther = request.getHeaders().contains("Forwarded")
                || request.getHeaders().contains("X-Forwarded-For")
                || request.getHeaders().contains(HttpHeader.ORIGIN)
                || request.getHeaders().contains("Sec-Fetch-Site");
        return peer != null && peer.isLoopbackAddress() && !forOther;
    }

    @Override
    String realm(RequestHead head) {
        return "rrd_updates";
    }

    @Override
    Refusal refusal(RequestHead head, Refusal unknown) {
        return unknown;
    }

    @Override
    ExecutorService threads(ListenerThreads listener) {
        return listener.transfers();
    }

    @Override
    void serve(RequestHead head, Request request, Response response, Callback callback) {
        if (head.admitted().permits(PERMISSION)) {
            answer(request, response, callback);
        } else {
            Refusal denied = Refusal.denied(PERMISSION);
            head.record(PERMISSION, denied.error());
            Pages.refusal(response, callback, denied);
        }
    }

    private void answer(Request request, Response response, Callback callback) {
        WebHandlers.Metrics metrics = Objects.requireNonNull(handlers.metrics());
        try {
            WebHandlers.Exposition page =
                    metrics.write(Optional.ofNullable(request.getHeaders().get(HttpHeader.ACCEPT)));
            Pages.send(response, callback, 200, page.contentType(), page.body());
        } catch (RuntimeException | Error e) {
            LOG.error("Metrics: a scrape failed unexpectedly", e);
            Pages.error(response, callback, 500);
        }
    }
}
