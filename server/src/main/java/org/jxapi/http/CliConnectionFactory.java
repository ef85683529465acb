package org.jxapi.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Looks at the first bytes of a connection: {@code POST /cli} hands it to the command line, whose protocol is not HTTP;
 * everything else goes on as HTTP.
 */
final class CliConnectionFactory extends AbstractConnectionFactory {
    private static final byte[] START = "POST /cli ".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CLIENTS = 100;

    private final CliHandler handler;
    private final boolean unixSocket;
    private final ExecutorService clients =
            new ThreadPoolExecutor(0, MAX_CLIENTS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
                Thread thread = new Thread(r, "cli");
                thread.setDaemon(true);
                return thread;
            });

    CliConnectionFactory(CliHandler handler, boolean unixSocket) {
        super("cli-or-http");
        this.handler = handler;
        this.unixSocket = unixSocket;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Sniffer(connector, endPoint), connector, endPoint);
    }

    @Override
    protected void doStop() throws Exception {
        clients.shutdownNow();
        super.doStop();
    }

    /** Reads until it is clear who is talking. */
    private final class Sniffer extends AbstractConnection {
        private final Connector connector;
        private final ByteBuffer start = BufferUtil.allocate(START.length);

        Sniffer(Connector connector, EndPoint endPoint) {
            super(endPoint, connector.getExecutor());
            this.connector = connector;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            fillInterested();
        }

        @Override
        public void onFillable() {
            try {
                int filled = getEndPoint().fill(start);
                boolean match = matches();
                if (filled < 0) {
                    close();
                } else if (start.remaining() == START.length && match) {
                    cli();
                } else if (start.hasRemaining() && !match) {
                    http();
                } else {
                    fillInterested();
                }
            } catch (java.io.IOException e) {
                close();
            }
        }

        private boolean matches() {
            for (int i = 0; i < start.remaining(); i++) {
                if (start.get(start.position() + i) != START[i]) {
                    return false;
                }
            }
            return true;
        }

        private void http() {
            ConnectionFactory next = connector.getConnectionFactory(HttpConnectionFactory.class);
            Connection http = next.newConnection(connector, getEndPoint());
            ((Connection.UpgradeTo) http).onUpgradeTo(start);
            getEndPoint().upgrade(http);
        }

        private void cli() {
            byte[] read = new byte[start.remaining()];
            start.get(read);
            try {
                clients.execute(() -> new CliConnection(getEndPoint(), read, handler, unixSocket).run());
            } catch (java.util.concurrent.RejectedExecutionException e) {
                close();
            }
        }
    }
}
