package org.jxapi.volume;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The volumes of a repository, as far as their changes are tracked. */
interface TrackedImages {
    boolean holds(String location) throws IOException;

    /** The size of the disk, in bytes. */
    long bytes(String location) throws IOException;

    /** Makes sure that nothing changes what a volume shares with others, and nothing else writes to it. */
    default void settle(String location) throws IOException {
        // Nothing does.
    }

    /** Keeps the present contents of a volume under the name that this returns; empty if that is not possible. */
    Optional<String> keep(String location) throws IOException;

    /** The changes of a volume since its contents were kept; everything when they are not there. */
    ChangedBlocks since(String location, String kept) throws IOException;

    /** Lets go all kept contents but those under these names. */
    void keepOnly(Set<String> names) throws IOException;
}
