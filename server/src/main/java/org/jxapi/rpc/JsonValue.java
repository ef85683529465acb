package org.jxapi.rpc;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Floats;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.xenapi.Event;

/** Writes values in JSON as XAPI does, without white space. */
final class JsonValue {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonValue() {}

    /** Writes a value; null is one of void, or an option that is absent. */
    static void write(StringBuilder out, Type type, @Nullable Object value) {
        if (type instanceof Type.Option option && value != null) {
            write(out, option.element(), value);
        } else if (type instanceof Type.Option) {
            out.append("null");
        } else if (type == Type.Basic.VOID) {
            out.append("\"\"");
        } else {
            present(out, type, Objects.requireNonNull(value, type::text));
        }
    }

    private static void present(StringBuilder out, Type type, Object value) {
        if (type instanceof Type.Basic basic) {
            basic(out, basic, value);
        } else if (type instanceof Type.SetOf set) {
            out.append('[');
            String comma = "";
            for (Object member : (List<?>) value) {
                out.append(comma);
                write(out, set.element(), member);
                comma = ",";
            }
            out.append(']');
        } else if (type instanceof Type.MapOf map) {
            out.append('{');
            String comma = "";
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(comma);
                string(out, text(entry.getKey()));
                out.append(':');
                write(out, map.value(), entry.getValue());
                comma = ",";
            }
            out.append('}');
        } else if (type instanceof Type.Record) {
            record(out, (Row<?>) value);
        } else {
            string(out, text(value));
        }
    }

    private static void basic(StringBuilder out, Type.Basic type, Object value) {
        switch (type) {
            case STRING, DATETIME -> string(out, String.valueOf(value));
            case INT -> out.append((long) (Long) value);
            case FLOAT -> number(out, (Double) value);
            case BOOL -> out.append((boolean) (Boolean) value);
            case VOID -> out.append("\"\"");
            case ANY_RECORD -> record(out, (Row<?>) value);
            case EVENT_BATCH -> batch(out, (EventBatch) value);
        }
    }

    private static void record(StringBuilder out, Row<?> row) {
        boolean event = row.model() == Event.XEN_CLASS;
        out.append('{');
        String comma = "";
        for (Field<?, ?> field : row.model().publicFields()) {
            Object value = row.get(field.index());
            if (value == null && (event || field.type() instanceof Type.Option) || event && field == Event.OBJ_UUID) {
                continue;
            }
            out.append(comma).append('"').append(field.name()).append("\":");
            if (event && (field == Event.ID || field == Event.TIMESTAMP)) {
                string(out, String.valueOf(value));
            } else {
                write(out, field.type(), value);
            }
            comma = ",";
        }
        out.append('}');
    }

    private static void batch(StringBuilder out, EventBatch batch) {
        out.append("{\"events\":[");
        String comma = "";
        for (Row<?> event : batch.events()) {
            out.append(comma);
            record(out, event);
            comma = ",";
        }
        out.append("],\"valid_ref_counts\":{");
        comma = "";
        for (Map.Entry<String, Integer> count : batch.validRefCounts().entrySet()) {
            out.append(comma);
            string(out, count.getKey());
            out.append(':').append((int) count.getValue());
            comma = ",";
        }
        out.append("},\"token\":");
        string(out, batch.token());
        out.append('}');
    }

    /** A number with a fraction, {@code 1.0}; infinities and what is no number are bare words. */
    private static void number(StringBuilder out, double value) {
        if (Double.isNaN(value)) {
            out.append("NaN");
        } else if (Double.isInfinite(value)) {
            out.append(value > 0 ? "Infinity" : "-Infinity");
        } else {
            String text = Floats.g(value, 16);
            text = Double.parseDouble(text) == value ? text : Floats.g(value, 17);
            out.append(text);
            if (text.indexOf('.') < 0 && text.indexOf('e') < 0) {
                out.append(".0");
            }
        }
    }

    private static String text(Object value) {
        return value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
    }

    static void string(StringBuilder out, String text) {
        out.append('"');
        int plain = 0;
        while (plain < text.length() && plain(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            out.append(text).append('"');
            return;
        }
        out.append(text, 0, plain);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (plain(c)) {
                        out.append(c);
                    } else {
                        out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean plain(char c) {
        return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
    }
}
