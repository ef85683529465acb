package org.jxapi.http;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /console}: browsers reach a console by a WebSocket. */
final class JettyConsoles extends AdmittedRequests {
    static final String PATH = "/console";

    private static final Logger LOG = LoggerFactory.getLogger(JettyConsoles.class);

    private final ConnectHandler consoles;

    JettyConsoles(ConnectHandler consoles, HttpAccess access) {
        super(access);
        this.consoles = consoles;
    }

    @Override
    String realm(RequestHead head) {
        return "connect_console_ws";
    }

    @Override
    Refusal refusal(RequestHead head, Refusal unknown) {
        return unknown;
    }

    @Override
    ExecutorService threads(ListenerThreads listener) {
        return listener.viewers();
    }

    @Override
    void serve(RequestHead head, Request request, Response response, Callback callback) {
        WebSocketUpgrade upgrade = new WebSocketUpgrade(request, response, callback);
        try {
            consoles.connect(head, upgrade);
        } catch (IOException e) {
            LOG.debug("A browser has left its console: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("Browser: request failed unexpectedly", e);
        } finally {
            upgrade.end();
        }
    }
}
