package org.jxapi.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries that are applied one after the other, or not at all.
 *
 * @param check the hash of the state after the last of them; null when it is not compared this time
 */
record Group(List<Entry> entries, @Nullable Check check) {
    /** A hash is compared when the number passes a multiple of this. */
    static final long CHECKED = 1000;

    Group {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("a group has no entries");
        }
    }

    /**
     * A hash of the state.
     *
     * @param version {@link StateHash#VERSION} of the replica that computed it
     */
    record Check(StateHash hash, int version) {
        /** Whether a state with that hash is another one. */
        boolean contradicts(StateHash other) {
            return version == StateHash.VERSION && !hash.equals(other);
        }
    }

    /** The group of entries that have been applied here, in their order. */
    static Group of(List<Applied> applied) {
        Applied last = applied.get(applied.size() - 1);
        boolean due = last.number() / CHECKED != applied.get(0).before().number() / CHECKED;
        return new Group(
                applied.stream().map(Applied::entry).toList(),
                due ? new Check(last.after().hash(), StateHash.VERSION) : null);
    }

    /** The number of its first change. */
    long first() {
        return entries.get(0).first();
    }
}
