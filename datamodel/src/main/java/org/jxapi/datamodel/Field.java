package org.jxapi.datamodel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a class, and the typed key of its value in a {@link Row}.
 *
 * @param <C> the generated class that the field belongs to
 * @param <T> the Java type of its values, see {@link Type}
 * @param index its place in the row; public fields come first, in the order in which records are written
 * @param column its name in queries and error parameters, where namespaces end in two underscores
 * @param defaultValue null for a record or an option, which no stored object has
 * @param setRole the least role that may set it; null where no setter exists
 * @param setClientCert whether the internal client-certificate role may set it too
 * @param keyRoles roles of single map keys; a key may end in {@code *}
 * @param inverse {@code Class.field} of the other end of a relation, or null. A set of references with an inverse is
 *     derived from that end
 * @param elements whether add/remove messages exist for a map's keys or a set's members
 * @param internal not part of the published record
 */
public record Field<C, T>(
        String className,
        String name,
        String column,
        int index,
        Type type,
        Access access,
        @Nullable T defaultValue,
        boolean hasDefault,
        boolean persist,
        @Nullable BuiltInRole setRole,
        boolean setClientCert,
        boolean restrictedRead,
        Map<String, BuiltInRole> keyRoles,
        @Nullable String inverse,
        Elements elements,
        boolean internal,
        Lifecycle lifecycle) {

    public enum Access {
        /** Given at creation or by the server. */
        RO_CONSTRUCTOR,
        /** Set by the server alone. */
        RO_RUNTIME,
        RW
    }

    public enum Elements {
        NONE,
        MAP,
        SET
    }

    /** Whether the value is computed from the other end of a relation and never stored. */
    public boolean derived() {
        return inverse != null && type instanceof Type.SetOf;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return className + "." + name;
    }
}
