package org.jxapi.store;

import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** The outcome of a transaction for one object, complete: it is applied without a computation. */
sealed interface Effect {
    ClassModel<?> model();

    Ref<?> ref();

    /** The number of the transaction's last change to the object. */
    long number();

    /**
     * The object has this record. It is a new object, or one that the transaction removed and made again.
     *
     * @param created the number of the change that made it
     */
    record Put<C>(Ref<C> ref, Row<C> row, long created, long number) implements Effect {
        @Override
        public ClassModel<C> model() {
            return row.model();
        }
    }

    /**
     * Fields of the object have these values.
     *
     * @param fields without the unchanged ones; empty when the object was only announced as modified
     */
    record Modify<C>(ClassModel<C> model, Ref<C> ref, Map<Field<C, ?>, Object> fields, long number) implements Effect {}

    /** The object is gone. */
    record Remove<C>(ClassModel<C> model, Ref<C> ref, long number) implements Effect {}
}
