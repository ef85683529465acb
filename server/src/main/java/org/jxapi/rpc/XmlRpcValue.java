package org.jxapi.rpc;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Floats;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.xenapi.Event;

/** Writes values in XML-RPC, byte for byte as XAPI does: integers, references and enums are plain strings. */
public final class XmlRpcValue {
    private XmlRpcValue() {}

    /** The {@code <value>} element of a value. */
    public static String encode(Type type, Object value) {
        StringBuilder out = new StringBuilder();
        write(out, type, value);
        return out.toString();
    }

    static void write(StringBuilder out, Type type, Object value) {
        if (type instanceof Type.Basic basic) {
            basic(out, basic, value);
        } else if (type instanceof Type.SetOf set) {
            out.append("<value><array><data>");
            for (Object member : (List<?>) value) {
                write(out, set.element(), member);
            }
            out.append("</data></array></value>");
        } else if (type instanceof Type.MapOf map) {
            out.append("<value><struct>");
            ((Map<?, ?>) value).forEach((k, v) -> member(out, key(k), map.value(), v));
            out.append("</struct></value>");
        } else if (type instanceof Type.Record) {
            record(out, (Row) value);
        } else if (type instanceof Type.Option option) {
            if (value == null) {
                out.append("<value></value>");
            } else {
                write(out, option.element(), value);
            }
        } else {
            text(out, key(value));
        }
    }

    private static void basic(StringBuilder out, Type.Basic type, Object value) {
        switch (type) {
            case STRING -> text(out, (String) value);
            case INT -> out.append("<value>").append((long) (Long) value).append("</value>");
            case FLOAT ->
                out.append("<value><double>")
                        .append(Floats.g((Double) value, 16))
                        .append("</double></value>");
            case BOOL ->
                out.append("<value><boolean>")
                        .append((Boolean) value ? '1' : '0')
                        .append("</boolean></value>");
            case DATETIME ->
                out.append("<value><dateTime.iso8601>").append(value).append("</dateTime.iso8601></value>");
            case VOID -> out.append("<value></value>");
            case ANY_RECORD -> record(out, (Row) value);
            case EVENT_BATCH -> batch(out, (EventBatch) value);
        }
    }

    private static void record(StringBuilder out, Row row) {
        ClassModel model = row.model();
        out.append("<value><struct>");
        boolean event = model == Event.XEN_CLASS;
        for (Field<?> field : model.publicFields()) {
            Object value = row.get(field.index());
            if (event && (field == Event.OBJ_UUID || value == null)) {
                continue;
            }
            if (value == null && field.type() instanceof Type.Option) {
                continue;
            }
            if (event && (field == Event.ID || field == Event.TIMESTAMP)) {
                memberName(out, field.name());
                text(out, String.valueOf(value));
                out.append("</member>");
            } else {
                member(out, field.name(), field.type(), value);
            }
        }
        out.append("</struct></value>");
    }

    private static void batch(StringBuilder out, EventBatch batch) {
        out.append("<value><struct>");
        memberName(out, "events");
        out.append("<value><array><data>");
        batch.events().forEach(event -> record(out, event));
        out.append("</data></array></value></member>");
        memberName(out, "valid_ref_counts");
        out.append("<value><struct>");
        batch.validRefCounts().forEach((name, count) -> {
            memberName(out, name);
            out.append("<value><i4>").append((int) count).append("</i4></value></member>");
        });
        out.append("</struct></value></member>");
        memberName(out, "token");
        text(out, batch.token());
        out.append("</member></struct></value>");
    }

    private static void member(StringBuilder out, String name, Type type, Object value) {
        memberName(out, name);
        write(out, type, value);
        out.append("</member>");
    }

    /** XAPI writes member names as they are; a client's parser needs them escaped where they hold markup. */
    private static void memberName(StringBuilder out, String name) {
        out.append("<member><name>");
        escape(out, name);
        out.append("</name>");
    }

    static void text(StringBuilder out, String text) {
        out.append("<value>");
        escape(out, text);
        out.append("</value>");
    }

    private static String key(Object value) {
        return value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
    }

    private static void escape(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> {
                    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
                        out.append(c);
                    }
                }
            }
        }
    }
}
