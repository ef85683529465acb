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
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a connection: {@code POST /cli} hands it to the command line, whose protocol is not HTTP,
 * {@code CONNECT} to the consoles, whose target is not what HTTP wants there, or to a tunnel of a member, {@code PUT} to the
 * transfers; everything else goes on as HTTP. A member passes on what the coordinator answers. One for each listener.
 */
final class ProtocolSniffer extends AbstractConnectionFactory {
    private static final byte[] CLI = "POST /cli ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TUNNEL = ("CONNECT " + TunnelRequest.PATH + ' ').getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECT = "CONNECT ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PUT = "PUT /".getBytes(StandardCharsets.US_ASCII);
    /** For the command lines that are being read, in bytes. */
    private static final long COMMAND_LINES = 16 * 1024 * 1024;

    private final NonRpcHandlers protocols;
    private final @Nullable TunnelConnector tunnels;
    private final boolean unixSocket;
    private final ListenerThreads threads = new ListenerThreads();
    private final RequestMemory room = new RequestMemory(COMMAND_LINES);

    /** @param tunnels opens tunnels for clients that this host passes on; null if it answers all itself */
    ProtocolSniffer(NonRpcHandlers protocols, @Nullable TunnelConnector tunnels, boolean unixSocket) {
        super("cli-or-http");
        this.protocols = protocols;
        this.tunnels = tunnels;
        this.unixSocket = unixSocket;
    }

    /** Those of its listener. */
    ListenerThreads threads() {
        return threads;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        Sniffer sniffer = new Sniffer(connector, endPoint, unixSocket, BufferUtil.allocate(TUNNEL.length), tunnels);
        return configure(sniffer, connector, endPoint);
    }

    @Override
    protected void doStop() throws Exception {
        threads.close();
        super.doStop();
    }

    /** Reads until it is clear who is talking. */
    final class Sniffer extends AbstractConnection {
        private final Connector connector;
        private final boolean root;
        private final ByteBuffer start;
        private final @Nullable TunnelConnector upstream;

        /**
         * @param root whether the client is trusted as root
         * @param start what was read already
         * @param upstream opens a tunnel for the client; null if this host answers it
         */
        private Sniffer(
                Connector connector,
                EndPoint endPoint,
                boolean root,
                ByteBuffer start,
                @Nullable TunnelConnector upstream) {
            super(endPoint, connector.getExecutor());
            this.connector = connector;
            this.root = root;
            this.start = start;
            this.upstream = upstream;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            if (start.hasRemaining()) {
                look();
            } else {
                fillInterested();
            }
        }

        @Override
        public void onFillable() {
            try {
                if (getEndPoint().fill(start) < 0) {
                    close();
                } else {
                    look();
                }
            } catch (IOException e) {
                close();
            }
        }

        private void look() {
            boolean cli = matches(CLI);
            boolean tunnel = matches(TUNNEL);
            boolean connect = matches(CONNECT) && (!tunnel || start.remaining() >= TUNNEL.length);
            boolean put = matches(PUT);
            if (!start.hasRemaining()) {
                fillInterested();
            } else if (tunnel && start.remaining() >= TUNNEL.length) {
                upgrade(new TunnelledConnection(
                        getEndPoint(), getExecutor(), start, protocols.tunnels().gate(), this::tunnelled));
            } else if (!tunnel && passes()) {
                return;
            } else if (cli && start.remaining() >= CLI.length) {
                upgrade(new CliConnection(
                        getEndPoint(), getExecutor(), root, start, protocols.cli(), threads.clients(), room));
            } else if (connect && start.remaining() >= CONNECT.length) {
                upgrade(new ConsoleConnection(getEndPoint(), getExecutor(), root, start, protocols, threads.viewers()));
            } else if (put && start.remaining() >= PUT.length) {
                upgrade(new UploadConnection(
                        getEndPoint(), getExecutor(), root, start, protocols, threads.transfers()));
            } else if (!cli && !tunnel && !connect && !put) {
                http();
            } else {
                fillInterested();
            }
        }

        /** Passes the client on, if this host does that. One that has shown a certificate cannot log in by it elsewhere. */
        private boolean passes() {
            if (upstream == null || !Peer.certificates(getEndPoint()).isEmpty()) {
                return false;
            }
            upgrade(new PassedConnection(
                    getEndPoint(), getExecutor(), root, start, upstream, connector.getByteBufferPool(), this::here));
            return true;
        }

        /** The same client, which this host answers. */
        private Sniffer here(ByteBuffer read) {
            return new Sniffer(connector, getEndPoint(), root, read, null);
        }

        /** A client that a member has passed on. It stays here: two hosts could take each other for the coordinator. */
        private Sniffer tunnelled(TunnelledEndPoint client) {
            return new Sniffer(connector, client, client.unixSocket(), BufferUtil.allocate(TUNNEL.length), null);
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
