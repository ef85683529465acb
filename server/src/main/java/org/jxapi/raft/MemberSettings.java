package org.jxapi.raft;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.StoreSettings;

/**
 * The settings of a member of a group.
 *
 * @param group the group's identity, the same on all members
 * @param id this member's; a member that has lost its folder, or comes back after a removal, needs another one
 * @param host the address at which other members reach it
 * @param port on which it listens
 * @param store its data folder; the log is in the folder {@code raft} of it
 * @param tls for all connections between members; null for plain ones
 * @param election the shortest time without a leader after which a member wants to lead; the longest is twice that
 * @param snapshotEvery groups of transactions between two snapshots
 */
public record MemberSettings(
        UUID group,
        String id,
        String host,
        int port,
        StoreSettings store,
        @Nullable MemberTls tls,
        Duration election,
        long snapshotEvery) {
    /** An election after 2 to 4 s, longer than a busy control domain stands still, and a snapshot every 10,000 groups. */
    public static MemberSettings of(
            UUID group, String id, String host, int port, StoreSettings store, @Nullable MemberTls tls) {
        return new MemberSettings(group, id, host, port, store, tls, Duration.ofSeconds(2), 10_000);
    }

    MemberAddress address() {
        return new MemberAddress(id, host, port);
    }
}
