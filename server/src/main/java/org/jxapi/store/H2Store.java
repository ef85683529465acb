package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store over an H2 file. Transactions run one at a time on the newest state; a committer thread writes the effects
 * of all waiting transactions in one commit, forces it to disk, then publishes the state, notifies the listeners and
 * releases the writers. When the commit cannot be written, for instance on a full disk, the waiting transactions fail,
 * and a later one opens the file again. Meanwhile transactions that need no row of the database continue in memory.
 */
public final class H2Store implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(H2Store.class);

    /** A host without a pool has one coordinator for ever. */
    private static final long NO_TERM = 0;

    private static final int MAX_GROUP = 256;
    private static final int GROUPS_A_PRUNING = 1000;

    /** How long a database that could not be written is left alone before the next attempt. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The fate of a transaction on the disk: nothing when it is durable, or the reason why it is not. */
    private static final class Outcome extends CompletableFuture<Optional<StoreException>> {
        static Outcome durable() {
            Outcome outcome = new Outcome();
            outcome.complete(Optional.empty());
            return outcome;
        }
    }

    /** A transaction that waits for the disk. */
    private record Pending(Applied applied, Outcome durable) {}

    private final DatabaseAccess access;
    private final ReentrantLock writing = new ReentrantLock();
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final Derivations derivations = new Derivations();
    private final LockTimes lockTimes = new LockTimes();
    private final MemoryChangeLog changes = new MemoryChangeLog();
    private final Thread committer;
    private @Nullable Database database;
    private long groups;
    private State head;

    /** The newest transaction that changed something; under the lock. */
    private Outcome newest = Outcome.durable();

    private volatile State published;
    private volatile boolean closed;

    /** Why the database cannot be written, and since when; under the lock. */
    private @Nullable StoreException broken;

    private long brokenSince;

    /** Changes without acknowledgement that may have reached the database when it broke; under the lock. */
    private List<ObjectChange<?>> uncertain = List.of();

    /** Changes that were acknowledged without the database. They are written when that is possible. Under the lock. */
    private final List<Applied> deferred = new ArrayList<>();

    /** Whether changes are made that the next start would make again: those need not wait for a disk without room. */
    private boolean starting;

    /** Whether the disk was full, and its room still is the reserve's. */
    private volatile boolean scarce;

    /** After a failed sync a file shows what is in memory: what is on disk nobody can tell. */
    private boolean unknown;

    private H2Store(DatabaseAccess access, Opened opened, State state) {
        this.access = access;
        this.database = opened.database();
        this.broken = opened.unwritable();
        this.scarce = broken != null || access.scarce();
        this.head = state;
        this.published = state;
        this.committer = new Thread(this::commitAll, "store-committer");
        this.committer.setDaemon(true);
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
            H2Store store = new H2Store(access, opened, opened.content().state().at(access.given()));
            store.changes.restore(opened.content().log(), store.snapshot().sequence());
            if (store.broken != null) {
                LOG.error(
                        "Database: {}; reads are answered, changes are refused until there is room",
                        store.broken.getMessage());
            }
            store.committer.start();
            return store;
        } catch (RuntimeException | Error e) {
            access.close();
            throw e;
        }
    }

    @Override
    public Snapshot snapshot() {
        return published;
    }

    @Override
    public <R> R transact(Function<Transaction, R> work) {
        if (writing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction within a transaction");
        }
        R result;
        Outcome durable;
        writing.lock();
        long locked = System.nanoTime();
        try {
            if (closed) {
                throw new StoreException("the database is closed");
            }
            StoreException refusal = broken == null || recover() ? null : broken;
            StateTransaction tx = new StateTransaction(head);
            result = work.apply(tx);
            derivations.derive(tx);
            Optional<Entry> entry = tx.entry(NO_TERM);
            if (entry.isEmpty()) {
                // It changed nothing because of what it read, which may have to become durable and visible yet.
                durable = newest;
            } else {
                durable = take(Applied.of(head, entry.get()), refusal);
            }
        } finally {
            lockTimes.add(System.nanoTime() - locked);
            writing.unlock();
        }
        durable.join().ifPresent(reason -> {
            throw StoreException.again(reason);
        });
        return result;
    }

    private Outcome take(Applied applied, @Nullable StoreException refusal) {
        if (refusal != null) {
            keepInMemory(applied, refusal);
            return newest;
        }
        if (scarce && !starting && !Scarcity.allows(applied)) {
            throw StoreException.scarce(access.path());
        }
        head = applied.state();
        newest = new Outcome();
        queue.add(new Pending(applied, newest));
        return newest;
    }

    /** Takes a transaction while the database cannot be written; the committer has nothing to do meanwhile. */
    private void keepInMemory(Applied applied, StoreException reason) {
        if (applied.changesTables()) {
            if (!starting) {
                throw StoreException.again(reason);
            }
            deferred.add(applied);
        }
        head = applied.state();
        access.given(head.sequence());
        publish(applied);
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
        starting = now;
        writing.unlock();
    }

    @Override
    public ChangeLog changes() {
        return changes;
    }

    private void commitAll() {
        List<Pending> group = new ArrayList<>();
        try {
            while (!(closed && queue.isEmpty())) {
                Pending first = queue.poll(200, TimeUnit.MILLISECONDS);
                if (first != null) {
                    group.add(first);
                    queue.drainTo(group, MAX_GROUP - 1);
                    commit(group);
                    group.clear();
                } else {
                    scarce = !access.rest() && scarce;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void commit(List<Pending> group) {
        boolean written = false;
        Database open = open();
        try {
            for (Pending pending : group) {
                open.write(pending.applied);
            }
            open.commit();
            written = true;
            open.sync();
        } catch (Throwable e) {
            // An error too: nobody else would tell those who wait.
            fail(group, e, written);
            return;
        }
        access.durable(group.get(group.size() - 1).applied.state().sequence());
        for (Pending pending : group) {
            publish(pending.applied);
            pending.durable.complete(Optional.empty());
        }
        if (++groups % GROUPS_A_PRUNING == 0) {
            try {
                open.prune();
            } catch (SQLException e) {
                fail(List.of(), e, false);
            }
        }
    }

    private Database open() {
        return Objects.requireNonNull(database, "the database is not open");
    }

    private void publish(Applied applied) {
        published = applied.state();
        changes.committed(applied);
    }

    /** Undoes everything after the published state: no one may see changes that are not on disk. */
    private void fail(List<Pending> group, Throwable e, boolean written) {
        StoreException reason = StoreException.unwritable(access.path(), e);
        List<Pending> failed = new ArrayList<>(group);
        writing.lock();
        try {
            queue.drainTo(failed);
            uncertain = group.stream()
                    .<ObjectChange<?>>flatMap(pending -> pending.applied.changes().stream())
                    .toList();
            broken = reason;
            unknown = written;
            brokenSince = System.nanoTime();
            if (reason.full() && access.reserve().release()) {
                brokenSince -= RETRY_NANOS;
            }
            scarce = reason.full();
            open().abandon();
            if (starting) {
                for (Pending pending : failed) {
                    deferred.add(pending.applied);
                    publish(pending.applied);
                }
            } else {
                head = published;
            }
            newest = Outcome.durable();
        } finally {
            writing.unlock();
        }
        LOG.error(
                "Database: cannot be written, changes are refused until {}: {}",
                written ? "a restart" : "it can",
                reason.getMessage());
        LOG.debug("The reason", e);
        Optional<StoreException> refusal = starting ? Optional.empty() : Optional.of(reason);
        failed.forEach(pending -> pending.durable.complete(refusal));
    }

    /** Opens the file again from time to time, and brings it to exactly the acknowledged changes. */
    private boolean recover() {
        if (unknown || System.nanoTime() - brokenSince < RETRY_NANOS) {
            return false;
        }
        brokenSince = System.nanoTime();
        if (database != null) {
            database.abandon();
        }
        Database again = null;
        try {
            Opened opened = access.open(false);
            again = opened.database();
            if (again == null) {
                broken = opened.unwritable();
                return false;
            }
            for (ObjectChange<?> change : uncertain) {
                again.undo(change, published);
            }
            for (Applied applied : deferred) {
                again.write(applied);
            }
            again.commit();
            again.sync();
        } catch (SQLException | StoreException e) {
            if (again != null) {
                again.abandon();
            }
            broken = StoreException.unwritable(access.path(), e);
            return false;
        }
        if (!deferred.isEmpty()) {
            access.durable(published.sequence());
        }
        database = again;
        uncertain = List.of();
        deferred.clear();
        broken = null;
        LOG.info("Database: open again");
        return true;
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
            if (closed) {
                throw new SQLException("the database is closed");
            }
            if (broken != null) {
                throw new SQLException(broken.getMessage());
            }
            copying = open().copying(zip);
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
        try {
            committer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (database != null && broken == null) {
            database.close();
        }
        access.close();
    }
}
