package org.jxapi.datamodel;

import java.util.Arrays;
import java.util.Objects;

/** One immutable record of a class: a value for each of its fields, internal ones last. */
public final class Row {
    private final ClassModel model;
    private final Object[] values;

    private Row(ClassModel model, Object[] values) {
        this.model = model;
        this.values = values;
    }

    /** A record in which every field has its default. */
    public static Row of(ClassModel model) {
        return new Row(model, model.defaults());
    }

    /** A record of these values, in field order; the array belongs to the row from now on. */
    public static Row of(ClassModel model, Object[] values) {
        if (values.length != model.fields().size()) {
            throw new IllegalArgumentException(
                    model.name() + " has " + model.fields().size() + " fields");
        }
        return new Row(model, values);
    }

    public ClassModel model() {
        return model;
    }

    @SuppressWarnings("unchecked")
    public <T> T get(Field<T> field) {
        if (!field.className().equals(model.name())) {
            throw new IllegalArgumentException(field + " is not a field of " + model.name());
        }
        return (T) values[field.index()];
    }

    public Object get(int index) {
        return values[index];
    }

    /** This record with one value changed; itself when the value is the same. */
    public <T> Row with(Field<T> field, T value) {
        if (!field.className().equals(model.name())) {
            throw new IllegalArgumentException(field + " is not a field of " + model.name());
        }
        Objects.requireNonNull(value, field::toString);
        if (values[field.index()].equals(value)) {
            return this;
        }
        Object[] changed = values.clone();
        changed[field.index()] = value;
        return new Row(model, changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row row && row.model == model && Arrays.equals(row.values, values);
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
