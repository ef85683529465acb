package org.jxapi.local;

import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Pool;

/** The pool that this daemon belongs to: there is never more than one in a database. */
public final class ThisPool {
    private ThisPool() {}

    /** The pool, or nothing before the first start has made its record. */
    public static Optional<Stored<Pool>> find(Snapshot snapshot) {
        return snapshot.all(Pool.XEN_CLASS).stream().findFirst();
    }

    /** The pool's reference; NoSuchElementException before the first start has made its record. */
    public static Ref<Pool> ref(Snapshot snapshot) {
        return find(snapshot).orElseThrow().ref();
    }

    /** The pool's record; NoSuchElementException before the first start has made it. */
    public static Row<Pool> row(Snapshot snapshot) {
        return find(snapshot).orElseThrow().row();
    }
}
