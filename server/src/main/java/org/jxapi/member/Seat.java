package org.jxapi.member;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;

/**
 * How hosts reach the coordinator, and what it will be as a member when another host takes its place: the text
 * {@code pool/coordinator.json} of the store.
 *
 * @param host the reference of the coordinator's host
 * @param address where members reach its XenAPI
 * @param port of its XenAPI, with TLS; 0 for none
 * @param member the coordinator as a member
 */
record Seat(String host, String address, int port, KnownMember member) {
    private static final String PATH = "pool/coordinator.json";

    static Optional<Seat> of(Snapshot now) {
        return PoolRecord.find(now, PATH, Seat.class);
    }

    void keep(Transaction tx) {
        PoolRecord.keep(tx, PATH, this);
    }

    /** The same coordinator with these certificates. */
    Seat showing(String shown, @Nullable String next) {
        return new Seat(host, address, port, member.showing(shown, next));
    }

    static void forget(Transaction tx) {
        PoolFiles.remove(tx, PATH);
    }
}
