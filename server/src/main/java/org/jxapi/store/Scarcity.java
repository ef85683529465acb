package org.jxapi.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;

/** Which changes are still taken when the disk is full and only the room of the reserve is left: those that free some. */
final class Scarcity {
    /** Objects that work under way makes and soon removes, or of which there is a limited number. */
    private static final Set<String> MADE_BY_THE_WAY = Set.of("task", "message", "session");

    /** By how many characters a transaction may let the database grow. */
    private static final long GROWTH = 8192;

    private Scarcity() {}

    /** Whether the transaction removes objects, or changes them by little. */
    static boolean allows(Applied applied) {
        long growth = 0;
        for (ObjectChange<?> change : applied.changes()) {
            if (!change.changesTable()) {
                continue;
            }
            if (change.before() == null
                    && !MADE_BY_THE_WAY.contains(change.model().name())) {
                return false;
            }
            growth += size(change.now()) - size(change.before());
        }
        return growth <= GROWTH;
    }

    private static long size(@Nullable Stored<?> stored) {
        long size = 0;
        if (stored != null) {
            for (Field<?, ?> field : Schema.columns(stored.row().model())) {
                size += String.valueOf(
                                Columns.toColumn(field.type(), stored.row().get(field.index())))
                        .length();
            }
        }
        return size;
    }
}
