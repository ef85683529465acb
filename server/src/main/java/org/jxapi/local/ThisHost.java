package org.jxapi.local;

import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;

/** The host that this daemon runs on. In a pool of several hosts it is the coordinator. */
public final class ThisHost {
    private ThisHost() {}

    /** The host, or nothing before the first start has made its record. */
    public static Optional<Stored<Host>> find(Snapshot snapshot) {
        if (snapshot.count(Host.XEN_CLASS) > 1) {
            Optional<Stored<Host>> coordinator = ThisPool.find(snapshot)
                    .flatMap(pool -> snapshot.find(pool.row().get(Pool.MASTER)));
            if (coordinator.isPresent()) {
                return coordinator;
            }
        }
        return snapshot.all(Host.XEN_CLASS).stream().findFirst();
    }

    /** The host's reference; NoSuchElementException before the first start has made its record. */
    public static Ref<Host> ref(Snapshot snapshot) {
        return find(snapshot).orElseThrow().ref();
    }

    /** The host's record; NoSuchElementException before the first start has made it. */
    public static Row<Host> row(Snapshot snapshot) {
        return find(snapshot).orElseThrow().row();
    }
}
