package org.jxapi.datamodel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The code behind messages, by {@code Class.message}: behind all explicit ones, and behind those implicit ones that do
 * more than read or change a record.
 *
 * @param <C> the server's context of a call
 */
public final class MessageTable<C> {
    /** Does what a message asks for; {@code args} are of the Java types of the message's parameters, in order. */
    public interface Body<C> {
        @Nullable
        Object call(C context, Object[] args) throws Exception;
    }

    /** Makes an object from the record that a client gives. */
    public interface Creation<C, T> {
        Ref<T> create(C context, Row<T> row) throws Exception;
    }

    /** Destroys an object. */
    public interface Destruction<C, T> {
        void destroy(C context, Ref<T> object) throws Exception;
    }

    /** Sets a field of an object. */
    public interface Setter<C, T, V> {
        void set(C context, Ref<T> object, V value) throws Exception;
    }

    private final Map<String, Body<C>> bodies = new LinkedHashMap<>();

    public void bind(String fullName, Body<C> body) {
        if (bodies.put(fullName, body) != null) {
            throw new IllegalStateException(fullName + " is bound twice");
        }
    }

    /** Takes the place of the implicit {@code create}. */
    public <T> void bindCreate(ClassModel<T> model, Creation<C, T> body) {
        bind(model.name() + ".create", (context, args) -> body.create(context, ((Row<?>) args[0]).as(model)));
    }

    /** Takes the place of the implicit {@code destroy}. */
    public <T> void bindDestroy(ClassModel<T> model, Destruction<C, T> body) {
        bind(model.name() + ".destroy", (context, args) -> {
            body.destroy(context, model.cast((Ref<?>) args[0]));
            return null;
        });
    }

    /** Takes the place of the field's implicit setter. */
    @SuppressWarnings("unchecked")
    public <T, V> void bindSet(Field<T, V> field, Setter<C, T, V> body) {
        bind(field.className() + ".set_" + field.name(), (context, args) -> {
            body.set(context, (Ref<T>) args[0], (V) args[1]);
            return null;
        });
    }

    /** The code of that message, or null. */
    public @Nullable Body<C> get(String fullName) {
        return bodies.get(fullName);
    }
}
