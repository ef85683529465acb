package org.jxapi.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Passes the memory of a guest from the host that sends it to the one that receives it. Any threads may use either end.
 * An end of the memory is only what the sender has declared as that. The last piece waits for it: libxl builds the guest's devices
 * as soon as it has all of the memory.
 */
final class MemoryPipe implements AutoCloseable {
    private static final int PIECES = 16;
    private static final long LOOK_MS = 100;
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
    private final InputStream in = new In();
    private final OutputStream out = new Out();
    private byte[] last = {};
    private volatile boolean closed;

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /** Says that all of the memory is in the pipe. */
    void end() throws IOException {
        write(END);
        put(END);
    }

    /** Puts the piece before this one into the pipe. */
    private void write(byte[] piece) throws IOException {
        if (last.length > 0) {
            put(last);
        }
        last = piece;
    }

    /** Makes reading and writing fail, unless the end has been read. */
    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    private void put(byte[] piece) throws IOException {
        try {
            while (!pieces.offer(piece, LOOK_MS, TimeUnit.MILLISECONDS)) {
                check();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private byte[] take() throws IOException {
        try {
            byte[] piece = null;
            while (piece == null) {
                check();
                piece = pieces.poll(LOOK_MS, TimeUnit.MILLISECONDS);
            }
            return piece;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void check() throws IOException {
        if (closed) {
            throw new IOException("the migration has been broken off");
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            MemoryPipe.this.write(new byte[] {(byte) one});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                MemoryPipe.this.write(Arrays.copyOfRange(bytes, offset, offset + length));
            }
        }
    }

    private final class In extends InputStream {
        private byte[] piece = {};
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (at == piece.length && !ended && length > 0) {
                piece = take();
                at = 0;
                ended = piece.length == 0;
            }
            if (ended) {
                return -1;
            }
            int size = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, bytes, offset, size);
            at += size;
            return size;
        }
    }
}
