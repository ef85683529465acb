package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committer of a host without a pool. A thread writes all waiting transactions in one commit of the H2 file, forces it
 * to disk, publishes them and releases their writers. When the commit cannot be written, for instance on a full disk, the
 * waiting transactions fail, and a later one opens the file again. Meanwhile transactions that need no row of the
 * database continue in memory.
 */
final class LocalCommitter implements Committer {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCommitter.class);
    private static final int GROUPS_A_PRUNING = 1000;

    /** The only term: without a pool, no other host ever executes transactions. */
    private static final long TERM = 0;

    /** How long a database that could not be written is left alone before the next attempt. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A transaction that waits for the disk. */
    private record Pending(Applied applied, CompletableFuture<Long> durable) {}

    private final DatabaseAccess access;
    private final Published published;
    private final ReentrantLock writing;
    private final Runnable undone;
    private final GroupThread<Pending> thread =
            new GroupThread<>("store-committer", Integer.MAX_VALUE, this::commit, this::rest);
    private @Nullable Database database;
    private long groups;
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

    /**
     * @param writing the lock under which transactions are executed
     * @param undone called under the lock when all transactions after the published one have failed
     */
    LocalCommitter(DatabaseAccess access, Opened opened, Published published, ReentrantLock writing, Runnable undone) {
        this.access = access;
        this.published = published;
        this.writing = writing;
        this.undone = undone;
        this.database = opened.database();
        this.broken = opened.unwritable();
        this.scarce = broken != null || access.scarce();
    }

    void start() {
        thread.start();
    }

    @Override
    public long term() {
        return TERM;
    }

    @Override
    public void starting(boolean now) {
        starting = now;
    }

    @Override
    public CompletableFuture<Long> propose(Applied next) {
        StoreException refusal = broken == null || recover() ? null : broken;
        if (refusal != null) {
            keepInMemory(next, refusal);
            return CompletableFuture.completedFuture(next.number());
        }
        if (scarce && !starting && !Scarcity.allows(next)) {
            throw StoreException.scarce(access.path());
        }
        Pending pending = new Pending(next, new CompletableFuture<>());
        thread.add(pending);
        return pending.durable;
    }

    /** Takes a transaction while the database cannot be written; the thread has nothing to do meanwhile. */
    private void keepInMemory(Applied next, StoreException reason) {
        if (next.changesTables()) {
            if (!starting) {
                throw StoreException.again(reason);
            }
            deferred.add(next);
        }
        access.given(next.number());
        published.publish(next);
    }

    /** Nothing waits: a moment to see whether the disk has room again. */
    private void rest() {
        scarce = !access.rest() && scarce;
    }

    private void commit(List<Pending> group) {
        boolean written = false;
        Database open = open();
        HashedState last = group.get(group.size() - 1).applied.after();
        try {
            for (Pending pending : group) {
                open.write(pending.applied);
            }
            open.commit(last.number(), last.hash());
            written = true;
            open.sync();
        } catch (Throwable e) {
            // An error too: otherwise those who wait would never get an answer.
            fail(group, e, written);
            return;
        }
        access.durable(last.number());
        for (Pending pending : group) {
            published.publish(pending.applied);
            pending.durable.complete(pending.applied.number());
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

    /** Undoes everything after the published state: no one may see changes that are not on disk. */
    private void fail(List<Pending> group, Throwable e, boolean written) {
        StoreException reason = StoreException.unwritable(access.path(), e);
        List<Pending> failed = new ArrayList<>(group);
        writing.lock();
        try {
            thread.drainTo(failed);
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
                    published.publish(pending.applied);
                    pending.durable.complete(pending.applied.number());
                }
            }
            undone.run();
        } finally {
            writing.unlock();
        }
        LOG.error(
                "Database: cannot be written, changes are refused until {}: {}",
                written ? "a restart" : "it can",
                reason.getMessage());
        LOG.debug("The reason", e);
        failed.forEach(pending -> pending.durable.completeExceptionally(reason));
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
            HashedState now = published.now();
            for (ObjectChange<?> change : uncertain) {
                again.undo(change, now.state());
            }
            for (Applied applied : deferred) {
                again.write(applied);
            }
            again.commit(now.number(), now.hash());
            again.sync();
        } catch (SQLException | StoreException e) {
            if (again != null) {
                again.abandon();
            }
            broken = StoreException.unwritable(access.path(), e);
            return false;
        }
        if (!deferred.isEmpty()) {
            access.durable(published.now().number());
        }
        database = again;
        uncertain = List.of();
        deferred.clear();
        broken = null;
        LOG.info("Database: open again");
        return true;
    }

    /** Gets ready to copy the database to a zip; called under the lock. */
    Database.Copying copying(Path zip) throws SQLException {
        if (closed) {
            throw new SQLException("the database is closed");
        }
        if (broken != null) {
            throw new SQLException(broken.getMessage());
        }
        return open().copying(zip);
    }

    @Override
    public void close() {
        closed = true;
        thread.close();
        if (database != null && broken == null) {
            database.close();
        }
        access.close();
    }
}
