package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Looks at the first bytes of a connection: {@code POST /cli} hands it to the command line, whose protocol is not HTTP,
 * {@code CONNECT} to the consoles, whose target is not what HTTP wants there, {@code PUT} to the transfers; everything else
 * goes on as HTTP. One for each listener.
 */
final class ProtocolSniffer extends AbstractConnectionFactory {
    private static final byte[] CLI = "POST /cli ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECT = "CONNECT ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PUT = "PUT /".getBytes(StandardCharsets.US_ASCII);
    /** For the command lines that are being read, in bytes. */
    private static final long COMMAND_LINES = 16 * 1024 * 1024;

    private final NonRpcHandlers protocols;
    private final boolean unixSocket;
    private final ListenerThreads threads = new ListenerThreads();
    private final RequestMemory room = new RequestMemory(COMMAND_LINES);

    ProtocolSniffer(NonRpcHandlers protocols, boolean unixSocket) {
        super("cli-or-http");
        this.protocols = protocols;
        this.unixSocket = unixSocket;
    }

    /** Those of its listener. */
    ListenerThreads threads() {
        return threads;
    }

    boolean unixSocket() {
        return unixSocket;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Sniffer(connector, endPoint), connector, endPoint);
    }

    @Override
    protected void doStop() throws Exception {
        threads.close();
        super.doStop();
    }

    /** Reads until it is clear who is talking. */
    final class Sniffer extends AbstractConnection {
        private final Connector connector;
        private final ByteBuffer start = BufferUtil.allocate(CLI.length);

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
                boolean cli = matches(CLI);
                boolean connect = matches(CONNECT);
                boolean put = matches(PUT);
                if (filled < 0) {
                    close();
                } else if (cli && start.remaining() >= CLI.length) {
                    upgrade(new CliConnection(
                            getEndPoint(), getExecutor(), unixSocket, start, protocols.cli(), threads.clients(), room));
                } else if (connect && start.remaining() >= CONNECT.length) {
                    upgrade(new ConsoleConnection(
                            getEndPoint(), getExecutor(), unixSocket, start, protocols, threads.viewers()));
                } else if (put && start.remaining() >= PUT.length) {
                    upgrade(new UploadConnection(
                            getEndPoint(), getExecutor(), unixSocket, start, protocols, threads.transfers()));
                } else if (start.hasRemaining() && !cli && !connect && !put) {
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
            upgrade(http);
        }

        private void upgrade(Connection next) {
            getEndPoint().upgrade(next);
        }
    }
}
