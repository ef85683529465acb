package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of {@code org.jxapi.hypervisor}, which are named after libxl's structures, into libxl's JSON and
 * back: {@code maxMemkb} is {@code max_memkb}, an enum its lower-case name, a {@code Boolean} a {@code libxl_defbool},
 * a set of numbers a {@code libxl_bitmap}. Null is left out, as libxl leaves out defaults.
 */
final class RecordJson {
    private RecordJson() {}

    static ObjectNode write(Record record) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        try {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                Object value = component.getAccessor().invoke(record);
                if (value != null) {
                    json.set(key(component.getName()), value(value, component.getType()));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return json;
    }

    private static JsonNode value(Object value, Class<?> declared) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (value instanceof String || value instanceof UUID) {
            return json.textNode(value.toString());
        } else if (value instanceof Boolean truth) {
            return declared == boolean.class ? json.booleanNode(truth) : json.textNode(truth ? "True" : "False");
        } else if (value instanceof Number number) {
            return json.numberNode(number.longValue());
        } else if (value instanceof Enum<?> constant) {
            return json.textNode(constant.name().toLowerCase(Locale.ROOT));
        } else if (value instanceof Record record) {
            return write(record);
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode object = json.objectNode();
            map.forEach((k, v) -> object.put(k.toString(), v.toString()));
            return object;
        } else if (value instanceof Collection<?> all) {
            ArrayNode array = json.arrayNode();
            (value instanceof Set ? new TreeSet<>(all) : all).forEach(e -> array.add(value(e, e.getClass())));
            return array;
        }
        throw new IllegalArgumentException("no JSON for " + value.getClass());
    }

    /** Reads a record; what the JSON has not is null, 0, false or an empty collection. */
    static <R extends Record> R read(ObjectNode json, Class<R> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(json.get(key(components[i].getName())), components[i].getGenericType());
        }
        try {
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("libxl gave a " + type.getSimpleName() + " that is none: " + json, e);
        }
    }

    private static @Nullable Object value(@Nullable JsonNode node, Type type) {
        if (node == null || node.isNull()) {
            return absent(type);
        }
        if (type instanceof ParameterizedType generic) {
            return collection(node, generic);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == boolean.class) {
            return node.isBoolean() ? node.booleanValue() : node.intValue() != 0;
        } else if (raw == int.class || raw == Integer.class) {
            return (int) node.longValue();
        } else if (raw == long.class || raw == Long.class) {
            return node.longValue();
        } else if (raw == Boolean.class) {
            return node.isBoolean() ? node.booleanValue() : defbool(node.asText());
        } else if (raw == String.class) {
            return node.asText();
        } else if (raw == UUID.class) {
            return UUID.fromString(node.asText());
        } else if (raw.isEnum()) {
            return constant(raw, node.asText());
        }
        return read((ObjectNode) node, raw.asSubclass(Record.class));
    }

    private static @Nullable Boolean defbool(String text) {
        return text.equals("<default>") ? null : Boolean.valueOf(text.equals("True"));
    }

    private static @Nullable Object absent(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Map.class ? Map.of() : null;
        }
        Class<?> raw = (Class<?>) type;
        if (raw == boolean.class) {
            return false;
        } else if (raw == int.class) {
            return 0;
        } else if (raw == long.class) {
            return 0L;
        }
        return raw.isEnum() ? defaultOf(raw) : null;
    }

    private static Object collection(JsonNode node, ParameterizedType type) {
        if (type.getRawType() == Map.class) {
            Map<String, String> map = new LinkedHashMap<>();
            node.fields().forEachRemaining(e -> {
                if (!e.getValue().isNull()) {
                    map.put(e.getKey(), e.getValue().asText());
                }
            });
            return map;
        }
        List<@Nullable Object> all = new ArrayList<>();
        node.forEach(element -> all.add(value(element, type.getActualTypeArguments()[0])));
        return type.getRawType() == Set.class ? new TreeSet<>(all) : all;
    }

    /** Returns the constant for what is unknown, if the enum has one; libxl leaves that out. */
    private static @Nullable Object defaultOf(Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            String name = ((Enum<?>) constant).name();
            if (name.equals("UNKNOWN") || name.equals("INVALID")) {
                return constant;
            }
        }
        return null;
    }

    private static @Nullable Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equalsIgnoreCase(name)) {
                return constant;
            }
        }
        return defaultOf(type);
    }

    /** Returns libxl's name of a record component: {@code acpiS3} is {@code acpi_s3}. */
    static String key(String component) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c)) {
                key.append('_');
            }
            key.append(Character.toLowerCase(c));
        }
        return key.toString();
    }
}
