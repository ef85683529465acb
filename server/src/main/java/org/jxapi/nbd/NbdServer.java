package org.jxapi.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.dispatch.WorkerPool;
import org.jxapi.http.TlsContext;
import org.jxapi.local.ThisHost;
import org.jxapi.session.PeerLog;
import org.jxapi.session.Sessions;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.DiskExports;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.task.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener for readers of disks. Its port is open while a network has a purpose for NBD. Each connection has a thread
 * that blocks, since Java reads disks only so. It has no time-out for writes, so a timer closes the connections of clients
 * that miss their {@link Deadline}.
 */
public final class NbdServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private static final long LOOK_MILLIS = 1000;
    private static final long IDLE_SECONDS = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long a stop waits for readers to let their disks go. */
    private static final long STOP_SECONDS = 5;

    private final Store store;
    private final @Nullable InetSocketAddress address;
    private final Duration handshake;
    private final TlsContext tls;
    private final Exports exports;
    private final NbdInfo info;
    private final Places places = new Places();
    private final PeerLog log = new PeerLog(LOG, "connections for NBD");
    private final WorkerPool threads = new WorkerPool("nbd", Places.READERS + Places.STRANGERS, false, IDLE_SECONDS);
    private @Nullable ServerSocket listening;
    private boolean failed;
    private boolean stopped;

    /**
     * A server that does not listen yet.
     *
     * @param address where to listen while disks may be read; null for never
     * @param certificates those that TLS clients see
     */
    public NbdServer(
            Store store,
            DiskContents contents,
            Tasks tasks,
            Clock clock,
            TlsContext tls,
            ServerCertificates certificates,
            @Nullable InetSocketAddress address) {
        this(store, contents, tasks, clock, tls, certificates, address, HANDSHAKE);
    }

    /** @param handshake how long a client may take until it reads a disk */
    NbdServer(
            Store store,
            DiskContents contents,
            Tasks tasks,
            Clock clock,
            TlsContext tls,
            ServerCertificates certificates,
            @Nullable InetSocketAddress address,
            Duration handshake) {
        this.store = store;
        this.address = address;
        this.handshake = handshake;
        this.tls = tls;
        this.exports = new Exports(store, new Sessions(store, clock), contents, tasks);
        this.info = new NbdInfo(store, certificates::certificate, this::port);
    }

    /** Where disks can be read now. */
    public DiskExports servers() {
        return info;
    }

    /** Listens from now on whenever disks may be read. */
    public void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            follow(NbdNetworks.mode(store.snapshot()));
            long now = System.nanoTime();
            for (Connection connection : places.all()) {
                if (connection.deadline().missed(now)) {
                    log.warn(
                            connection.peer(),
                            "NBD: closed a connection of " + connection.peer() + ": it took too long");
                    connection.close();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("NBD: a look at the connections failed", e);
        }
    }

    /** Opens the port or closes it, as the purposes of the networks are now. */
    private synchronized void follow(NbdNetworks.Mode mode) {
        boolean wanted = mode != NbdNetworks.Mode.OFF && address != null && !stopped;
        if (wanted && listening == null) {
            open(address);
        } else if (!wanted && listening != null) {
            shut(listening);
            listening = null;
            LOG.info("NBD: not listening any more");
        }
    }

    /** The port on which it listens now; 0 for none. */
    private synchronized int port() {
        follow(NbdNetworks.mode(store.snapshot()));
        return listening == null ? 0 : listening.getLocalPort();
    }

    private void open(@Nullable InetSocketAddress at) {
        try {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(at);
            } catch (IOException | RuntimeException e) {
                shut(socket);
                throw e;
            }
            listening = socket;
            failed = false;
            Thread acceptor = new Thread(() -> accept(socket), "nbd-acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            LOG.info("NBD: listening on {}", socket.getLocalSocketAddress());
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.error("NBD: cannot listen on {}, and tries again: {}", at, Reason.of(e));
            }
        }
    }

    private static void shut(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("NBD: a socket did not close cleanly", e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                admit(socket.accept());
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    // Out of descriptors, most probably: some come back when others end.
                    log.warn("the host", "NBD: cannot take a connection: " + Reason.of(e));
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private void admit(Socket socket) {
        try {
            Connection connection = new Connection(socket);
            String refusal = refusal(connection);
            if (refusal != null) {
                connection.close();
                log.warn(connection.peer(), "NBD: closed a connection of " + connection.peer() + ": " + refusal);
            }
        } catch (IOException e) {
            LOG.debug("NBD: a client has gone at once", e);
            shut(socket);
        }
    }

    /** Why a client is not served; null when it has got its place and its thread. */
    private @Nullable String refusal(Connection connection) {
        Snapshot now = store.snapshot();
        NbdNetworks.Mode mode = NbdNetworks.mode(now);
        if (mode == NbdNetworks.Mode.OFF) {
            return "no network has the purpose nbd";
        }
        if (!NbdNetworks.admits(now, ThisHost.ref(now), connection.local())) {
            return "it came over a network without the purpose nbd";
        }
        if (!places.enter(connection)) {
            return "too many clients are in their handshakes";
        }
        connection.deadline().within(handshake);
        TlsContext needed = mode == NbdNetworks.Mode.TLS ? tls : null;
        try {
            threads.execute(new Reader(connection, exports, places, log, needed));
            return null;
        } catch (RejectedExecutionException e) {
            places.leave(connection);
            return "no thread is free";
        }
    }

    /** Ends all exports, and waits a moment until their disks are free. */
    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
            follow(NbdNetworks.Mode.OFF);
        }
        threads.shutdown();
        places.all().forEach(Connection::close);
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("NBD: readers have not ended after {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
