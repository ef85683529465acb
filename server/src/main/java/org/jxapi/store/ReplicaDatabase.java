package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The H2 file of a replica. A thread writes behind what has been applied, and forces it only when it is asked to: the log is
 * what must not be lost. Each commit has the number that it leads to, so a start knows how far the file is. A file that
 * cannot be written is left alone, and the next start makes it again from the log's state.
 */
final class ReplicaDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaDatabase.class);

    /** So many transactions the file may be behind before those that apply wait for it. */
    private static final int BEHIND = 4096;

    /**
     * A commit of H2 writes whole pages, whatever it changes. One for each change takes a third of the processor time of a
     * replica.
     */
    private static final Duration GATHER = Duration.ofMillis(50);

    private static final int TRANSACTIONS_A_PRUNING = 2000;

    /** A transaction to write, or a promise to complete when everything before it is on disk. */
    private record Work(@Nullable Applied applied, @Nullable CompletableFuture<Void> forced) {}

    private final DatabaseAccess access;
    private final Database database;
    private final Content content;
    private final GroupThread<Work> thread = new GroupThread<>("store-writer", BEHIND, this::work, () -> {}, GATHER);
    /** Those that were written since the last pruning. */
    private int unpruned;

    private long written;
    private volatile boolean failed;
    private boolean closed;

    private ReplicaDatabase(DatabaseAccess access, Opened opened) {
        if (opened.unwritable() != null) {
            throw opened.unwritable();
        }
        this.access = access;
        this.content = opened.content();
        this.database = Objects.requireNonNull(opened.database(), "a database that can be written is open");
        this.written = content.sequence();
        thread.start();
    }

    /**
     * Opens the file that is there.
     *
     * @throws StoreException when it cannot be used as it is
     */
    static ReplicaDatabase open(StoreSettings settings) {
        return open(new DatabaseAccess(settings, "file"));
    }

    /** Makes a file with that state, and opens it. An earlier file is gone afterwards. */
    static ReplicaDatabase create(StoreSettings settings, StateImage image) {
        DatabaseAccess access = new DatabaseAccess(settings, "file");
        try {
            access.replace(image);
        } catch (RuntimeException | Error e) {
            access.close();
            throw e;
        }
        return open(access);
    }

    private static ReplicaDatabase open(DatabaseAccess access) {
        try {
            return new ReplicaDatabase(access, access.open(false));
        } catch (RuntimeException | Error e) {
            access.close();
            throw e;
        }
    }

    /** Its contents when it was opened. */
    Content content() {
        return content;
    }

    /** Has a transaction written some time later; it is the one after the last. */
    void write(Applied applied) {
        thread.put(new Work(applied, null));
    }

    /** Waits until all that was given is on disk, if the file can be written at all. */
    void force() {
        CompletableFuture<Void> forced = new CompletableFuture<>();
        if (thread.put(new Work(null, forced))) {
            thread.hurry();
            forced.join();
        }
    }

    Path file() {
        return access.path();
    }

    /** The newest change that is on disk. */
    long durable() {
        return access.durable();
    }

    /** Writes a consistent copy to a file that is empty, a zip. It has at least what is on disk. */
    void copyTo(Path zip) throws SQLException {
        Database.Copying copying;
        synchronized (this) {
            if (closed || failed) {
                throw new SQLException("the database is closed");
            }
            copying = database.copying(zip);
        }
        copying.run();
    }

    private void work(List<Work> group) {
        boolean force = group.stream().anyMatch(work -> work.forced != null);
        if (!failed) {
            try {
                write(group);
                if (force) {
                    database.sync();
                    access.durable(written);
                }
            } catch (SQLException | RuntimeException | Error e) {
                failed = true;
                database.abandon();
                LOG.error(
                        "Database: {} cannot be written and is left as it is; the log keeps all changes, and the next start"
                                + " makes the file again: {}",
                        access.path(),
                        Reason.of(e));
            }
        }
        for (Work work : group) {
            if (work.forced != null) {
                work.forced.complete(null);
            }
        }
    }

    private void write(List<Work> group) throws SQLException {
        HashedState last = null;
        for (Work work : group) {
            if (work.applied != null) {
                database.write(work.applied);
                last = work.applied.after();
                unpruned++;
            }
        }
        if (last != null) {
            database.commit(last.number(), last.hash());
            written = last.number();
            if (unpruned >= TRANSACTIONS_A_PRUNING) {
                unpruned = 0;
                database.prune();
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        force();
        thread.close();
        if (!failed) {
            database.close();
        }
        access.close();
    }
}
