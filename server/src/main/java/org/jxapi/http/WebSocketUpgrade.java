package org.jxapi.http;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.exception.WebSocketException;
import org.eclipse.jetty.websocket.core.server.Handshaker;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.jspecify.annotations.Nullable;

/** The answer to a request that may make its connection a WebSocket. Jetty's WebSocket is loaded with the first one. */
final class WebSocketUpgrade implements ConnectHandler.Answer {
    /** The protocol of noVNC, and the only one of XAPI (ocaml/libs/http-lib/ws_helpers.ml). */
    private static final String BINARY = "binary";
    /** Bytes read at a time. A larger frame comes in several pieces. */
    private static final int BUFFER = 16 * 1024;

    private static final Handshaker HANDSHAKER = Handshaker.newInstance();

    private final Request request;
    private final Response response;
    private final Callback callback;
    private @Nullable WebSocketStreams streams;
    private boolean refused;

    WebSocketUpgrade(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    @Override
    public ConnectHandler.Streams open() throws IOException {
        WebSocketStreams opening = new WebSocketStreams(
                request.getConnectionMetaData().getConnector().getScheduler());
        // The connection becomes a WebSocket after the answer has gone, and never if the browser disconnects before.
        Request.addCompletionListener(request, opening::answered);
        if (!upgrade(opening)) {
            throw new Refusal(501, "Method Not Implemented", "A browser reaches a console by a WebSocket.");
        }
        streams = opening;
        opening.awaitOpen();
        return opening;
    }

    private boolean upgrade(WebSocketStreams opening) {
        try {
            return HANDSHAKER.upgradeRequest(new Negotiator(opening), request, response, callback, components(), null);
        } catch (HttpException.RuntimeException | WebSocketException e) {
            return false;
        }
    }

    private WebSocketComponents components() {
        Server server = request.getConnectionMetaData().getConnector().getServer();
        synchronized (WebSocketUpgrade.class) {
            return WebSocketServerComponents.ensureWebSocketComponents(server);
        }
    }

    @Override
    public void refuse(Refusal refusal) {
        refused = true;
        Pages.refusal(response, callback, refusal);
    }

    /** Ends the connection, or the request if it has had no answer. */
    void end() {
        if (streams != null) {
            streams.close();
        } else if (!refused) {
            Pages.error(response, callback, 500);
        }
    }

    /** Agrees on subprotocol and extensions with the browser. */
    private record Negotiator(WebSocketStreams streams) implements WebSocketNegotiator {
        @Override
        public FrameHandler negotiate(ServerUpgradeRequest asked, ServerUpgradeResponse agreed, Callback callback) {
            // VNC compresses its pixels itself, and inflating messages would take memory.
            agreed.setExtensions(List.of());
            if (asked.hasSubProtocol(BINARY)) {
                agreed.setAcceptedSubProtocol(BINARY);
            }
            return streams;
        }

        @Override
        public void customize(Configuration settings) {
            // A console may be silent for days in both directions.
            settings.setIdleTimeout(Duration.ZERO);
            settings.setInputBufferSize(BUFFER);
        }
    }
}
