package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store over an H2 file. Transactions run one at a time on the newest state; a committer thread writes the effects
 * of all that wait in one commit, waits until that is on disk, then publishes the state, tells the listeners and lets the
 * writers go on. When it cannot be written, for want of room say, those that wait fail, and a later transaction opens
 * the file anew.
 */
public final class H2Store implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(H2Store.class);
    private static final int DERIVATION_ROUNDS = 10;
    private static final int MAX_GROUP = 256;
    private static final int GROUPS_A_PRUNING = 1000;

    /** How long a database that could not be written is left alone before the next attempt. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A transaction that waits for the disk. */
    private record Pending(StateTransaction tx, State state, CompletableFuture<Void> durable) {}

    private final DatabaseFile file;
    private final ReentrantLock writing = new ReentrantLock();
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final List<Derivation> derivations = new CopyOnWriteArrayList<>();
    private final MemoryChangeLog changes = new MemoryChangeLog();
    private final Thread committer;
    private Database database;
    private long groups;
    private State head;

    /** The newest transaction that changed something; under the lock. */
    private CompletableFuture<Void> newest = CompletableFuture.completedFuture(null);

    private volatile State published;
    private volatile boolean closed;

    /** Why the database cannot be written, since when, and what may or may not have reached it; under the lock. */
    private StoreException broken;

    private long brokenSince;
    private List<Pending> uncertain = List.of();

    /** After a failed sync a file shows what is in memory: what is on disk nobody can tell. */
    private boolean unknown;

    private H2Store(DatabaseFile file, Database database, State state) {
        this.file = file;
        this.database = database;
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
        DatabaseFile file = new DatabaseFile(folder, fileSystem);
        Database database = Database.open(file);
        try {
            List<Database.Logged> log = database.changeLog();
            State state = load(database, log);
            long sequence = log.isEmpty() ? 0 : log.get(log.size() - 1).sequence();
            for (ClassModel model : Schema.classes()) {
                for (Stored stored : state.all(model)) {
                    sequence = Math.max(sequence, stored.modified());
                }
            }
            H2Store store = new H2Store(file, database, state.at(sequence));
            store.changes.restore(log);
            store.committer.start();
            return store;
        } catch (SQLException e) {
            database.abandon();
            throw new StoreException(
                    "cannot read the database " + file.path("jxapi") + ": "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        } catch (RuntimeException | Error e) {
            database.abandon();
            throw e;
        }
    }

    private static State load(Database database, List<Database.Logged> log) throws SQLException {
        Map<String, Long> changed = new HashMap<>();
        log.forEach(line -> changed.merge(line.ref(), line.sequence(), Math::max));
        Map<String, Map<Field<?>, List<Ref<?>>>> sets = new HashMap<>();
        List<Stored> order = new ArrayList<>();
        for (ClassModel model : Schema.classes()) {
            // A row's own number does not count what changed of its derived fields alone; the log's does.
            database.read(model, (m, stored) -> {
                long last = Math.max(
                        stored.modified(), changed.getOrDefault(stored.ref().value(), 0L));
                order.add(new Stored(stored.ref(), stored.row(), stored.created(), last));
            });
        }
        order.sort(java.util.Comparator.comparingLong(Stored::created));
        for (Stored stored : order) {
            for (Field<?> field : stored.row().model().fields()) {
                Field<?> end = Relations.otherEnd(field);
                if (end != null && Relations.derived(end) && field.type() instanceof Type.Reference) {
                    Ref<?> owner = (Ref<?>) stored.row().get(field.index());
                    sets.computeIfAbsent(owner.value(), r -> new HashMap<>())
                            .computeIfAbsent(end, e -> new ArrayList<>())
                            .add(stored.ref());
                }
            }
        }
        State state = State.EMPTY;
        Map<ClassModel, State.Table> tables = new HashMap<>();
        for (Stored stored : order) {
            Stored complete = complete(stored, sets.get(stored.ref().value()));
            ClassModel model = stored.row().model();
            tables.put(model, tables.getOrDefault(model, State.Table.EMPTY).plus(complete));
            state = state.classOf(stored.ref().value(), model);
        }
        for (Map.Entry<ClassModel, State.Table> table : tables.entrySet()) {
            state = state.with(table.getKey(), table.getValue());
        }
        return state;
    }

    @SuppressWarnings("unchecked")
    private static Stored complete(Stored stored, Map<Field<?>, List<Ref<?>>> sets) {
        if (sets == null) {
            return stored;
        }
        org.jxapi.datamodel.Row row = stored.row();
        for (Map.Entry<Field<?>, List<Ref<?>>> set : sets.entrySet()) {
            if (set.getKey().className().equals(row.model().name())) {
                row = row.with((Field<List<Ref<?>>>) set.getKey(), List.copyOf(set.getValue()));
            }
        }
        return new Stored(stored.ref(), row, stored.created(), stored.modified());
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
        CompletableFuture<Void> durable;
        writing.lock();
        try {
            if (closed) {
                throw new StoreException("the database is closed");
            }
            if (broken != null) {
                recover();
            }
            StateTransaction tx = new StateTransaction(head);
            result = work.apply(tx);
            derive(tx, tx.takeFresh());
            if (tx.lastLogged() == 0) {
                // It changed nothing because of what it read, which may have to become durable and visible yet.
                durable = newest;
            } else {
                head = tx.state().at(tx.lastLogged());
                durable = new CompletableFuture<>();
                newest = durable;
                queue.add(new Pending(tx, head, durable));
            }
        } finally {
            writing.unlock();
        }
        try {
            durable.join();
        } catch (CompletionException e) {
            throw StoreException.again(e.getCause());
        }
        return result;
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

    private void derive(StateTransaction tx, List<ChangeLog.Change> first) {
        Collection<ChangeLog.Change> fresh = first;
        for (int round = 0; !fresh.isEmpty() && !derivations.isEmpty(); round++) {
            if (round == DERIVATION_ROUNDS) {
                throw new IllegalStateException("derived fields do not settle: " + fresh);
            }
            for (Derivation derivation : derivations) {
                derivation.derive(tx, fresh);
            }
            fresh = tx.takeFresh();
        }
    }

    @Override
    public void addDerivation(Derivation derivation) {
        derivations.add(derivation);
    }

    @Override
    public void deriveAll() {
        change(tx -> {
            List<ChangeLog.Change> all = new ArrayList<>();
            for (ClassModel model : Schema.classes()) {
                for (Stored stored : tx.all(model)) {
                    all.add(new ChangeLog.Change(
                            stored.modified(), model, stored.ref(), ChangeLog.Kind.MOD, stored.row()));
                }
            }
            for (Derivation derivation : derivations) {
                derivation.derive(tx, all);
            }
        });
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
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void commit(List<Pending> group) {
        boolean written = false;
        try {
            for (Pending pending : group) {
                for (StateTransaction.Effect effect : pending.tx.effects()) {
                    database.write(effect);
                }
            }
            database.commit();
            written = true;
            database.sync();
        } catch (Throwable e) {
            // An error too: nobody else would tell those who wait.
            fail(group, e, written);
            return;
        }
        publish(group);
        if (++groups % GROUPS_A_PRUNING == 0) {
            try {
                database.prune();
            } catch (SQLException e) {
                fail(List.of(), e, false);
            }
        }
    }

    private void publish(List<Pending> group) {
        for (Pending pending : group) {
            published = pending.state;
            changes.committed(pending.state, pending.tx.effects());
            pending.durable.complete(null);
        }
    }

    /** What is not on disk must not be seen: everything after what is published has not been. */
    private void fail(List<Pending> group, Throwable e, boolean written) {
        StoreException reason = StoreException.unwritable(file.path("jxapi"), e);
        List<Pending> failed = new ArrayList<>(group);
        writing.lock();
        try {
            queue.drainTo(failed);
            head = published;
            newest = CompletableFuture.completedFuture(null);
            uncertain = List.copyOf(group);
            broken = reason;
            unknown = written;
            brokenSince = System.nanoTime();
            database.abandon();
        } finally {
            writing.unlock();
        }
        LOG.error("The database cannot be written; changes are refused until {}", written ? "a restart" : "it can", e);
        failed.forEach(p -> p.durable.completeExceptionally(reason));
    }

    /** Opens the file anew, once in a while, and finds out what is in it. The committer has nothing to do meanwhile. */
    private void recover() {
        if (unknown || System.nanoTime() - brokenSince < RETRY_NANOS) {
            throw StoreException.again(broken);
        }
        brokenSince = System.nanoTime();
        database.abandon();
        try {
            Database again = Database.open(file);
            database = again;
            if (!uncertain.isEmpty() && again.holds(uncertain.get(0).tx.lastLogged())) {
                again.sync();
                publish(uncertain);
                head = published;
            }
        } catch (SQLException | StoreException e) {
            throw StoreException.unwritable(file.path("jxapi"), e);
        }
        uncertain = List.of();
        broken = null;
        LOG.info("The database has been opened again");
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
        database.close();
    }
}
