package org.jxapi.simulator;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;

/** A large transaction that goes to disk while its maker does something else. */
final class WorldTransaction {
    private final CountDownLatch executed = new CountDownLatch(1);
    private final FutureTask<Void> task;
    private volatile boolean done;

    private WorldTransaction(Store store, Consumer<Transaction> work) {
        this.task = new FutureTask<>(() -> run(store, work), null);
    }

    private void run(Store store, Consumer<Transaction> work) {
        try {
            store.change(tx -> {
                work.accept(tx);
                done = true;
                executed.countDown();
            });
        } finally {
            executed.countDown();
        }
    }

    /**
     * Begins one; returns when the work is done, and throws what it throws. A transaction that begins after that comes after
     * this one.
     */
    static WorldTransaction begin(Store store, Consumer<Transaction> work) {
        WorldTransaction begun = new WorldTransaction(store, work);
        Thread thread = new Thread(begun.task, "world");
        thread.setDaemon(true);
        thread.start();
        try {
            begun.executed.await();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (!begun.done) {
            begun.await();
        }
        return begun;
    }

    /** Waits until it is on disk; throws why it is not. */
    void await() {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
