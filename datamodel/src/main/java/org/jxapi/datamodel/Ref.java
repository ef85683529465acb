package org.jxapi.datamodel;

import java.util.Objects;

/**
 * A reference to an object of class {@code C}: on the wire {@code OpaqueRef:} and a lower-case UUID. Any other string is
 * a reference to nothing. {@link ClassModel} makes references. Two references with the same text are equal.
 *
 * @param <C> the generated class of the object
 */
public final class Ref<C> {
    private static final String PREFIX = "OpaqueRef:";
    private static final String NULL_TEXT = PREFIX + "NULL";
    private static final Ref<?> NULL = new Ref<>("", NULL_TEXT);

    private final String className;
    private final String value;

    private Ref(String className, String value) {
        this.className = className;
        this.value = value;
    }

    /** The null reference, {@code OpaqueRef:NULL}, of no class in particular: it gets one from the field that it is set in. */
    @SuppressWarnings("unchecked")
    public static <C> Ref<C> nil() {
        return (Ref<C>) NULL;
    }

    /** The reference written as {@code text} to an object of a class; the empty string is the null reference too. */
    static <C> Ref<C> of(String className, String text) {
        return new Ref<>(className, text.isEmpty() ? NULL_TEXT : text);
    }

    /** A reference that no object has yet. */
    static <C> Ref<C> fresh(String className) {
        return new Ref<>(className, PREFIX + FreshIds.uuid("reference of " + className));
    }

    /** The name of {@code C}, as the XenAPI spells it. */
    public String className() {
        return className;
    }

    /** The text on the wire. */
    public String value() {
        return value;
    }

    public boolean isNull() {
        return value.equals(NULL_TEXT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ref<?> ref && ref.value.equals(value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
