package org.jxapi.volume;

import java.io.IOException;
import java.util.Optional;

/**
 * The lease of a repository: one pool at a time uses it, under one coordinator. A lease has no end. It stays when the daemon is
 * killed, because the guests of its hosts go on writing. Repositories that know no leases give them to everybody.
 */
public interface Leased {
    /** The coordinator that has the lease; empty if none has, or the repository knows no leases. */
    default Optional<Holder> holder() throws IOException {
        return Optional.empty();
    }

    /** Takes the lease if nothing has it; on disk when this returns. False if another holder has it, or one of another term. */
    default boolean lease(Holder holder) throws IOException {
        return true;
    }

    /** Takes the lease away from its holder. */
    default void breakLease(Holder by) throws IOException {
        // There is none.
    }

    /** Gives the lease back if that holder has it. */
    default void release(Holder holder) throws IOException {
        // There is none.
    }
}
