package org.jxapi.http;

import java.util.concurrent.ExecutorService;
import org.jxapi.dispatch.WorkerPool;

/**
 * The threads of one listener for what may take as long as it likes. Each listener has its own, so that clients of one
 * never take those of another.
 *
 * @param clients of command line clients
 * @param viewers of consoles
 * @param transfers of uploads and downloads
 */
record ListenerThreads(ExecutorService clients, ExecutorService viewers, ExecutorService transfers)
        implements AutoCloseable {
    private static final int CLIENTS = 100;
    private static final int VIEWERS = 500;
    private static final int TRANSFERS = 100;
    private static final long IDLE_SECONDS = 10;

    ListenerThreads() {
        this(pool("cli", CLIENTS), pool("console", VIEWERS), pool("transfer", TRANSFERS));
    }

    /** Threads that come as they are needed, and go; more work than threads is rejected. Those that wait do not count. */
    private static ExecutorService pool(String name, int most) {
        return new WorkerPool(name, most, false, IDLE_SECONDS);
    }

    @Override
    public void close() {
        clients.shutdownNow();
        viewers.shutdownNow();
        transfers.shutdownNow();
    }
}
