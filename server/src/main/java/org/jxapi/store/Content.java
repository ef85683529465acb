package org.jxapi.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a database holds, as it was read.
 *
 * @param layout the tables and columns that it was read from
 * @param sequence the number of its newest change
 * @param at when that was written; null when the database does not say
 * @param hash the hash of the state that was written; null when the database does not say
 * @param damaged the tables whose contents are not those that were written
 */
record Content(
        Layout layout,
        State state,
        List<LoggedChange> log,
        Seals seals,
        long sequence,
        @Nullable Instant at,
        @Nullable KeptHash hash,
        List<String> damaged) {
    /** The contents of a database that {@link Schema#create} has made. */
    static Content none() {
        return new Content(
                Layout.ofTheModel(),
                State.EMPTY,
                List.of(),
                new Seals(),
                0,
                Instant.now(),
                KeptHash.of(0, StateHash.NONE),
                List.of());
    }

    /** The contents that the file of the newest change gets; {@code known} are those that it has now. */
    NewestFile.Newest newest(NewestFile.@Nullable Newest known) {
        long given = Math.max(sequence, known == null ? 0 : known.given());
        return new NewestFile.Newest(sequence, at == null ? Instant.now() : at, given);
    }
}
