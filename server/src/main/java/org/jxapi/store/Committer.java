package org.jxapi.store;

import java.util.concurrent.CompletableFuture;

/**
 * Makes executed transactions durable, then visible, in the order of their numbers. Everything but {@link #close} is
 * called under the lock under which transactions are executed.
 */
interface Committer extends AutoCloseable {
    /** The term in which this host executes transactions. */
    long term();

    /**
     * Takes the next transaction, which was executed on the one before.
     *
     * @return its number, when it is durable and published; a {@link StoreException}, when it will never be
     * @throws StoreException when it is not taken, and a later one can have its numbers
     */
    CompletableFuture<Long> propose(Applied next);

    /** Says whether the daemon is starting, see {@link Store#starting}. */
    void starting(boolean now);

    /** Waits until all that has been taken is durable, or has failed. */
    @Override
    void close();
}
