package org.jxapi.http;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's end of a tunnel: what comes from there goes to the client, as fast as that takes it. No thread waits, and a
 * tunnel through which nothing comes holds no buffer.
 */
final class TunnelEnd extends AbstractConnection {
    private final EndPoint client;
    private final Runnable ended;
    private final ByteBufferPool pool;
    private final Pump pump = new Pump();
    private final AtomicReference<@Nullable Runnable> taken = new AtomicReference<>();
    private volatile boolean clientTakes;
    private volatile boolean serverTakes;
    private volatile boolean detached;

    /** @param ended called when the coordinator sends no more */
    TunnelEnd(EndPoint server, EndPoint client, Runnable ended, Executor executor, ByteBufferPool pool) {
        super(server, executor);
        this.client = client;
        this.ended = ended;
        this.pool = pool;
    }

    /** Whether the client has something to take, and so is the one that is idle. */
    boolean clientTakes() {
        return clientTakes;
    }

    /** Has that called once the client has taken everything. */
    void whenTaken(Runnable then) {
        taken.set(then);
        if (!clientTakes) {
            runTaken();
        }
    }

    private void runTaken() {
        Runnable then = taken.getAndSet(null);
        if (then != null) {
            then.run();
        }
    }

    /** Says whether the coordinator has something to take. */
    void serverTakes(boolean takes) {
        serverTakes = takes;
    }

    /** Ends the tunnel, but not the client's connection. */
    void detach() {
        detached = true;
        getEndPoint().close();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        fillInterested();
    }

    @Override
    public void onFillable() {
        pump.iterate();
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return serverTakes;
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        end();
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        end();
    }

    private void end() {
        getEndPoint().close();
        if (!detached) {
            client.close();
        }
    }

    private final class Pump extends IteratingCallback {
        private RetainableByteBuffer.@Nullable Mutable piece;

        @Override
        protected Action process() throws Throwable {
            RetainableByteBuffer.Mutable next = pool.acquire(getInputBufferSize(), true);
            piece = next;
            int count = getEndPoint().fill(next.getByteBuffer());
            if (count > 0) {
                clientTakes = true;
                client.write(this, next.getByteBuffer());
                return Action.SCHEDULED;
            }
            release();
            if (count == 0) {
                fillInterested();
                return Action.IDLE;
            }
            return Action.SUCCEEDED;
        }

        private void release() {
            clientTakes = false;
            if (piece != null) {
                piece.release();
                piece = null;
            }
            runTaken();
        }

        @Override
        protected void onSuccess() {
            release();
        }

        @Override
        protected void onCompleteSuccess() {
            if (!detached) {
                ended.run();
            }
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            release();
            end();
        }
    }
}
