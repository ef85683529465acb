package org.jxapi.store;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Executes transactions one at a time on the newest state. Their entries are applied to it, and a {@link Committer} makes
 * them durable and visible.
 */
abstract class ExecutingStore implements Store {
    private static final CompletableFuture<Long> DURABLE = CompletableFuture.completedFuture(0L);

    /** How long a change that must be made waits for the next attempt. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock writing = new ReentrantLock();
    private final Derivations derivations = new Derivations();
    private final LockTimes lockTimes = new LockTimes();
    private final Published published;

    /** The state of the newest transaction, which may not be durable yet; under the lock. */
    private HashedState head;

    /** The fate of the newest transaction that changed something; under the lock. */
    private CompletableFuture<Long> newest = DURABLE;

    private volatile boolean closed;

    ExecutingStore(Published published) {
        this.published = published;
        this.head = published.now();
    }

    abstract Committer committer();

    /** The lock under which transactions are executed. */
    final ReentrantLock writing() {
        return writing;
    }

    @Override
    public Snapshot snapshot() {
        return published.now().state();
    }

    final Published published() {
        return published;
    }

    /** The newest state that is durable, and its hash. */
    final HashedState hashed() {
        return published.now();
    }

    @Override
    public <R> R transact(Function<Transaction, R> work) {
        if (writing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction within a transaction");
        }
        R result;
        CompletableFuture<Long> durable;
        writing.lock();
        long locked = System.nanoTime();
        try {
            if (closed) {
                throw closed();
            }
            long term = committer().term();
            StateTransaction tx = new StateTransaction(head.state());
            result = work.apply(tx);
            derivations.derive(tx);
            Optional<Entry> entry = tx.entry(term);
            if (entry.isPresent()) {
                Applied next = Applied.of(head, entry.get());
                newest = committer().propose(next);
                head = next.after();
            }
            // One without changes has read what may have to become durable and visible yet.
            durable = newest;
        } finally {
            lockTimes.add(System.nanoTime() - locked);
            writing.unlock();
        }
        try {
            durable.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException reason ? StoreException.again(reason) : e;
        }
        return result;
    }

    private static StoreException closed() {
        return new StoreException("the database is closed");
    }

    /** All transactions after the published state have failed, or there are none; under the lock. */
    final void goBack() {
        head = published.now();
        newest = DURABLE;
    }

    @Override
    public void insist(Consumer<Transaction> work) {
        boolean interrupted = false;
        while (true) {
            try {
                change(work);
                break;
            } catch (StoreException e) {
                if (closed) {
                    throw e;
                }
                try {
                    TimeUnit.NANOSECONDS.sleep(RETRY_NANOS);
                } catch (InterruptedException i) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public LockTimes.Report lockTimes() {
        return lockTimes.report();
    }

    @Override
    public void addDerivation(Derivation derivation) {
        derivations.add(derivation);
    }

    @Override
    public void deriveAll() {
        change(derivations::deriveAll);
    }

    @Override
    public void starting(boolean now) {
        writing.lock();
        committer().starting(now);
        writing.unlock();
    }

    @Override
    public ChangeLog changes() {
        return published.changes();
    }

    @Override
    public void close() {
        writing.lock();
        closed = true;
        writing.unlock();
        committer().close();
    }
}
