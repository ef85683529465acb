package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.util.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection: {@code POST /cli} hands it to the command line, whose protocol is not HTTP,
 * {@code CONNECT} to the consoles, whose target is not what HTTP wants there, and {@code GET /console} too, where
 * browsers ask for a WebSocket; an upload to the transfers, since its client may wait for an answer before it sends a
 * body, and may end that with the connection; everything else goes on as HTTP.
 */
final class FirstBytes extends AbstractConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(FirstBytes.class);
    private static final byte[] CLI = "POST /cli ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECT = "CONNECT ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BROWSER = "GET /console?".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PUT = "PUT /import".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CLIENTS = 100;
    private static final int MAX_CONSOLES = 500;

    private final OwnProtocols protocols;
    private final boolean unixSocket;
    private final ExecutorService transferring;
    private final ExecutorService clients = OwnProtocols.threads("cli", MAX_CLIENTS);
    private final ExecutorService viewers = OwnProtocols.threads("console", MAX_CONSOLES);

    FirstBytes(OwnProtocols protocols, ExecutorService transferring, boolean unixSocket) {
        super("cli-or-http");
        this.protocols = protocols;
        this.transferring = transferring;
        this.unixSocket = unixSocket;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Sniffer(connector, endPoint), connector, endPoint);
    }

    @Override
    protected void doStop() throws Exception {
        clients.shutdownNow();
        viewers.shutdownNow();
        transferring.shutdownNow();
        super.doStop();
    }

    /** Reads until it is clear who is talking. */
    final class Sniffer extends AbstractConnection {
        private final Connector connector;
        private volatile boolean serving;
        private final ByteBuffer start = BufferUtil.allocate(BROWSER.length);

        Sniffer(Connector connector, EndPoint endPoint) {
            super(endPoint, connector.getExecutor());
            this.connector = connector;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            fillInterested();
        }

        /** Whether it is known who is talking, and that it is not HTTP. */
        boolean serving() {
            return serving;
        }

        @Override
        public void onFillable() {
            try {
                int filled = getEndPoint().fill(start);
                boolean cli = matches(CLI);
                boolean connect = matches(CONNECT);
                boolean browser = matches(BROWSER);
                boolean put = matches(PUT);
                if (filled < 0) {
                    close();
                } else if (cli && start.remaining() >= CLI.length) {
                    serve(clients, this::cli);
                } else if (connect && start.remaining() >= CONNECT.length) {
                    serve(viewers, this::console);
                } else if (browser && start.remaining() >= BROWSER.length) {
                    serve(viewers, this::console);
                } else if (put && start.remaining() >= PUT.length) {
                    serve(transferring, this::upload);
                } else if (start.hasRemaining() && !cli && !connect && !browser && !put) {
                    http();
                } else {
                    fillInterested();
                }
            } catch (IOException e) {
                close();
            }
        }

        /** Whether what was read may be the beginning of that. */
        private boolean matches(byte[] begin) {
            for (int i = 0; i < Math.min(start.remaining(), begin.length); i++) {
                if (start.get(start.position() + i) != begin[i]) {
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

        private void serve(ExecutorService on, Consumer<byte[]> how) {
            byte[] read = new byte[start.remaining()];
            start.get(read);
            serving = true;
            try {
                on.execute(() -> how.accept(read));
            } catch (RejectedExecutionException e) {
                close();
            }
        }

        private void cli(byte[] read) {
            new CliConnection(getEndPoint(), read, protocols.cli(), unixSocket).run();
        }

        private void console(byte[] read) {
            // Nobody need type, and a guest may have nothing to say, for days.
            getEndPoint().setIdleTimeout(0);
            ConnectionStreams streams = new ConnectionStreams(getEndPoint());
            try {
                RequestHead request = RequestHead.parse(streams.head(read), unixSocket, peer());
                protocols.consoles().connect(request, streams.in(), streams.out());
            } catch (IOException e) {
                LOG.debug("A console's client went away: {}", e.getMessage());
            } catch (RuntimeException | Error e) {
                LOG.error("A console could not be served", e);
            } finally {
                close();
            }
        }

        private String peer() {
            return unixSocket ? "unix socket" : String.valueOf(getEndPoint().getRemoteSocketAddress());
        }

        private void upload(byte[] read) {
            ConnectionStreams streams = new ConnectionStreams(getEndPoint());
            try {
                RequestHead head = RequestHead.parse(streams.head(read), unixSocket, peer());
                ConnectionAnswer answer = new ConnectionAnswer(streams.out());
                if (head.headers().getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
                    streams.out().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                protocols.transfers().serve(head, new Body(streams.in(), head), answer);
            } catch (IOException e) {
                LOG.debug("An upload's client went away: {}", e.getMessage());
            } catch (RuntimeException | Error e) {
                LOG.error("An upload could not be served", e);
            } finally {
                getEndPoint().shutdownOutput();
                close();
            }
        }
    }
}
