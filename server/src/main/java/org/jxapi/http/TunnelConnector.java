package org.jxapi.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIHostName;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.MutualTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens tunnels to the coordinator of this host's pool, on the threads of a server. */
final class TunnelConnector extends ContainerLifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelConnector.class);
    /** How long the coordinator may take for the connection, and again for the tunnel. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ClientConnector connector = new ClientConnector();
    private final SslContextFactory.Client tls = new SslContextFactory.Client() {
        @Override
        protected void checkConfiguration() {
            // It warns of servers whose names are not checked.
        }
    };
    private final Upstream upstream;
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    /** Whether the latest tunnel could be opened. */
    private final AtomicBoolean answers = new AtomicBoolean(true);

    TunnelConnector(Server server, Upstream upstream) {
        this.upstream = upstream;
        tls.setSslContext(upstream.tls());
        // The context trusts certificates, not names.
        tls.setEndpointIdentificationAlgorithm(null);
        tls.setSNIProvider((engine, names) -> List.of(new SNIHostName(MutualTls.POOL)));
        connector.setExecutor(server.getThreadPool());
        connector.setScheduler(server.getScheduler());
        connector.setByteBufferPool(server.getByteBufferPool());
        connector.setSslContextFactory(tls);
        connector.setSelectors(1);
        connector.setConnectTimeout(LIMIT);
        addBean(connector);
        upstream.onMove(this::moved);
    }

    Upstream upstream() {
        return upstream;
    }

    /**
     * Opens a tunnel, without waiting for it.
     *
     * @param client its address; empty for one on the unix socket
     * @param opened gets the tunnel, or the reason why there is none
     */
    void open(String client, Promise<EndPoint> opened) {
        Upstream.Coordinator coordinator = upstream.coordinator();
        Executor executor = connector.getExecutor();
        Attempt attempt = new Attempt(coordinator, opened);
        attempts.removeIf(Attempt::over);
        attempts.add(attempt);
        // Finding the address of a name may take a while.
        executor.execute(() -> {
            try {
                byte[] request = new TunnelRequest(coordinator.member(), client).bytes();
                ClientConnectionFactory inside =
                        (endPoint, context) -> new TunnelOpening(endPoint, executor, request, LIMIT, attempt);
                Map<String, Object> context = new HashMap<>();
                context.put(Transport.CONTEXT_KEY, Transport.TCP_IP);
                context.put(
                        ClientConnectionFactory.CONTEXT_KEY,
                        new SslClientConnectionFactory(tls, connector.getByteBufferPool(), executor, inside));
                context.put(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY, new Promise<Connection>() {
                    @Override
                    public void failed(Throwable failure) {
                        attempt.failed(failure);
                    }
                });
                connector.connect(new InetSocketAddress(coordinator.address(), coordinator.port()), context);
            } catch (RuntimeException e) {
                attempt.failed(e);
            }
        });
    }

    /** Another host is the coordinator now: clients of the former one need not wait for it. */
    private void moved() {
        attempts.forEach(Attempt::end);
    }

    /** A tunnel, or one that is being opened. */
    private final class Attempt implements Promise<EndPoint> {
        private final Upstream.Coordinator coordinator;
        private final Promise<EndPoint> opened;
        private final AtomicBoolean decided = new AtomicBoolean();
        private volatile @Nullable EndPoint tunnel;

        Attempt(Upstream.Coordinator coordinator, Promise<EndPoint> opened) {
            this.coordinator = coordinator;
            this.opened = opened;
        }

        @Override
        public void succeeded(EndPoint made) {
            tunnel = made;
            if (!decided.compareAndSet(false, true)) {
                made.close();
                return;
            }
            if (!answers.getAndSet(true)) {
                LOG.info("Pool: the coordinator {} takes this host's clients again", coordinator.address());
            }
            opened.succeeded(made);
        }

        @Override
        public void failed(Throwable failure) {
            if (!decided.compareAndSet(false, true)) {
                return;
            }
            if (answers.getAndSet(false)) {
                LOG.warn(
                        "Pool: the coordinator {} takes none of this host's clients: {}",
                        coordinator.address(),
                        failure.toString());
            }
            opened.failed(failure);
        }

        boolean over() {
            EndPoint made = tunnel;
            return decided.get() && (made == null || !made.isOpen());
        }

        void end() {
            EndPoint made = tunnel;
            if (made != null) {
                made.close();
            } else {
                failed(new IOException("another host is the coordinator now"));
            }
        }
    }
}
