package org.jxapi.http;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A client of a member. The beginning of each request decides whether it goes on through a tunnel to the coordinator, or this
 * host answers the connection from there on, because only it can. While the coordinator cannot be reached, this host answers
 * too: it says where the coordinator was.
 */
final class PassedConnection extends AbstractConnection {
    private final boolean unixSocket;
    private final TunnelConnector tunnels;
    private final ByteBufferPool pool;
    private final Function<ByteBuffer, Connection> here;
    private final Pump pump = new Pump();
    private volatile Phase phase = Phase.LOOKING;
    private final AtomicLong requests = new AtomicLong();
    private volatile @Nullable TunnelEnd tunnel;

    private volatile boolean clientEnded;
    private volatile boolean serverEnded;
    private volatile PassedRequest request;
    /** How much of the request is still to come, in bytes; PassedRequest.ENDLESS when all belongs to it that comes. */
    private long rest;

    private enum Phase {
        /** The beginning of a request is being read. */
        LOOKING,
        /** There is no tunnel yet. */
        OPENING,
        /** This host answers from here on. */
        LEAVING,
        /** The beginning of the request, which was read, is to be passed on. */
        STARTING,
        /** The rest of the request is being passed on. */
        PASSING
    }

    /**
     * @param begin what was read already
     * @param here serves a connection on this host, from that on which was read
     */
    PassedConnection(
            EndPoint endPoint,
            Executor executor,
            boolean unixSocket,
            ByteBuffer begin,
            TunnelConnector tunnels,
            ByteBufferPool pool,
            Function<ByteBuffer, Connection> here) {
        super(endPoint, executor);
        this.unixSocket = unixSocket;
        this.tunnels = tunnels;
        this.pool = pool;
        this.here = here;
        this.request = new PassedRequest(begin);
    }

    /** Which request's beginning is awaited, counted on this connection; -1 for none. */
    long awaited() {
        boolean begun = requests.get() == 0 || request.begun();
        return phase == Phase.OPENING || phase == Phase.LOOKING && begun ? requests.get() : -1;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        pump.iterate();
    }

    @Override
    public void onFillable() {
        pump.iterate();
    }

    /** The coordinator decides how long a client may be silent while it waits for an answer, or before its next request. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        TunnelEnd open = tunnel;
        return open == null || open.clientTakes() || serverEnded;
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        getEndPoint().close();
    }

    /** Also when this host answers the connection from now on. */
    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        TunnelEnd open = tunnel;
        if (open != null) {
            open.detach();
        }
    }

    /** A client that is still sending would lose the answer if its connection was closed now. */
    private void serverEnded() {
        serverEnded = true;
        if (clientEnded || phase == Phase.LOOKING && !request.begun()) {
            getEndPoint().close();
        } else {
            getEndPoint().shutdownOutput();
        }
    }

    private final class Opened implements Promise<EndPoint> {
        @Override
        public void succeeded(EndPoint server) {
            TunnelEnd end =
                    new TunnelEnd(server, getEndPoint(), PassedConnection.this::serverEnded, getExecutor(), pool);
            server.setIdleTimeout(getEndPoint().getIdleTimeout());
            server.upgrade(end);
            tunnel = end;
            if (!getEndPoint().isOpen()) {
                server.close();
            }
            phase = Phase.STARTING;
            pump.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            phase = Phase.LEAVING;
            pump.succeeded();
        }
    }

    private final class Pump extends IteratingCallback {
        private RetainableByteBuffer.@Nullable Mutable piece;

        @Override
        protected Action process() throws Throwable {
            while (true) {
                Action action = switch (phase) {
                    case LOOKING -> look();
                    case LEAVING -> here();
                    case OPENING, STARTING -> start();
                    case PASSING -> pass();
                };
                if (action != null) {
                    return action;
                }
            }
        }

        /** Null to go on. */
        private @Nullable Action look() throws Throwable {
            switch (request.choice(tunnels.upstream(), unixSocket)) {
                case HERE -> {
                    return here();
                }
                case PASS -> {
                    rest = request.rest();
                    if (tunnel != null) {
                        phase = Phase.STARTING;
                        return null;
                    }
                    phase = Phase.OPENING;
                    String client = unixSocket
                            ? ""
                            : Peer.of(getEndPoint().getRemoteSocketAddress()).replaceFirst("%.*", "");
                    tunnels.open(client, new Opened());
                    return Action.SCHEDULED;
                }
                default -> {
                    return came(getEndPoint().fill(request.buffer()));
                }
            }
        }

        /** Null if something came. */
        private @Nullable Action came(int count) {
            if (count == 0) {
                fillInterested();
                return Action.IDLE;
            }
            return count < 0 ? Action.SUCCEEDED : null;
        }

        private Action here() {
            TunnelEnd open = tunnel;
            if (open != null && open.clientTakes()) {
                // The client has the answer already, and the endpoint will know in a moment.
                phase = Phase.LEAVING;
                open.whenTaken(this::succeeded);
                return Action.SCHEDULED;
            }
            getEndPoint().upgrade(here.apply(request.buffer()));
            return Action.IDLE;
        }

        private Action start() {
            TunnelEnd end = open();
            phase = Phase.PASSING;
            requests.incrementAndGet();
            end.serverTakes(true);
            end.getEndPoint().write(this, request.buffer());
            return Action.SCHEDULED;
        }

        private TunnelEnd open() {
            TunnelEnd end = tunnel;
            if (end == null) {
                throw new IllegalStateException("no tunnel");
            }
            return end;
        }

        private @Nullable Action pass() throws Throwable {
            if (rest == 0) {
                request = new PassedRequest();
                phase = Phase.LOOKING;
                return null;
            }
            int most = (int) Math.min(rest == PassedRequest.ENDLESS ? Integer.MAX_VALUE : rest, getInputBufferSize());
            RetainableByteBuffer.Mutable next = pool.acquire(most, true);
            piece = next;
            // A buffer of the pool may be larger than asked for, and the next request begins after this one.
            ByteBuffer part =
                    next.getByteBuffer().duplicate().clear().limit(most).slice().limit(0);
            int count = getEndPoint().fill(part);
            if (count <= 0) {
                release();
                return came(count);
            }
            if (rest != PassedRequest.ENDLESS) {
                rest -= count;
            }
            TunnelEnd end = open();
            end.serverTakes(true);
            end.getEndPoint().write(this, part);
            return Action.SCHEDULED;
        }

        private void release() {
            if (piece != null) {
                piece.release();
                piece = null;
            }
        }

        @Override
        protected void onSuccess() {
            release();
            TunnelEnd end = tunnel;
            if (end != null) {
                end.serverTakes(false);
            }
        }

        /** The client sends no more, but may still want its answer. */
        @Override
        protected void onCompleteSuccess() {
            TunnelEnd end = tunnel;
            clientEnded = true;
            if (end == null || serverEnded) {
                getEndPoint().close();
            } else {
                end.getEndPoint().shutdownOutput();
            }
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            release();
            getEndPoint().close();
        }
    }
}
