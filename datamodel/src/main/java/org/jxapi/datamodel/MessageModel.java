package org.jxapi.datamodel;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message of a class.
 *
 * @param params the parameters after the session
 * @param field the field that a getter, setter, add or remove is about; null otherwise
 * @param role the least role that may call it
 * @param clientCert whether the internal client-certificate role may call it too
 * @param session whether the first parameter is a session reference
 * @param async whether an Async variant exists, and so a task while it runs
 * @param secret whether its parameters must not be logged
 * @param deferred whether it waits for something to happen and answers without a thread meanwhile
 * @param offered whether jxapi implements it; if not, it answers a XenAPI error
 */
public record MessageModel(
        String className,
        String name,
        Kind kind,
        List<Param> params,
        Type result,
        @Nullable Field<?, ?> field,
        BuiltInRole role,
        boolean clientCert,
        Map<String, BuiltInRole> keyRoles,
        boolean session,
        boolean async,
        boolean hidden,
        boolean poolInternal,
        boolean secret,
        boolean deferred,
        boolean offered,
        List<String> errors,
        Lifecycle lifecycle) {

    public enum Kind {
        EXPLICIT,
        GETTER,
        SETTER,
        ADD,
        REMOVE,
        GET_ALL,
        GET_ALL_RECORDS,
        GET_ALL_WHERE,
        GET_ALL_RECORDS_WHERE,
        GET_BY_UUID,
        GET_BY_NAME_LABEL,
        GET_RECORD,
        CREATE,
        DESTROY
    }

    /** A parameter; {@code defaultValue} is null for those that must be given. */
    public record Param(String name, Type type, @Nullable Object defaultValue, boolean secret) {
        public boolean required() {
            return defaultValue == null;
        }
    }

    /** {@code Class.message}. */
    public String fullName() {
        return className + "." + name;
    }

    /** The field that it is about, for a getter, setter, add or remove. */
    public Field<?, ?> requireField() {
        return Objects.requireNonNull(field, () -> fullName() + " is not about a field");
    }

    public boolean implicit() {
        return kind != Kind.EXPLICIT;
    }

    /** Number of parameters that must be given, without the session. */
    public int requiredParams() {
        return (int) params.stream().filter(Param::required).count();
    }
}
