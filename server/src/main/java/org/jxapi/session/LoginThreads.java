package org.jxapi.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jxapi.xenapi.Errors;

/**
 * Threads for logins that wait for PAM or a directory, neither of which can be interrupted. They serve no other calls, so
 * a directory that does not answer delays only the logins of its own users. As with XAPI's semaphores in xapi_session.ml,
 * the pool says how many are checked at once.
 */
final class LoginThreads implements AutoCloseable {
    /** The most threads that a pool may ask for. */
    static final int MOST = 64;

    private static final int WAITING = 64;
    private static final long IDLE_SECONDS = 60;

    private final ThreadPoolExecutor threads;
    /** How many threads there may be now. */
    private final LongSupplier count;

    /** @param name for the threads, as a debugger shows them */
    LoginThreads(String name, LongSupplier count) {
        this(name, count, WAITING);
    }

    LoginThreads(String name, LongSupplier count, int waiting) {
        this.count = count;
        threads = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs work on one of the threads; throws TOO_BUSY when too many logins wait already. */
    <T> CompletionStage<T> run(Supplier<T> work) {
        resize((int) Math.max(1, Math.min(MOST, count.getAsLong())));
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException e) {
            throw Errors.tooBusy().causedBy(e);
        }
    }

    private synchronized void resize(int wanted) {
        if (wanted > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(wanted);
            threads.setCorePoolSize(wanted);
        } else if (wanted < threads.getMaximumPoolSize()) {
            threads.setCorePoolSize(wanted);
            threads.setMaximumPoolSize(wanted);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
