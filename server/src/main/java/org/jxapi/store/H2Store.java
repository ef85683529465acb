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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store over an H2 file. Transactions run one at a time on the newest state; a committer thread writes the effects
 * of all that wait in one commit, then publishes the state, tells the listeners and lets the writers go on.
 */
public final class H2Store implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(H2Store.class);
    private static final int DERIVATION_ROUNDS = 10;
    private static final int MAX_GROUP = 256;

    /** A transaction that waits for the disk. */
    private record Pending(StateTransaction tx, CompletableFuture<Void> durable) {}

    private final Database database;
    private final ReentrantLock writing = new ReentrantLock();
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final List<Derivation> derivations = new CopyOnWriteArrayList<>();
    private final MemoryChangeLog changes = new MemoryChangeLog();
    private final Thread committer;
    private State head;
    private volatile State published;
    private volatile StoreException broken;
    private volatile boolean closed;

    private H2Store(Database database, State state) {
        this.database = database;
        this.head = state;
        this.published = state;
        this.committer = new Thread(this::commitAll, "store-committer");
        this.committer.setDaemon(true);
        this.committer.start();
    }

    /**
     * Opens the database of a data folder.
     *
     * @throws StoreException when it cannot be used, with one line that says why
     */
    public static H2Store open(Path folder) {
        Database database = Database.open(folder);
        try {
            List<Database.Logged> log = database.changeLog();
            State state = load(database, log);
            long sequence = log.isEmpty() ? 0 : log.get(log.size() - 1).sequence();
            for (ClassModel model : Schema.classes()) {
                for (Stored stored : state.all(model)) {
                    sequence = Math.max(sequence, stored.modified());
                }
            }
            H2Store store = new H2Store(database, state.at(sequence));
            store.changes.restore(log);
            return store;
        } catch (SQLException e) {
            database.close();
            throw new StoreException("cannot read the database in " + folder + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            database.close();
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
            refuseWhenBroken();
            StateTransaction tx = new StateTransaction(head);
            result = work.apply(tx);
            derive(tx, tx.takeFresh());
            if (tx.effects().isEmpty()) {
                return result;
            }
            head = tx.state();
            durable = new CompletableFuture<>();
            queue.add(new Pending(tx, durable));
        } finally {
            writing.unlock();
        }
        try {
            durable.join();
        } catch (CompletionException e) {
            throw broken;
        }
        return result;
    }

    private void refuseWhenBroken() {
        if (broken != null) {
            throw broken;
        }
        if (closed) {
            throw new StoreException("the database is closed");
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
                Pending first = queue.poll(200, java.util.concurrent.TimeUnit.MILLISECONDS);
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
        try {
            if (broken != null) {
                throw broken;
            }
            for (Pending pending : group) {
                for (StateTransaction.Effect effect : pending.tx.effects()) {
                    database.write(effect);
                }
            }
            database.commit();
        } catch (SQLException | RuntimeException e) {
            fail(group, e);
            return;
        }
        for (Pending pending : group) {
            published = pending.tx.state();
            changes.committed(pending.tx.state(), pending.tx.effects());
            pending.durable.complete(null);
        }
    }

    /** What is not on disk must not be seen: from now on nothing is written any more. */
    private void fail(List<Pending> group, Exception e) {
        if (broken == null) {
            broken = new StoreException("the database cannot be written: " + e.getMessage(), e);
            LOG.error("The database cannot be written any more; restart jxapid when its disk is well", e);
            try {
                database.rollback();
            } catch (SQLException rollback) {
                LOG.warn("Rolling back failed as well: {}", rollback.getMessage());
            }
        }
        group.forEach(p -> p.durable.completeExceptionally(broken));
    }

    @Override
    public void close() {
        closed = true;
        try {
            committer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
    }
}
