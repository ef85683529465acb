package org.jxapi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.FutureCallback;
import org.jspecify.annotations.Nullable;

/** A connection as streams that block, for protocols that are not HTTP's request and response. */
final class ConnectionStreams implements ConnectHandler.Streams {
    /** The most that is read or written at once: Java copies it whenever the kernel takes only a part of it. */
    private static final int PIECE = 128 * 1024;

    private final EndPoint endPoint;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).flip();
    /** How many threads wait for the peer. */
    private final AtomicInteger waiting = new AtomicInteger();

    private @Nullable ByteBuffer before;

    /** @param before what was read already */
    ConnectionStreams(EndPoint endPoint, byte[] before) {
        this.endPoint = endPoint;
        this.before = ByteBuffer.wrap(before);
    }

    /** Whether anything waits for the peer, which then is the one that is idle. */
    boolean waiting() {
        return waiting.get() > 0;
    }

    /** Whether the peer has gone, as far as can be seen without reading what it has sent. */
    synchronized boolean gone() {
        try {
            in().available();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public InputStream in() {
        return new In();
    }

    /** Writes to the connection; closing it closes the connection. */
    @Override
    public OutputStream out() {
        return new Out();
    }

    private void block(FutureCallback done) throws IOException {
        waiting.incrementAndGet();
        try {
            done.block();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Blocking reads. */
    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            return ready() ? next().get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (length > buffer.capacity() && !next().hasRemaining()) {
                ByteBuffer target =
                        ByteBuffer.wrap(bytes, offset, Math.min(length, PIECE)).slice();
                return filled(target) ? target.remaining() : -1;
            }
            if (!ready()) {
                return -1;
            }
            int count = Math.min(length, next().remaining());
            next().get(bytes, offset, count);
            return count;
        }

        /** The number of bytes that can be read without waiting; EOFException once the peer has disconnected. */
        @Override
        public int available() throws IOException {
            if (!next().hasRemaining()) {
                buffer.clear().flip();
                if (endPoint.fill(buffer) < 0) {
                    throw new EOFException("the peer has gone");
                }
            }
            return next().remaining();
        }

        private ByteBuffer next() {
            if (before != null && !before.hasRemaining()) {
                before = null;
            }
            return before == null ? buffer : before;
        }

        private boolean ready() throws IOException {
            return next().hasRemaining() || filled(buffer);
        }

        /** Replaces the contents of a buffer by those that come next, for which it waits; false at the end. */
        private boolean filled(ByteBuffer target) throws IOException {
            while (true) {
                target.clear().flip();
                int count = endPoint.fill(target);
                if (count != 0) {
                    return count > 0;
                }
                FutureCallback fillable = new FutureCallback();
                endPoint.fillInterested(fillable);
                block(fillable);
            }
        }
    }

    /** Blocking writes. */
    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = offset; at < offset + length; at += PIECE) {
                FutureCallback written = new FutureCallback();
                endPoint.write(written, ByteBuffer.wrap(bytes, at, Math.min(PIECE, offset + length - at)));
                block(written);
            }
        }

        @Override
        public void close() {
            endPoint.close();
        }
    }
}
