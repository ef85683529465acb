package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.FutureCallback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;

/**
 * A WebSocket as streams that block. Each write is a binary message. The browser's messages, binary or text, are one
 * stream of bytes.
 *
 * <p>Jetty reads a frame, or a piece of one, only on demand. This demands the next piece when the console has taken the
 * last one, and a write waits until Jetty has sent its message. Neither a slow browser nor a slow guest fills memory.
 */
final class WebSocketStreams implements FrameHandler, ConnectHandler.Streams {
    private static final byte[] END = {};
    /** How long a browser may take to answer a good-bye. */
    private static final int FAREWELL_SECONDS = 5;

    private final Scheduler scheduler;
    private final In in = new In();
    private final CompletableFuture<CoreSession> opened = new CompletableFuture<>();
    /** One piece at most, and the end. */
    private final BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
    /** Whether a demand for a piece is open. */
    private final AtomicBoolean asked = new AtomicBoolean();

    private final AtomicBoolean closing = new AtomicBoolean();

    WebSocketStreams(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Called when the answer to the request has gone, with the reason if it has not. */
    void answered(@Nullable Throwable failure) {
        if (failure != null) {
            opened.completeExceptionally(failure);
        }
    }

    /** Waits until the connection is a WebSocket. */
    void awaitOpen() throws IOException {
        try {
            opened.get();
        } catch (ExecutionException e) {
            throw new IOException("the WebSocket did not open: " + Reason.of(e), e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return new Out();
    }

    @Override
    public void onOpen(CoreSession opens, Callback callback) {
        callback.succeeded();
        opened.complete(opens);
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        switch (frame.getOpCode()) {
            case OpCode.CLOSE -> {
                // Jetty answers it.
                pieces.add(END);
                callback.succeeded();
            }
            case OpCode.PING -> {
                Callback next = Callback.from(() -> next(callback), callback::failed);
                session().sendFrame(new Frame(OpCode.PONG, BufferUtil.copy(frame.getPayload())), next, false);
            }
            case OpCode.PONG -> next(callback);
            default -> data(BufferUtil.toArray(frame.getPayload()), callback);
        }
    }

    private void data(byte[] bytes, Callback callback) {
        if (bytes.length == 0) {
            next(callback);
            return;
        }
        callback.succeeded();
        asked.set(false);
        if (closing.get()) {
            ask();
        } else {
            pieces.add(bytes);
        }
    }

    /** Continues with the next frame: this one holds no bytes for the console. */
    private void next(Callback callback) {
        callback.succeeded();
        session().demand();
    }

    private void ask() {
        if (asked.compareAndSet(false, true)) {
            session().demand();
        }
    }

    private CoreSession session() {
        return opened.getNow(null);
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        pieces.add(END);
        callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        pieces.add(END);
        callback.succeeded();
    }

    /** Says good-bye, and drops all further messages until the browser answers or its time is up. */
    void close() {
        if (closing.compareAndSet(false, true)) {
            opened.thenAccept(this::sayGoodBye);
        }
    }

    private void sayGoodBye(CoreSession open) {
        if (!open.isClosed()) {
            open.close(Callback.NOOP);
            ask();
            scheduler.schedule(open::abort, FAREWELL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private final class In extends InputStream {
        private ByteBuffer piece = ByteBuffer.wrap(END);
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!piece.hasRemaining() && !more()) {
                return -1;
            }
            int count = Math.min(length, piece.remaining());
            piece.get(bytes, offset, count);
            return count;
        }

        private boolean more() throws IOException {
            if (!ended) {
                ask();
                try {
                    byte[] next = pieces.take();
                    ended = next == END;
                    piece = ByteBuffer.wrap(next);
                } catch (InterruptedException e) {
                    throw interrupted();
                }
            }
            return !ended;
        }
    }

    /** Each write is a message, and closing says good-bye. */
    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            FutureCallback sent = new FutureCallback();
            session().sendFrame(new Frame(OpCode.BINARY, ByteBuffer.wrap(bytes, offset, length)), sent, false);
            sent.block();
        }

        @Override
        public void close() {
            WebSocketStreams.this.close();
        }
    }
}
