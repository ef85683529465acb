package org.jxapi.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Requests below {@code /simulator}; without a simulator there is nothing. */
final class SimulatorRequests {
    private static final String JSON = "application/json";
    /** The longest order, in bytes. */
    private static final long LONGEST = 1 << 20;

    private final @Nullable SimulatorHandler handler;
    private final CallBodies bodies;

    /** @param patience how long the body of an order may take to come */
    SimulatorRequests(@Nullable SimulatorHandler handler, Duration patience) {
        this.handler = handler;
        this.bodies = new CallBodies(LONGEST, patience);
    }

    boolean serves(String path) {
        return handler != null && (path.equals(SimulatorHandler.PATH) || path.startsWith(SimulatorHandler.PATH + "/"));
    }

    void serve(String path, Request request, Response response, Callback callback) {
        boolean reads = HttpMethod.POST.is(request.getMethod()) || HttpMethod.PUT.is(request.getMethod());
        if (!reads || !hasBody(request)) {
            answer(path, request, response, callback, new byte[0]);
            return;
        }
        bodies.read(request, (body, failure) -> {
            if (failure != null) {
                String why = "{\"error\": \"the body cannot be read: it must have a content-length, and at most "
                        + LONGEST + " bytes\"}\n";
                Pages.send(response, callback, 400, JSON, why.getBytes(StandardCharsets.UTF_8));
            } else {
                answer(path, request, response, callback, body);
            }
        });
    }

    /** RFC 9112, 6.3: a request with neither header has none, as that of curl -X POST. */
    private static boolean hasBody(Request request) {
        return request.getLength() > 0
                || request.getLength() < 0 && request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /** An order may take a while, and this may be the thread that looks at all connections. */
    private void answer(String path, Request request, Response response, Callback callback, byte[] body) {
        SimulatorHandler known = handler;
        if (known == null) {
            Pages.missing(response, callback, path);
            return;
        }
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        request.addIdleTimeoutListener(timeout -> false);
        request.getConnectionMetaData().getConnector().getExecutor().execute(() -> {
            SimulatorHandler.Answer answer = known.serve(request.getMethod(), path, authorization, body);
            Pages.send(response, callback, answer.status(), JSON, answer.body());
        });
    }
}
