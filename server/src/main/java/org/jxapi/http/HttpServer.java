package org.jxapi.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.session.PeerLog;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's listeners: plain HTTP, TLS and a unix socket, all with the same handlers. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** Of TCP and TLS, and again of the unix socket, so that root is served however busy the others are. */
    private static final int THREADS = 64;
    /** As many are there always, for those that listen. */
    private static final int LEAST_THREADS = 4;
    /** How long a peer that has its turn may be silent. */
    private static final Duration IDLE = Duration.ofSeconds(300);
    /** How long the head of a request may take, XAPI's own; and its body, if it is short. */
    private static final Duration HEAD = Duration.ofSeconds(60);
    /** Connections of each listener; further ones wait until others end. */
    private static final int CONNECTIONS = 4000;

    private final Server server;
    private final Listen listen;
    private final NonRpcHandlers protocols;
    private final @Nullable TunnelConnector tunnels;
    private final List<String> endpoints = new ArrayList<>();
    private @Nullable SocketFile socket;
    private @Nullable ServerConnector plain;
    /** The port of plain HTTP: the one of the settings, or the free one that was found first. */
    private int plainPort;

    private HttpServer(Server server, Listen listen, NonRpcHandlers protocols, @Nullable TunnelConnector tunnels) {
        this.server = server;
        this.listen = listen;
        this.protocols = protocols;
        this.tunnels = tunnels;
        this.plainPort = listen.http() == null ? 0 : listen.http().getPort();
    }

    /**
     * Where to listen; null where not.
     *
     * @param tls versions, suites and certificates of TLS; null where there is no listener for it
     * @param httpsOnly whether plain HTTP is not served at first
     * @param maxBody largest body of a call, in bytes
     * @param head longest time for the head of a request and until its sender is known, and again for the body of a
     *     short one; also longest time for a client of events to take a piece
     * @param idle longest time in which a peer that has its turn sends or takes nothing
     */
    public record Listen(
            @Nullable InetSocketAddress http,
            @Nullable InetSocketAddress https,
            @Nullable Path unixSocket,
            @Nullable TlsContext tls,
            boolean httpsOnly,
            long maxBody,
            Duration head,
            Duration idle) {
        public Listen(
                @Nullable InetSocketAddress http,
                @Nullable InetSocketAddress https,
                @Nullable Path unixSocket,
                @Nullable TlsContext tls,
                boolean httpsOnly,
                long maxBody) {
            this(http, https, unixSocket, tls, httpsOnly, maxBody, HEAD, IDLE);
        }
    }

    /** Starts listening without handlers for monitoring and events. */
    static HttpServer start(Listen listen, Dispatcher dispatcher, NonRpcHandlers protocols) throws IOException {
        return start(listen, dispatcher, protocols, WebHandlers.NONE);
    }

    /**
     * Starts listening.
     *
     * @throws IOException when an address cannot be had; the message is one line that names it
     */
    public static HttpServer start(Listen listen, Dispatcher dispatcher, NonRpcHandlers protocols, WebHandlers web)
            throws IOException {
        Server jetty = new Server(threads("http"));
        PeerLog log = new PeerLog(LOG, "bad requests");
        Upstream upstream = protocols.tunnels().upstream();
        RpcHandler calls = new RpcHandler(
                dispatcher,
                new CallBodies(listen.maxBody(), listen.head()),
                new CallBodies(listen.maxBody(), listen.head()),
                new JettyConsoles(protocols.consoles(), protocols.access()),
                new JettyTransfers(protocols.transfers(), protocols.access()),
                new WebRequests(web, protocols.access(), listen.head()),
                new SimulatorRequests(web.simulator(), listen.head()),
                new CoordinatorThumbprint(upstream),
                log);
        jetty.setHandler(upstream == null ? calls : new OwnAnswers(calls));
        jetty.setErrorHandler((request, response, callback) -> {
            Pages.error(response, callback, response.getStatus());
            return true;
        });
        TunnelConnector tunnels = upstream == null ? null : new TunnelConnector(jetty, upstream);
        if (tunnels != null) {
            jetty.addBean(tunnels);
        }
        HttpServer server = new HttpServer(jetty, listen, protocols, tunnels);
        try {
            if (!listen.httpsOnly()) {
                server.openPlain();
            }
            if (listen.https() != null && listen.tls() != null) {
                server.tls(listen.https(), listen.tls());
            }
            if (listen.unixSocket() != null) {
                server.unix(listen.unixSocket());
            }
            jetty.start();
            new HeaderTimeout(jetty, listen.head(), log).start();
            server.publish();
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        } catch (Exception e) {
            server.close();
            throw new IOException("cannot start listening: " + Reason.of(e), e);
        }
    }

    private static QueuedThreadPool threads(String name) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, LEAST_THREADS);
        threads.setName(name);
        return threads;
    }

    private HttpConnectionFactory http(boolean secure) {
        HttpConfiguration config = new HttpConfiguration();
        config.setSendServerVersion(false);
        config.setSendDateHeader(false);
        config.setRequestHeaderSize(16 * 1024);
        // A client on the unix socket need not name a host, and the socket's path is none.
        config.setServerAuthority(new HostPort("localhost"));
        if (secure) {
            config.setSecureScheme("https");
            // Clients call this host by names and addresses that its certificate does not know.
            config.addCustomizer(new SecureRequestCustomizer(false));
        }
        return new XapiHttp(config);
    }

    private void openPlain() throws IOException {
        if (listen.http() != null && plain == null) {
            InetSocketAddress address = new InetSocketAddress(listen.http().getHostString(), plainPort);
            plain = tcp("http", address, List.of(new ProtocolSniffer(protocols, tunnels, false), http(false)));
            plainPort = plain.getLocalPort();
        }
    }

    private void closePlain() {
        if (plain != null) {
            // Its connections go on, as through XAPI's firewall: over one of them may come the call that closes it.
            plain.close();
            plain = null;
            endpoints.removeIf(endpoint -> endpoint.startsWith("http:"));
        }
    }

    /** Whether it has a listener for TLS. */
    public boolean servesTls() {
        return listen.https() != null;
    }

    /** Begins to listen for plain HTTP where the settings say so, or ends it; connections that exist go on. */
    public synchronized void servePlain(boolean wanted) throws IOException {
        if (!wanted) {
            closePlain();
            return;
        }
        for (Connector connector : server.getConnectors()) {
            boolean closed = connector instanceof ServerConnector tcp && !tcp.isOpen();
            if (closed && connector.getConnectedEndPoints().isEmpty()) {
                server.removeConnector(connector);
                stop(connector);
            }
        }
        openPlain();
        if (plain != null) {
            try {
                server.manage(plain);
                plain.start();
            } catch (Exception e) {
                closePlain();
                throw new IOException("cannot start listening: " + Reason.of(e), e);
            }
        }
    }

    private static void stop(LifeCycle part) {
        try {
            part.stop();
        } catch (Exception e) {
            LOG.warn("Listeners did not close cleanly", e);
        }
    }

    private ServerConnector tcp(String scheme, InetSocketAddress address, List<ConnectionFactory> factories)
            throws IOException {
        ServerConnector connector = new TcpConnector(server, factories.toArray(new ConnectionFactory[0]));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(listen.idle().toMillis());
        try {
            connector.open();
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + scheme + " " + address.getHostString() + ":" + address.getPort() + ": "
                            + Reason.of(e),
                    e);
        }
        server.addConnector(connector);
        connector.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        String host =
                address.getHostString().contains(":") ? "[" + address.getHostString() + "]" : address.getHostString();
        endpoints.add(scheme + "://" + host + ":" + connector.getLocalPort());
        return connector;
    }

    private void tls(InetSocketAddress address, TlsContext tls) throws IOException {
        ProtocolSniffer first = new ProtocolSniffer(protocols, tunnels, false);
        tcp("https", address, List.of(new SslConnectionFactory(tls.factory(), first.getProtocol()), first, http(true)));
    }

    private void unix(Path path) throws IOException {
        SocketFile file;
        try {
            file = SocketFile.at(path);
        } catch (IOException e) {
            throw refused(path, e);
        }
        socket = file;
        UnixDomainServerConnector connector = new UnixDomainServerConnector(
                server,
                threads("socket"),
                null,
                null,
                1,
                1,
                new ProtocolSniffer(protocols, tunnels, true),
                http(false));
        connector.setUnixDomainPath(file.hidden());
        connector.setIdleTimeout(listen.idle().toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        endpoints.add("unix:" + path);
    }

    private void publish() throws IOException {
        if (socket == null) {
            return;
        }
        try {
            socket.publish();
        } catch (IOException e) {
            throw refused(socket.path(), e);
        }
    }

    private static IOException refused(Path path, IOException e) {
        return new IOException("cannot listen on " + path + ": " + Reason.of(e), e);
    }

    /** The number of clients that are connected now. */
    public int connections() {
        return Stream.of(server.getConnectors())
                .mapToInt(connector -> connector.getConnectedEndPoints().size())
                .sum();
    }

    /** Every address that it listens on, as a URL; for the unix socket {@code unix:PATH}. */
    public synchronized List<String> endpoints() {
        return List.copyOf(endpoints);
    }

    @Override
    public void close() {
        stop(server);
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector tcp) {
                tcp.close();
            }
        }
        if (socket != null) {
            socket.close();
        }
    }
}
