package org.jxapi.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jxapi.xenapi.Errors;

/**
 * Threads for logins that wait for PAM or a directory, neither of which can be interrupted. They serve no other calls, so
 * a directory that does not answer delays only the logins of its own users.
 */
final class LoginThreads implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int WAITING = 64;
    private static final long IDLE_SECONDS = 60;

    private final ThreadPoolExecutor threads;

    /** @param name for the threads, as a debugger shows them */
    LoginThreads(String name) {
        this(name, THREADS, WAITING);
    }

    LoginThreads(String name, int count, int waiting) {
        threads = new ThreadPoolExecutor(
                count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs work on one of the threads; throws TOO_BUSY when too many logins wait already. */
    <T> CompletionStage<T> run(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException e) {
            throw Errors.tooBusy().causedBy(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
