package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads default values as the model files write them: {@code ""}, {@code {}}, {@code 0.}, {@code {"a" -> "b"}}. */
final class Defaults {
    private Defaults() {}

    static Object parse(Type type, String text) {
        if (type instanceof Type.Basic basic) {
            return basic(basic, text);
        }
        if (type instanceof Type.Enumeration enumeration) {
            // The model gives one host.create parameter the default {}: no state at all, so the first one.
            XenEnum value = enumeration.values().get(unquote(text));
            return value == null ? enumeration.zero() : value;
        }
        if (type instanceof Type.Reference reference) {
            String ref = unquote(text);
            return reference.ref(ref.equals("Null") ? "" : ref);
        }
        if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>();
            for (String member : items(text)) {
                members.add(parse(set.element(), member));
            }
            return List.copyOf(members);
        }
        if (type instanceof Type.MapOf map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            for (String item : items(text)) {
                int arrow = item.indexOf(" -> ");
                entries.put(parse(map.key(), item.substring(0, arrow)), parse(map.value(), item.substring(arrow + 4)));
            }
            return java.util.Collections.unmodifiableMap(entries);
        }
        throw new IllegalArgumentException("no default for " + type.text());
    }

    private static Object basic(Type.Basic type, String text) {
        return switch (type) {
            case STRING -> unquote(text);
            case INT -> Long.parseLong(text);
            case FLOAT -> Double.parseDouble(text);
            case BOOL -> Boolean.parseBoolean(text);
            case DATETIME -> XenTime.parse(text);
            default -> throw new IllegalArgumentException("no default for " + type.text());
        };
    }

    private static List<String> items(String text) {
        String inner = text.substring(1, text.length() - 1).strip();
        return inner.isEmpty() ? List.of() : List.of(inner.split(",\\s*"));
    }

    private static String unquote(String text) {
        return text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
    }
}
