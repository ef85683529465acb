package org.jxapi.store;

import java.util.concurrent.CompletableFuture;

/** A log that several replicas share. Each of them has its groups applied in the same order. */
public interface GroupLog {
    /**
     * Appends a group of this replica's.
     *
     * @return {@link Replica#apply}'s result on this replica, when the group can no longer be lost. It fails when this host
     *     does not lead the log any more; the group may still be applied then.
     */
    CompletableFuture<Boolean> append(byte[] group);
}
