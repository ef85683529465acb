package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for one request that is no call. Its head is read without a thread, and only a client that is known gets
 * one. HeaderTimeout closes it when that takes too long.
 */
abstract class NonRpcConnection extends AbstractConnection {
    private static final Logger LOG = LoggerFactory.getLogger(NonRpcConnection.class);
    /** The most that is read of an unused body, so that its client receives the answer. */
    private static final int LEFTOVER = 1024 * 1024;

    private enum Phase {
        READING,
        DECIDING,
        SERVING,
        ENDING
    }

    /** The work of a thread for the client. The connection is closed afterwards. */
    interface Work {
        void run(ConnectionStreams streams) throws IOException;
    }

    private final boolean unixSocket;
    private final RequestBytes request = new RequestBytes();
    private final ByteBuffer piece = ByteBuffer.allocate(4096).flip();
    private volatile Phase phase = Phase.READING;
    private volatile @Nullable ConnectionStreams streams;
    private @Nullable RequestHead head;
    private int leftover;

    /** @param begin what was read already */
    NonRpcConnection(EndPoint endPoint, Executor executor, boolean unixSocket, ByteBuffer begin) {
        super(endPoint, executor);
        this.unixSocket = unixSocket;
        request.add(begin);
    }

    /** Called with the head, and again with each piece of the body, until it decides. */
    abstract void received(RequestHead head, RequestBytes request);

    /** Whether the client is not known yet, or will not be. */
    final boolean waiting() {
        return phase != Phase.SERVING;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        onFillable();
    }

    @Override
    public void onFillable() {
        try {
            if (phase == Phase.ENDING) {
                discard();
                return;
            }
            look();
            while (phase == Phase.READING) {
                piece.clear().flip();
                int filled = getEndPoint().fill(piece);
                if (filled < 0) {
                    close();
                    return;
                }
                if (filled == 0) {
                    fillInterested();
                    return;
                }
                request.add(piece);
                look();
            }
        } catch (IOException e) {
            close();
        }
    }

    private void look() {
        try {
            if (request.headTooLong()) {
                throw new Refusal(431, "Request Header Fields Too Large", "The head of the request is too long.");
            }
            if (head == null && request.headComplete()) {
                head = RequestHead.parse(request.head(), unixSocket, Peer.of(unixSocket, getEndPoint()))
                        .showing(Peer.certificates(getEndPoint()), Peer.member(getEndPoint()));
            }
            if (head != null) {
                received(head, request);
            }
        } catch (Refusal e) {
            refuse(e);
        }
    }

    /** Reads no more until it is known who the client is. */
    final void deciding() {
        phase = Phase.DECIDING;
    }

    /** Gives the client a thread for the work; {@code end} runs afterwards, also when there is no thread. */
    final void serve(ExecutorService threads, byte[] rest, Work work, Runnable end) {
        ConnectionStreams own = new ConnectionStreams(getEndPoint(), rest);
        streams = own;
        phase = Phase.SERVING;
        try {
            threads.execute(() -> {
                try (AutoCloseable closes = end::run) {
                    work.run(own);
                } catch (IOException e) {
                    LOG.debug("Client disconnected: {}", e.getMessage());
                } catch (Exception | Error e) {
                    LOG.error("Client: request failed unexpectedly", e);
                } finally {
                    getEndPoint().shutdownOutput();
                    close();
                }
            });
        } catch (RejectedExecutionException e) {
            end.run();
            refuse(Refusal.busy());
        }
    }

    final void refuse(Refusal refusal) {
        answer(ConnectionAnswer.bytes(refusal));
    }

    /** Sends all that there is to say, and ends the connection. */
    final void answer(byte[] all) {
        phase = Phase.ENDING;
        getEndPoint()
                .write(
                        Callback.from(
                                () -> {
                                    getEndPoint().shutdownOutput();
                                    fillInterested();
                                },
                                failure -> close()),
                        ByteBuffer.wrap(all));
    }

    /** A client that is still sending would lose the answer if the connection was closed now. */
    private void discard() throws IOException {
        while (leftover < LEFTOVER) {
            piece.clear().flip();
            int filled = getEndPoint().fill(piece);
            if (filled == 0) {
                fillInterested();
                return;
            }
            if (filled < 0) {
                break;
            }
            leftover += filled;
        }
        close();
    }

    /** A client that is served is idle only when something waits for it: what it asked for may take any time. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        ConnectionStreams own = streams;
        return waiting() || own != null && own.waiting();
    }
}
