package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenTime;

/**
 * Default values in YAML's own notation: {@code ""}, {@code 0}, {@code 1.5}, {@code true}, {@code []}, {@code {}}, the
 * name of an enumeration's value, a date as text, {@code null} for the null reference.
 */
final class DefaultValue {
    private DefaultValue() {}

    static boolean fits(JsonNode value, Type type) {
        if (type instanceof Type.Basic basic) {
            return switch (basic) {
                case STRING -> value.isTextual();
                case INT -> value.isIntegralNumber() && value.canConvertToLong();
                case FLOAT -> value.isNumber();
                case BOOL -> value.isBoolean();
                case DATETIME -> value.isTextual() && date(value.asText());
                case VOID, ANY_RECORD, EVENT_BATCH -> false;
            };
        } else if (type instanceof Type.Enumeration enumeration) {
            return value.isTextual() && enumeration.values().containsKey(value.asText());
        } else if (type instanceof Type.Reference) {
            return value.isNull() || value.isTextual() && value.asText().startsWith("OpaqueRef:");
        } else if (type instanceof Type.SetOf set) {
            return value.isArray() && all(value, set.element());
        } else if (type instanceof Type.MapOf map) {
            return value.isObject() && map.text().equals("(string -> string) map") && all(value, map.value())
                    || value.isObject() && value.isEmpty();
        }
        return false;
    }

    private static boolean all(JsonNode values, Type type) {
        for (JsonNode each : values) {
            if (!fits(each, type)) {
                return false;
            }
        }
        return true;
    }

    private static boolean date(String text) {
        try {
            XenTime.parse(text);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The value of a default that fits. */
    static Object value(JsonNode value, Type type) {
        if (type instanceof Type.Enumeration enumeration) {
            return Objects.requireNonNull(enumeration.values().get(value.asText()));
        } else if (type instanceof Type.Reference reference) {
            return value.isNull() ? reference.zero() : reference.ref(value.asText());
        } else if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>();
            value.forEach(v -> members.add(value(v, set.element())));
            return List.copyOf(members);
        } else if (type instanceof Type.MapOf) {
            return OrderedMap.of(value.properties().stream()
                    .flatMap(e -> Stream.of(e.getKey(), e.getValue().asText()))
                    .toArray(String[]::new));
        }
        return switch ((Type.Basic) type) {
            case INT -> value.asLong();
            case FLOAT -> value.asDouble();
            case BOOL -> value.asBoolean();
            case DATETIME -> XenTime.parse(value.asText());
            default -> value.asText();
        };
    }
}
