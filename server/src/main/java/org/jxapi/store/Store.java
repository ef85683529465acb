package org.jxapi.store;

import java.util.function.Consumer;
import java.util.function.Function;

/** The state of the daemon: all objects, and the log of their changes. */
public interface Store extends AutoCloseable {
    /** Everything that is durable now. */
    Snapshot snapshot();

    /**
     * Runs the changes one transaction at a time and returns when they are durable and visible to all. When {@code work}
     * throws, nothing has changed. When the database cannot be written, {@link StoreException} says so, and nothing has
     * changed either. It must be quick, must not block, and must not start another transaction.
     */
    <R> R transact(Function<Transaction, R> work);

    /** {@link #transact} without a result. */
    default void change(Consumer<Transaction> work) {
        transact(tx -> {
            work.accept(tx);
            return null;
        });
    }

    /**
     * {@link #change} for the end of something that has been done already: while the database cannot be written, it waits
     * and tries again.
     */
    void insist(Consumer<Transaction> work);

    /** Registers a derivation, before the first transaction. */
    void addDerivation(Derivation derivation);

    /** Runs every derivation over all objects, as after a start. */
    void deriveAll();

    /**
     * Says whether the daemon is starting: it makes true what the last run may have left otherwise. A disk without room does
     * not hinder that: these changes are visible at once then, and written when there is room.
     */
    void starting(boolean now);

    /** The changes of the last while, for events. */
    ChangeLog changes();

    /** How long transactions have held each other up. */
    LockTimes.Report lockTimes();

    @Override
    void close();
}
