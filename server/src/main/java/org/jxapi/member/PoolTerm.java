package org.jxapi.member;

import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;

/**
 * The term of the pool's coordinator, from 1 on. Each new coordinator has a higher one, so that members that have heard of it
 * refuse the orders of the former one.
 */
final class PoolTerm {
    private static final String PATH = "pool/term";

    private PoolTerm() {}

    static long of(Snapshot now) {
        return PoolFiles.find(now, PATH).map(Long::parseLong).orElse(1L);
    }

    /** Another coordinator begins. */
    static void raise(Transaction tx) {
        PoolFiles.put(tx, PATH, Long.toString(of(tx) + 1));
    }
}
