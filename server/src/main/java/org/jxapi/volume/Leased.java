package org.jxapi.volume;

import java.io.IOException;
import java.util.Optional;

/**
 * The lease of a repository: one host at a time uses it. A lease has no end. It stays when the daemon is killed, because the
 * guests of its host go on writing. Repositories that know no leases give them to everybody.
 */
public interface Leased {
    /** The host that has the lease; empty if none has, or the repository knows no leases. */
    default Optional<Holder> holder() throws IOException {
        return Optional.empty();
    }

    /** Takes the lease if no host has it; on disk when this returns. False if another host has it. */
    default boolean lease(Holder holder) throws IOException {
        return true;
    }

    /** Takes the lease away from the host that has it. */
    default void breakLease(Holder by) throws IOException {
        // There is none.
    }

    /** Gives the lease back if that host has it. */
    default void release(Holder holder) throws IOException {
        // There is none.
    }
}
