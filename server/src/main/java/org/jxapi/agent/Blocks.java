package org.jxapi.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/**
 * Blocks of images on their way between the coordinator and an agent. Few are under way at once: they share a connection
 * with all other calls, and one whose peer is slow must not fill up.
 */
final class Blocks {
    static final int MOST = 16;

    private final StorageCalls calls;
    private final Semaphore places;

    /** @param places one for each block that may be under way on the connection */
    Blocks(StorageCalls calls, Semaphore places) {
        this.calls = calls;
        this.places = places;
    }

    byte[] read(long image, long offset, int length) throws IOException {
        take();
        try {
            return calls.read(Holdings.THEIRS, image, offset, length);
        } finally {
            places.release();
        }
    }

    void write(long image, long offset, byte[] bytes) throws IOException {
        take();
        try {
            calls.write(Holdings.THEIRS, image, offset, bytes);
        } finally {
            places.release();
        }
    }

    private void take() throws IOException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before a block was sent");
        }
    }
}
