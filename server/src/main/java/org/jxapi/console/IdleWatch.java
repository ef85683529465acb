package org.jxapi.console;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the connection to a console that has had no input from keys or pointer for some time. */
final class IdleWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IdleWatch.class);

    private final Duration limit;
    private final Closeable connection;
    /** Null for a terminal, where all that comes has been typed, and without a limit. */
    private final @Nullable RfbInput screen;

    private long last = System.nanoTime();
    private boolean ended;

    /**
     * @param limit 0 for none
     * @param screen whether the client is a viewer of a screen
     * @param connection is closed when the time is over
     */
    IdleWatch(Duration limit, boolean screen, Closeable connection) {
        this.limit = limit;
        this.connection = connection;
        this.screen = screen && !limit.isZero() ? new RfbInput() : null;
        if (!limit.isZero()) {
            Thread thread = new Thread(this::watch, "console idle");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Takes note of what the client has sent. */
    synchronized void received(byte[] bytes, int count) {
        if (screen == null || screen.input(bytes, count)) {
            last = System.nanoTime();
        }
    }

    private void watch() {
        try {
            if (timeIsOver()) {
                LOG.info("Console: closed after {} s without input", limit.toSeconds());
                connection.close();
            }
        } catch (IOException e) {
            LOG.debug("An idle console's client did not close: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits; false when the connection has ended before. */
    private synchronized boolean timeIsOver() throws InterruptedException {
        long left = limit.toNanos();
        while (!ended && left > 0) {
            wait(left / 1_000_000 + 1);
            left = limit.toNanos() - (System.nanoTime() - last);
        }
        return !ended;
    }

    /** The connection has ended. */
    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }
}
