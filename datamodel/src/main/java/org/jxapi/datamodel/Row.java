package org.jxapi.datamodel;

import java.util.Arrays;
import java.util.Objects;

/**
 * One immutable record of a class: a value for each of its fields, internal ones last.
 *
 * @param <C> the generated class of the object
 */
public final class Row<C> {
    private final ClassModel<C> model;
    private final Object[] values;

    private Row(ClassModel<C> model, Object[] values) {
        this.model = model;
        this.values = values;
    }

    /** A record in which every field has its default. */
    public static <C> Row<C> of(ClassModel<C> model) {
        return new Row<>(model, model.defaults());
    }

    /** A record of these values, in field order; the array belongs to the row from now on. */
    public static <C> Row<C> of(ClassModel<C> model, Object[] values) {
        if (values.length != model.fields().size()) {
            throw new IllegalArgumentException(
                    model.name() + " has " + model.fields().size() + " fields");
        }
        return new Row<>(model, values);
    }

    public ClassModel<C> model() {
        return model;
    }

    @SuppressWarnings("unchecked")
    public <T> T get(Field<C, T> field) {
        return (T) values[field.index()];
    }

    /** The same record with its type; IllegalArgumentException when it is one of another class. */
    @SuppressWarnings("unchecked")
    public <D> Row<D> as(ClassModel<D> other) {
        if (model != (ClassModel<?>) other) {
            throw new IllegalArgumentException("a " + this + ", not a " + other.name() + " record");
        }
        return (Row<D>) this;
    }

    public Object get(int index) {
        return values[index];
    }

    /** This record with one value changed; itself when the value is the same. */
    public <T> Row<C> with(Field<C, T> field, T value) {
        Objects.requireNonNull(value, field::toString);
        if (Objects.equals(values[field.index()], value)) {
            return this;
        }
        Object[] changed = values.clone();
        changed[field.index()] = value == Ref.nil() ? field.type().zero() : value;
        return new Row<>(model, changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row<?> row && row.model == model && Arrays.equals(row.values, values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return model.name() + " record";
    }
}
