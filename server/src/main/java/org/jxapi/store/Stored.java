package org.jxapi.store;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/**
 * An object as it is stored.
 *
 * @param <C> the generated class of the object
 * @param created sequence number of the change that made it
 * @param modified sequence number of the last change to it, derived sets included
 */
public record Stored<C>(Ref<C> ref, Row<C> row, long created, long modified) {
    /** An object of the row's class that a change has made, and none has modified. */
    static <C> Stored<C> of(Ref<?> ref, Row<C> row, long number) {
        return new Stored<>(row.model().cast(ref), row, number, number);
    }
}
