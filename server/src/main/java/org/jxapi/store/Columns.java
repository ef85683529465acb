package org.jxapi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.datamodel.XenTime;

/** The form of values in database columns: JSON texts for sets and maps, the plain value for everything else. */
final class Columns {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Columns() {}

    /** The SQL type of a column. */
    static String sqlType(Type type) {
        if (type instanceof Type.Basic basic) {
            return switch (basic) {
                case INT -> "BIGINT";
                case FLOAT -> "DOUBLE PRECISION";
                case BOOL -> "BOOLEAN";
                default -> "CHARACTER VARYING";
            };
        }
        return "CHARACTER VARYING";
    }

    static Object toColumn(Type type, Object value) {
        if (type instanceof Type.SetOf || type instanceof Type.MapOf) {
            StringBuilder out = new StringBuilder();
            json(type, value, out);
            return out.toString();
        }
        return plain(value);
    }

    /** The value as an SQL literal. */
    static String literal(Type type, Object value) {
        Object column = toColumn(type, value);
        return column instanceof String text ? "'" + text.replace("'", "''") + "'" : column.toString();
    }

    private static Object plain(Object value) {
        if (value instanceof XenEnum constant) {
            return constant.wire();
        }
        if (value instanceof Ref<?> || value instanceof XenTime) {
            return value.toString();
        }
        return value;
    }

    static Object fromColumn(Type type, Object column) {
        if (type instanceof Type.SetOf || type instanceof Type.MapOf) {
            String text = (String) column;
            if (text.length() == 2) {
                return type instanceof Type.SetOf ? List.of() : Map.of();
            }
            try {
                return value(type, JSON.readTree(text));
            } catch (JsonProcessingException e) {
                throw new StoreException("the database holds a broken " + type.text() + ": " + e.getOriginalMessage());
            }
        }
        return scalar(type, column);
    }

    private static Object scalar(Type type, Object column) {
        if (type instanceof Type.Enumeration enumeration) {
            Object value = enumeration.values().get((String) column);
            if (value == null) {
                throw new StoreException("the database holds an unknown " + type.text() + ": " + column);
            }
            return value;
        }
        if (type instanceof Type.Reference reference) {
            return reference.ref((String) column);
        }
        return type == Type.Basic.DATETIME ? XenTime.parse((String) column) : column;
    }

    /** Appends a value as JSON; a tree of Jackson's would cost several times as much, and each change writes many. */
    private static void json(Type type, Object value, StringBuilder out) {
        if (type instanceof Type.SetOf set) {
            String separator = "[";
            for (Object member : (List<?>) value) {
                out.append(separator);
                json(set.element(), member, out);
                separator = ",";
            }
            out.append(((List<?>) value).isEmpty() ? "[]" : "]");
        } else if (type instanceof Type.MapOf map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                quoted(plain(entry.getKey()).toString(), out.append(separator));
                json(map.value(), entry.getValue(), out.append(':'));
                separator = ",";
            }
            out.append(((Map<?, ?>) value).isEmpty() ? "{}" : "}");
        } else {
            Object plain = plain(value);
            boolean bare = plain instanceof Long
                    || plain instanceof Boolean
                    || plain instanceof Double number && Double.isFinite(number);
            if (bare) {
                out.append(plain);
            } else {
                quoted(plain.toString(), out);
            }
        }
    }

    private static void quoted(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }

    private static Object value(Type type, JsonNode node) {
        if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>(node.size());
            node.forEach(member -> members.add(value(set.element(), member)));
            return Collections.unmodifiableList(members);
        }
        if (type instanceof Type.MapOf map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            node.fields()
                    .forEachRemaining(e -> entries.put(key(map.key(), e.getKey()), value(map.value(), e.getValue())));
            return Collections.unmodifiableMap(entries);
        }
        if (type == Type.Basic.INT) {
            return node.asLong();
        }
        if (type == Type.Basic.FLOAT) {
            return node.isNumber() ? node.doubleValue() : Double.parseDouble(node.asText());
        }
        if (type == Type.Basic.BOOL) {
            return node.asBoolean();
        }
        return scalar(type, node.asText());
    }

    private static Object key(Type type, String text) {
        return type == Type.Basic.INT ? (Object) Long.valueOf(text) : scalar(type, text);
    }
}
