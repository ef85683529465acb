package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON, by the types that an interface declares. Names in what a peer sent choose nothing but constants of an
 * enum and the records that a sealed interface permits. A record is an object without its null components, a value of a
 * sealed interface an object with the name of its record, a map a list of pairs, an empty {@code Optional} null, and bytes
 * are in base64.
 */
final class WireType {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Type type;
    private final boolean strict;

    private WireType(Type type, boolean strict) {
        this.type = type;
        this.strict = strict;
    }

    /** Values of an order: the agent refuses components of records that it does not know. */
    static WireType ofOrder(Type type) {
        return new WireType(type, true);
    }

    /** Values of a report: the coordinator ignores components of records that only a newer agent knows. */
    static WireType ofReport(Type type) {
        return new WireType(type, false);
    }

    JsonNode write(@Nullable Object value) {
        return write(value, type);
    }

    private static JsonNode write(@Nullable Object value, Type type) {
        if (value == null) {
            return JSON.nullNode();
        } else if (value instanceof String
                || value instanceof UUID
                || value instanceof Path
                || value instanceof Instant
                || value instanceof Duration) {
            return JSON.textNode(value.toString());
        } else if (value instanceof Character letter) {
            return JSON.textNode(letter.toString());
        } else if (value instanceof Enum<?> constant) {
            return JSON.textNode(constant.name());
        } else if (value instanceof Boolean truth) {
            return JSON.booleanNode(truth);
        } else if (value instanceof Double number) {
            return JSON.numberNode(number);
        } else if (value instanceof Integer || value instanceof Long) {
            return JSON.numberNode(((Number) value).longValue());
        } else if (value instanceof byte[] bytes) {
            return JSON.binaryNode(bytes);
        } else if (value instanceof Class<?> kind) {
            return JSON.textNode(kind.getSimpleName());
        } else if (value instanceof Optional<?> optional) {
            return write(optional.orElse(null), argument(type, 0));
        } else if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? JSON.numberNode(optional.getAsInt()) : JSON.nullNode();
        } else if (value instanceof Map<?, ?> map) {
            ArrayNode pairs = JSON.arrayNode();
            map.forEach((key, element) ->
                    pairs.addArray().add(write(key, argument(type, 0))).add(write(element, argument(type, 1))));
            return pairs;
        } else if (value instanceof Collection<?> all) {
            ArrayNode array = JSON.arrayNode();
            all.forEach(element -> array.add(write(element, argument(type, 0))));
            return array;
        } else if (value instanceof Record record) {
            ObjectNode object = write(record);
            return raw(type).isSealed() ? JSON.objectNode().set(name(record.getClass()), object) : object;
        }
        throw new IllegalArgumentException("no JSON for " + value.getClass());
    }

    private static ObjectNode write(Record record) {
        ObjectNode object = JSON.objectNode();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(record);
                if (value != null) {
                    object.set(component.getName(), write(value, component.getGenericType()));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return object;
    }

    /** The value of this type; MalformedException if the JSON is not one. */
    @Nullable
    Object read(@Nullable JsonNode node) {
        try {
            return read(node, type);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new MalformedException("this is no " + type.getTypeName() + ": " + e.getMessage());
        }
    }

    private @Nullable Object read(@Nullable JsonNode node, Type type) {
        Class<?> raw = raw(type);
        if (node == null || node.isNull()) {
            return absent(raw);
        } else if (raw == String.class) {
            return text(node);
        } else if (raw == UUID.class) {
            return UUID.fromString(text(node));
        } else if (raw == Path.class) {
            return path(text(node));
        } else if (raw == Instant.class || raw == Duration.class) {
            return time(raw, text(node));
        } else if (raw == char.class) {
            return letter(text(node));
        } else if (raw == boolean.class || raw == Boolean.class) {
            check(node.isBoolean(), raw);
            return node.booleanValue();
        } else if (raw == int.class || raw == Integer.class) {
            check(node.isIntegralNumber() && node.canConvertToInt(), raw);
            return node.intValue();
        } else if (raw == long.class || raw == Long.class) {
            check(node.isIntegralNumber() && node.canConvertToLong(), raw);
            return node.longValue();
        } else if (raw == double.class) {
            return node.isTextual() ? Double.parseDouble(node.textValue()) : number(node);
        } else if (raw == byte[].class) {
            return Base64.getDecoder().decode(text(node));
        } else if (raw.isEnum()) {
            return constant(raw, text(node));
        } else if (raw == Optional.class) {
            return Optional.ofNullable(read(node, argument(type, 0)));
        } else if (raw == OptionalInt.class) {
            check(node.isInt(), raw);
            return OptionalInt.of(node.intValue());
        } else if (raw == Class.class) {
            return permitted(raw(argument(type, 0)), text(node));
        } else if (raw == Map.class) {
            return map(node, type);
        } else if (raw == List.class || raw == Set.class) {
            return collection(node, raw, argument(type, 0));
        } else if (raw.isSealed()) {
            check(node.isObject() && node.size() == 1, raw);
            Map.Entry<String, JsonNode> only = node.properties().iterator().next();
            return record(only.getValue(), permitted(raw, only.getKey()));
        } else if (raw.isRecord()) {
            return record(node, raw);
        }
        throw new IllegalStateException("no JSON for " + type);
    }

    private static @Nullable Object absent(Class<?> raw) {
        if (raw == Optional.class) {
            return Optional.empty();
        } else if (raw == OptionalInt.class) {
            return OptionalInt.empty();
        } else if (raw == boolean.class) {
            return false;
        } else if (raw == int.class) {
            return 0;
        } else if (raw == long.class) {
            return 0L;
        } else if (raw == double.class) {
            return 0.0;
        }
        check(!raw.isPrimitive(), raw);
        return null;
    }

    private Object record(JsonNode node, Class<?> raw) {
        check(node.isObject(), raw);
        RecordComponent[] components = raw.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new Object[components.length];
        int found = 0;
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = read(node.get(components[i].getName()), components[i].getGenericType());
            found += node.has(components[i].getName()) ? 1 : 0;
        }
        if (strict && found < node.size()) {
            throw new MalformedException("a " + name(raw) + " has something that this version does not know");
        }
        try {
            return raw.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            throw new MalformedException("this is no " + name(raw) + ": " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<Object, Object> map(JsonNode node, Type type) {
        check(node.isArray(), Map.class);
        Map<Object, Object> map = new LinkedHashMap<>();
        for (JsonNode pair : node) {
            check(pair.isArray() && pair.size() == 2, Map.class);
            map.put(present(pair.get(0), argument(type, 0)), present(pair.get(1), argument(type, 1)));
        }
        return map;
    }

    private Collection<Object> collection(JsonNode node, Class<?> raw, Type element) {
        check(node.isArray(), raw);
        Collection<Object> all = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
        node.forEach(one -> all.add(present(one, element)));
        return all;
    }

    private Object present(JsonNode node, Type type) {
        Object value = read(node, type);
        if (value == null) {
            throw new MalformedException("a collection has no nulls");
        }
        return value;
    }

    private static String text(JsonNode node) {
        check(node.isTextual(), String.class);
        return node.textValue();
    }

    private static double number(JsonNode node) {
        check(node.isNumber(), double.class);
        return node.doubleValue();
    }

    private static char letter(String text) {
        check(text.length() == 1, char.class);
        return text.charAt(0);
    }

    private static Object time(Class<?> type, String text) {
        try {
            return type == Instant.class ? Instant.parse(text) : Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new MalformedException("this is no time: " + e.getMessage());
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new MalformedException("this is no path: " + e.getMessage());
        }
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new MalformedException("there is no " + name(type) + " " + name);
    }

    private static Class<?> permitted(Class<?> type, String name) {
        if (type.isSealed()) {
            for (Class<?> one : type.getPermittedSubclasses()) {
                if (name(one).equals(name)) {
                    return one;
                }
            }
        }
        throw new MalformedException("there is no " + name(type) + " " + name);
    }

    private static void check(boolean right, Class<?> type) {
        if (!right) {
            throw new MalformedException("this is no " + name(type));
        }
    }

    private static String name(Class<?> type) {
        return type.getSimpleName();
    }

    private static Class<?> raw(Type type) {
        if (type instanceof ParameterizedType generic) {
            return (Class<?>) generic.getRawType();
        } else if (type instanceof TypeVariable<?> variable) {
            return raw(variable.getBounds()[0]);
        }
        return (Class<?>) type;
    }

    private static Type argument(Type type, int number) {
        return ((ParameterizedType) type).getActualTypeArguments()[number];
    }
}
