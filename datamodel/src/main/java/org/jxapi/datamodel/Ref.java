package org.jxapi.datamodel;

import java.util.UUID;

/**
 * A reference to an object of class {@code C}, as it stands on the wire: {@code OpaqueRef:} and a lower-case UUID. Any
 * other string is a reference to nothing.
 */
public record Ref<C>(String value) {
    private static final String PREFIX = "OpaqueRef:";
    private static final Ref<?> NULL = new Ref<>(PREFIX + "NULL");

    /** The null reference, {@code OpaqueRef:NULL}. */
    @SuppressWarnings("unchecked")
    public static <C> Ref<C> nil() {
        return (Ref<C>) NULL;
    }

    /** A reference that no object has yet. */
    public static <C> Ref<C> fresh() {
        return new Ref<>(PREFIX + UUID.randomUUID());
    }

    /** The reference written as {@code text}; the empty string is the null reference too. */
    public static <C> Ref<C> of(String text) {
        return text.isEmpty() || text.equals(NULL.value) ? nil() : new Ref<>(text);
    }

    public boolean isNull() {
        return value.equals(NULL.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
