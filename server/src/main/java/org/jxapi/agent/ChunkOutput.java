package org.jxapi.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Sends bytes to a peer in chunks, no more than it has room for. */
final class ChunkOutput extends OutputStream {
    /** The largest chunk, in bytes. */
    static final int CHUNK = 64 << 10;
    /** Chunks that a peer takes before it has said that it has used one. */
    static final int WINDOW = 64;

    private static final int NO_WAITING = 1 << 20;

    private final Consumer<byte[]> send;
    private final Semaphore window = new Semaphore(WINDOW);
    private volatile boolean broken;

    ChunkOutput(Consumer<byte[]> send) {
        this.send = send;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; ) {
            int size = Math.min(CHUNK, length - sent);
            await();
            send.accept(Arrays.copyOfRange(bytes, offset + sent, offset + sent + size));
            sent += size;
        }
    }

    /** Reports the end to the peer. */
    void end() throws IOException {
        await();
        send.accept(new byte[0]);
    }

    private void await() throws IOException {
        try {
            window.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (broken) {
            throw new IOException("the peer takes no more");
        }
    }

    /** The peer has used a chunk. */
    void more() {
        window.release();
    }

    /** The peer takes no more, so writing fails from now on. */
    void breakOff() {
        broken = true;
        window.release(NO_WAITING);
    }
}
