package org.jxapi.store;

import java.util.function.UnaryOperator;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** Changes that become visible and durable together. It reads its own changes. */
public interface Transaction extends Snapshot {
    /**
     * Adds an object under a fresh reference. A {@code uuid} that is empty is filled in. Derived sets of other objects
     * follow by themselves.
     */
    <C> Ref<C> create(ClassModel model, Row row);

    /** Adds an object under this reference. */
    void create(ClassModel model, Ref<?> ref, Row row);

    /** Sets one value; HANDLE_INVALID when the object is not there. The class is the field's. Nothing happens when it is the same. */
    <T> void set(Ref<?> ref, Field<T> field, T value);

    /** Sets one value to a function of the old one. */
    default <T> void update(Ref<?> ref, Field<T> field, UnaryOperator<T> change) {
        set(ref, field, change.apply(get(ref, field)));
    }

    /** Announces the object as modified though nothing changed. */
    void touch(ClassModel model, Ref<?> ref);

    /** Removes the object; HANDLE_INVALID when it is not there. References to it stay as they are, as in XAPI. */
    void destroy(ClassModel model, Ref<?> ref);
}
