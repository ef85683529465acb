package org.jxapi.store;

import java.time.Instant;
import java.util.List;

/**
 * All that a database holds, as it was read.
 *
 * @param layout the tables and columns that it was read from
 * @param sequence the number of its newest change
 * @param at when that was written; null when the database does not say
 * @param damaged the tables whose contents are not those that were written
 */
record Content(
        Layout layout,
        State state,
        List<LoggedChange> log,
        Seals seals,
        long sequence,
        Instant at,
        List<String> damaged) {}
