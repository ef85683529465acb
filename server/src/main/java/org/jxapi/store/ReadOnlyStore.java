package org.jxapi.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** A store whose objects never change, such as the copy of another pool's database. */
public final class ReadOnlyStore implements Store {
    private final Snapshot snapshot;
    private final ChangeLog changes = new MemoryChangeLog();

    private ReadOnlyStore(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Holds these objects; sets that follow from references at their other end are filled in. */
    public static ReadOnlyStore of(Map<Ref<?>, Row<?>> rows) {
        List<Stored<?>> all = new ArrayList<>(rows.size());
        rows.forEach((ref, row) -> all.add(Stored.of(ref, row, all.size() + 1L)));
        return new ReadOnlyStore(ContentReader.state(all).at(all.size()));
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public <R> R transact(Function<Transaction, R> work) {
        throw new UnsupportedOperationException("this database is only read");
    }

    @Override
    public void insist(Consumer<Transaction> work) {
        throw new UnsupportedOperationException("this database is only read");
    }

    @Override
    public void addDerivation(Derivation derivation) {
        throw new UnsupportedOperationException("this database is only read");
    }

    @Override
    public void deriveAll() {}

    @Override
    public void starting(boolean now) {}

    @Override
    public ChangeLog changes() {
        return changes;
    }

    @Override
    public LockTimes.Report lockTimes() {
        return new LockTimes().report();
    }

    @Override
    public void close() {}
}
