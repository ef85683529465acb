package org.jxapi.datamodel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a field of a class. Everything that is not said has the value that most fields have.
 *
 * @param <C> the generated class that the field belongs to
 * @param <T> the Java type of its values
 */
public final class FieldBuilder<C, T> {
    private final String className;
    private final String name;
    private final int index;
    private final Type type;
    private final Field.Access access;
    private final Consumer<Field<C, ?>> fields;
    private final Map<String, BuiltInRole> keyRoles = new LinkedHashMap<>(0);
    private String column;
    private @Nullable T defaultValue;
    private boolean hasDefault;
    private boolean persist = true;
    private @Nullable BuiltInRole setRole;
    private boolean setClientCert;
    private boolean restrictedRead;
    private @Nullable String inverse;
    private Field.Elements elements = Field.Elements.NONE;
    private boolean internal;

    @SuppressWarnings("unchecked")
    FieldBuilder(
            String className, String name, int index, Type type, Field.Access access, Consumer<Field<C, ?>> fields) {
        this.className = className;
        this.name = name;
        this.column = name;
        this.index = index;
        this.type = type;
        this.access = access;
        this.fields = fields;
        this.defaultValue = (T) type.zero();
    }

    /** The name in queries and error parameters, if it is another one. */
    public FieldBuilder<C, T> column(String text) {
        column = text;
        return this;
    }

    /** A creation may leave it out: it is then empty, zero, false, null, or the first value of the enumeration. */
    public FieldBuilder<C, T> optional() {
        hasDefault = true;
        return this;
    }

    /** A creation may leave it out: it then has this value. */
    public FieldBuilder<C, T> optional(T value) {
        defaultValue = value;
        return optional();
    }

    /** The value ends with the daemon. */
    public FieldBuilder<C, T> passing() {
        persist = false;
        return this;
    }

    /** There is a setter, for this role and above. */
    public FieldBuilder<C, T> setRole(BuiltInRole role) {
        setRole = role;
        return this;
    }

    /** The internal client-certificate role may set it too. */
    public FieldBuilder<C, T> setClientCert() {
        setClientCert = true;
        return this;
    }

    /** Only pool operators and above may read it. */
    public FieldBuilder<C, T> restrictedRead() {
        restrictedRead = true;
        return this;
    }

    /** The key of the map has a role of its own. */
    public FieldBuilder<C, T> keyRole(String key, BuiltInRole role) {
        keyRoles.put(key, role);
        return this;
    }

    /** {@code Class.field} of the other end of the relation. */
    public FieldBuilder<C, T> inverse(String end) {
        inverse = end;
        return this;
    }

    /** There are messages to add and remove keys or members. */
    public FieldBuilder<C, T> elements(Field.Elements kind) {
        elements = kind;
        return this;
    }

    /** It is not part of the published record. */
    public FieldBuilder<C, T> internal() {
        internal = true;
        return this;
    }

    /** The field, which the class has from now on. */
    public Field<C, T> build(Lifecycle.State state, String... transitions) {
        Field<C, T> field = new Field<>(
                className,
                name,
                column,
                index,
                type,
                access,
                defaultValue,
                hasDefault,
                persist,
                setRole,
                setClientCert,
                restrictedRead,
                keyRoles,
                inverse,
                elements,
                internal,
                Lifecycle.of(state, transitions));
        fields.accept(field);
        return field;
    }
}
