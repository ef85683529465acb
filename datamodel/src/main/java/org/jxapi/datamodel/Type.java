package org.jxapi.datamodel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A XenAPI type, with the Java type of its values:
 *
 * <table>
 * <caption>values</caption>
 * <tr><td>string</td><td>String</td></tr>
 * <tr><td>int</td><td>Long</td></tr>
 * <tr><td>float</td><td>Double</td></tr>
 * <tr><td>bool</td><td>Boolean</td></tr>
 * <tr><td>datetime</td><td>{@link XenTime}</td></tr>
 * <tr><td>enum</td><td>the generated enum, a {@link XenEnum}</td></tr>
 * <tr><td>ref</td><td>{@link Ref}</td></tr>
 * <tr><td>set</td><td>java.util.List, in order, without duplicates where the model says so</td></tr>
 * <tr><td>map</td><td>java.util.Map with a stable order</td></tr>
 * <tr><td>record</td><td>{@link Row}</td></tr>
 * <tr><td>option</td><td>the value or null</td></tr>
 * <tr><td>void</td><td>null</td></tr>
 * <tr><td>event batch</td><td>{@link EventBatch}</td></tr>
 * </table>
 */
public sealed interface Type {
    /** The type in the notation of the model files. */
    String text();

    /** The value that a field of this type has when the model names no default; null for records and options. */
    @Nullable
    Object zero();

    enum Basic implements Type {
        STRING("string", ""),
        INT("int", 0L),
        FLOAT("float", 0.0),
        BOOL("bool", false),
        DATETIME("datetime", XenTime.NEVER),
        VOID("void", null),
        /** A record of whatever class the event is about. */
        ANY_RECORD("<class> record", null),
        EVENT_BATCH("an event batch", null);

        private final String text;
        private final @Nullable Object zero;

        Basic(String text, @Nullable Object zero) {
            this.text = text;
            this.zero = zero;
        }

        @Override
        public String text() {
            return text;
        }

        @Override
        public @Nullable Object zero() {
            return zero;
        }
    }

    /** An enumeration; {@code values} maps wire names to the generated constants, in the model's order. */
    record Enumeration(String name, Map<String, ? extends XenEnum> values) implements Type {
        @Override
        public String text() {
            return "enum " + name;
        }

        @Override
        public Object zero() {
            return values.values().iterator().next();
        }
    }

    record Reference(String className) implements Type {
        @Override
        public String text() {
            return className + " ref";
        }

        @Override
        public Object zero() {
            return ref("");
        }

        /**
         * The reference to an object of this class that is written as {@code text}.
         *
         * @param <C> the generated class of that name; with the class at hand, {@link ClassModel#ref} knows it
         */
        public <C> Ref<C> ref(String text) {
            return Ref.of(className, text);
        }
    }

    record SetOf(Type element) implements Type {
        @Override
        public String text() {
            return element.text() + " set";
        }

        @Override
        public Object zero() {
            return java.util.List.of();
        }
    }

    record MapOf(Type key, Type value) implements Type {
        @Override
        public String text() {
            return "(" + key.text() + " -> " + value.text() + ") map";
        }

        @Override
        public Object zero() {
            return Map.of();
        }
    }

    record Record(String className) implements Type {
        @Override
        public String text() {
            return className + " record";
        }

        @Override
        public @Nullable Object zero() {
            return null;
        }
    }

    record Option(Type element) implements Type {
        @Override
        public String text() {
            return element.text() + " option";
        }

        @Override
        public @Nullable Object zero() {
            return null;
        }
    }

    static Type ref(String className) {
        return new Reference(className);
    }

    static Type set(Type element) {
        return new SetOf(element);
    }

    static Type map(Type key, Type value) {
        return new MapOf(key, value);
    }

    static Type record(String className) {
        return new Record(className);
    }

    static Type option(Type element) {
        return new Option(element);
    }
}
