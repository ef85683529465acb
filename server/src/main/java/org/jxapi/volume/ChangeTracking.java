package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;

/**
 * Changed-block tracking. A tracked volume has a log of the blocks that changed since its last snapshot. A snapshot of it
 * gets that log, and the volume begins another. The log of a snapshot outlives its data.
 */
public interface ChangeTracking {
    /** The locations that have logs, also without a volume, with the sizes of their disks in bytes. */
    default Map<String, Long> logs() {
        return Map.of();
    }

    /** Whether a location has a log. */
    default boolean tracks(String location) {
        return logs().containsKey(location);
    }

    /** Starts the log of a volume, if it has none. SR_BACKEND_FAILURE_66 for a volume whose changes nothing can tell. */
    default void track(String location) throws IOException {
        throw new IOException("the repository does not track the changes of its volumes");
    }

    /** Removes the log of a volume. */
    default void untrack(String location) throws IOException {
        // There is none.
    }

    /** Removes the data of a snapshot. Its log stays. */
    default void discardData(String location) throws IOException {
        throw new IOException("the repository does not track the changes of its volumes");
    }

    /**
     * The blocks of {@code to} that may differ from those of {@code from}; never too few. SR_BACKEND_FAILURE_460 unless
     * {@code from} is a snapshot that was taken on the way to {@code to}, and both have logs.
     */
    default ChangedBlocks changed(String from, String to) throws IOException {
        throw new IOException("the repository does not track the changes of its volumes");
    }
}
