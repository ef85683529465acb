package org.jxapi.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jxapi.session.PeerLog;

/**
 * Closes connections whose request's head does not come to its end, or whose client is not known in time: those cost no
 * thread, but a client that feeds them a byte now and then could hold all that there may be. CallBodies does the same for
 * bodies.
 */
final class HeaderTimeout {
    /** No head is being read: the client waits for an answer, or may think about its next request. */
    private static final long NONE = -1;

    /** Which request's head it is, counted on its connection, and since when, in ns. */
    private record Watch(long request, long since) {}

    private final Server server;
    private final Duration limit;
    private final PeerLog log;
    private Map<EndPoint, Watch> watched = Map.of();

    HeaderTimeout(Server server, Duration limit, PeerLog log) {
        this.server = server;
        this.limit = limit;
        this.log = log;
    }

    void start() {
        Scheduler scheduler = server.getScheduler();
        long pause = Math.max(50, limit.toMillis() / 10);
        scheduler.schedule(
                () -> {
                    look(System.nanoTime());
                    if (server.isRunning()) {
                        start();
                    }
                },
                pause,
                TimeUnit.MILLISECONDS);
    }

    private void look(long now) {
        Map<EndPoint, Watch> seen = new HashMap<>();
        for (Connector connector : server.getConnectors()) {
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                long request = reading(endPoint.getConnection());
                Watch before = watched.get(endPoint);
                if (request == NONE) {
                    continue;
                }
                if (before == null || before.request() != request) {
                    seen.put(endPoint, new Watch(request, now));
                } else if (now - before.since() > limit.toNanos()) {
                    String peer = Peer.of(endPoint.getRemoteSocketAddress());
                    log.warn(peer, "Closed a connection of " + peer + ": no complete request came");
                    endPoint.close();
                } else {
                    seen.put(endPoint, before);
                }
            }
        }
        watched = seen;
    }

    private static long reading(Connection connection) {
        Connection inner =
                connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
        if (inner instanceof HttpConnection http) {
            boolean head = http.getParser().inHeaderState() && !http.getParser().isStart();
            return head ? http.getMessagesIn() + 1 : NONE;
        }
        if (inner instanceof PassedConnection passed) {
            return passed.awaited();
        }
        boolean unknown =
                inner instanceof ProtocolSniffer.Sniffer || inner instanceof NonRpcConnection own && own.waiting();
        return unknown ? 0 : NONE;
    }
}
