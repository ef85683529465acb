package org.jxapi.local;

import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;

/**
 * The term of the pool's coordinator, from 1 on. Each new coordinator has a higher one, so that members that have heard of it
 * refuse the orders of the former one.
 */
public final class PoolTerm {
    private static final String PATH = "pool/term";

    /** More than elections can raise it meanwhile: hosts that an administrator has given up may still elect among themselves. */
    private static final long BY_ORDER = 1_000_000;

    private PoolTerm() {}

    /** The present term. */
    public static long of(Snapshot now) {
        return PoolFiles.find(now, PATH).map(Long::parseLong).orElse(1L);
    }

    /** Another coordinator has been elected. */
    public static void raise(Transaction tx) {
        put(tx, of(tx) + 1);
    }

    /** An administrator has made another host the coordinator, whatever the others elect. */
    public static void overrule(Transaction tx) {
        put(tx, of(tx) + BY_ORDER);
    }

    private static void put(Transaction tx, long term) {
        PoolFiles.put(tx, PATH, Long.toString(term));
    }
}
