package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store over an H2 file. Transactions are executed one at a time on the newest state. Their entries are applied to it,
 * and a {@link Committer} makes them durable and visible.
 */
public final class H2Store implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(H2Store.class);
    private static final CompletableFuture<Long> DURABLE = CompletableFuture.completedFuture(0L);

    /** How long a change that must be made waits for the next attempt. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DatabaseAccess access;
    private final ReentrantLock writing = new ReentrantLock();
    private final Derivations derivations = new Derivations();
    private final LockTimes lockTimes = new LockTimes();
    private final Published published;
    private final LocalCommitter committer;

    /** The state of the newest transaction, which may not be durable yet; under the lock. */
    private HashedState head;

    /** The fate of the newest transaction that changed something; under the lock. */
    private CompletableFuture<Long> newest = DURABLE;

    private volatile boolean closed;

    private H2Store(DatabaseAccess access, Opened opened, Published published) {
        this.access = access;
        this.published = published;
        this.head = published.now();
        this.committer = new LocalCommitter(access, opened, published, writing, this::goBack);
    }

    /**
     * Opens the database of a data folder.
     *
     * @throws StoreException when it cannot be used, with one line that says why
     */
    public static H2Store open(Path folder) {
        return open(folder, "file");
    }

    /** Opens the database of a data folder through a file system of H2's. */
    public static H2Store open(Path folder, String fileSystem) {
        return open(StoreSettings.of(folder), fileSystem);
    }

    /** Opens a database; when its disk is full it can perhaps only be read at first. */
    public static H2Store open(StoreSettings settings, String fileSystem) {
        DatabaseAccess access = new DatabaseAccess(settings, fileSystem);
        try {
            Opened opened = access.open(settings.acceptOlder());
            if (opened.unwritable() != null) {
                LOG.error(
                        "Database: {}; reads are answered, changes are refused until there is room",
                        opened.unwritable().getMessage());
            }
            H2Store store = new H2Store(access, opened, read(opened.content(), access.given()));
            store.committer.start();
            return store;
        } catch (RuntimeException | Error e) {
            access.close();
            throw e;
        }
    }

    /** The state that a start begins with. */
    private static Published read(Content content, long given) {
        HashedState start = HashedState.of(content.state().at(given));
        if (content.damaged().isEmpty() && content.hash() != null) {
            content.hash().difference(start.hash()).ifPresent(difference -> LOG.error("Database: {}", difference));
        }
        MemoryChangeLog changes = new MemoryChangeLog();
        changes.restore(content.log(), given);
        return new Published(start, changes);
    }

    @Override
    public Snapshot snapshot() {
        return published.now().state();
    }

    /** The newest state that is durable, and its hash. */
    HashedState hashed() {
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
            StateTransaction tx = new StateTransaction(head.state());
            result = work.apply(tx);
            derivations.derive(tx);
            Optional<Entry> entry = tx.entry(committer.term());
            if (entry.isPresent()) {
                Applied next = Applied.of(head, entry.get());
                newest = committer.propose(next);
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

    /** All transactions after the published state have failed. */
    private void goBack() {
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
        committer.starting(now);
        writing.unlock();
    }

    @Override
    public ChangeLog changes() {
        return published.changes();
    }

    /** The newest change that the database has on disk. */
    long durable() {
        return access.durable();
    }

    /** The database's file. */
    Path file() {
        return access.path();
    }

    /**
     * Writes a consistent copy of the database to a file that is empty, a zip with the database in it, while changes
     * go on.
     */
    void copyTo(Path zip) throws SQLException {
        Database.Copying copying;
        writing.lock();
        try {
            copying = committer.copying(zip);
        } finally {
            writing.unlock();
        }
        copying.run();
    }

    @Override
    public void close() {
        writing.lock();
        closed = true;
        writing.unlock();
        committer.close();
    }
}
