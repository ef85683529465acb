package org.jxapi.store;

import java.util.function.UnaryOperator;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** Changes that become visible and durable together. It reads its own changes. */
public interface Transaction extends Snapshot {
    /**
     * Adds an object under a fresh reference. A {@code uuid} that is empty is filled in. Derived sets of other objects
     * follow by themselves.
     */
    <C> Ref<C> create(Row<C> row);

    /** Adds an object under this reference. */
    <C> void create(Ref<C> ref, Row<C> row);

    /** Sets one value; HANDLE_INVALID when the object is not there. Nothing happens when it is the same. */
    <C, T> void set(Ref<C> ref, Field<C, T> field, T value);

    /** Sets one value to a function of the old one; HANDLE_INVALID when the object is not there. */
    default <C, T> void change(Ref<C> ref, Field<C, T> field, UnaryOperator<T> change) {
        set(ref, field, change.apply(get(ref, field)));
    }

    /** Sets one value if the object is still there. Returns whether it is. */
    default <C, T> boolean update(Ref<C> ref, Field<C, T> field, T value) {
        boolean there = find(ref).isPresent();
        if (there) {
            set(ref, field, value);
        }
        return there;
    }

    /** Replaces the record with a function of the old one if the object is still there. Returns whether it is. */
    <C> boolean update(Ref<C> ref, UnaryOperator<Row<C>> change);

    /** Announces the object as modified though nothing changed; HANDLE_INVALID when it is not there. */
    void touch(Ref<?> ref);

    /** Removes the object; HANDLE_INVALID when it is not there. References to it stay as they are, as in XAPI. */
    void destroy(Ref<?> ref);

    /** Removes the object if it is still there. Returns whether it was. */
    default boolean destroyIfThere(Ref<?> ref) {
        boolean there = find(ref).isPresent();
        if (there) {
            destroy(ref);
        }
        return there;
    }
}
