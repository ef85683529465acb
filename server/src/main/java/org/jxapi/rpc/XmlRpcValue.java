package org.jxapi.rpc;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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
    private static final byte[] VALUE = ascii("<value>");
    private static final byte[] VALUE_END = ascii("</value>");
    private static final byte[] STRUCT = ascii("<value><struct>");
    private static final byte[] STRUCT_END = ascii("</struct></value>");
    private static final byte[] MEMBER_END = ascii("</member>");
    /** The bytes before the values of a class's published fields. */
    private static final Map<ClassModel<?>, byte[][]> NAMES = new ConcurrentHashMap<>();

    private XmlRpcValue() {}

    private static byte[] ascii(String markup) {
        return markup.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] names(ClassModel<?> model) {
        return model.publicFields().stream()
                .map(f -> ascii("<member><name>" + f.name() + "</name>"))
                .toArray(byte[][]::new);
    }

    /** The {@code <value>} element of a value. */
    public static String encode(Type type, Object value) {
        XmlOutput out = new XmlOutput(256);
        write(out, type, value);
        return out.toString();
    }

    /** Writes a value; null is one of void, or an option that is absent. */
    static void write(XmlOutput out, Type type, @Nullable Object value) {
        if (type instanceof Type.Option option && value != null) {
            write(out, option.element(), value);
        } else if (type instanceof Type.Option || type == Type.Basic.VOID) {
            out.markup("<value></value>");
        } else {
            present(out, type, Objects.requireNonNull(value, type::text));
        }
    }

    private static void present(XmlOutput out, Type type, Object value) {
        if (type instanceof Type.Basic basic) {
            basic(out, basic, value);
        } else if (type instanceof Type.SetOf set) {
            out.markup("<value><array><data>");
            for (Object member : (List<?>) value) {
                write(out, set.element(), member);
            }
            out.markup("</data></array></value>");
        } else if (type instanceof Type.MapOf map) {
            out.markup(STRUCT);
            ((Map<?, ?>) value).forEach((k, v) -> member(out, key(k), map.value(), v));
            out.markup(STRUCT_END);
        } else if (type instanceof Type.Record) {
            record(out, (Row) value);
        } else {
            text(out, key(value));
        }
    }

    private static void basic(XmlOutput out, Type.Basic type, Object value) {
        switch (type) {
            case STRING -> text(out, (String) value);
            case INT -> out.markup(VALUE).markup(Long.toString((Long) value)).markup(VALUE_END);
            case FLOAT ->
                out.markup("<value><double>")
                        .markup(Floats.g((Double) value, 16))
                        .markup("</double></value>");
            case BOOL ->
                out.markup("<value><boolean>")
                        .markup((Boolean) value ? "1" : "0")
                        .markup("</boolean></value>");
            case DATETIME ->
                out.markup("<value><dateTime.iso8601>").markup(value.toString()).markup("</dateTime.iso8601></value>");
            case VOID -> out.markup("<value></value>");
            case ANY_RECORD -> record(out, (Row) value);
            case EVENT_BATCH -> batch(out, (EventBatch) value);
        }
    }

    private static void record(XmlOutput out, Row<?> row) {
        ClassModel<?> model = row.model();
        out.markup(STRUCT);
        boolean event = model == Event.XEN_CLASS;
        byte[][] names = NAMES.computeIfAbsent(model, XmlRpcValue::names);
        List<? extends Field<?, ?>> fields = model.publicFields();
        for (int i = 0; i < fields.size(); i++) {
            Field<?, ?> field = fields.get(i);
            Object value = row.get(field.index());
            if (event && (field == Event.OBJ_UUID || value == null)) {
                continue;
            }
            if (value == null && field.type() instanceof Type.Option) {
                continue;
            }
            out.markup(names[i]);
            if (event && (field == Event.ID || field == Event.TIMESTAMP)) {
                text(out, String.valueOf(value));
            } else {
                write(out, field.type(), value);
            }
            out.markup(MEMBER_END);
        }
        out.markup(STRUCT_END);
    }

    private static void batch(XmlOutput out, EventBatch batch) {
        out.markup(STRUCT);
        memberName(out, "events");
        out.markup("<value><array><data>");
        batch.events().forEach(event -> record(out, event));
        out.markup("</data></array></value></member>");
        memberName(out, "valid_ref_counts");
        out.markup(STRUCT);
        batch.validRefCounts().forEach((name, count) -> {
            memberName(out, name);
            out.markup("<value><i4>").markup(Integer.toString(count)).markup("</i4></value></member>");
        });
        out.markup("</struct></value></member>");
        memberName(out, "token");
        text(out, batch.token());
        out.markup("</member></struct></value>");
    }

    private static void member(XmlOutput out, String name, Type type, Object value) {
        memberName(out, name);
        write(out, type, value);
        out.markup(MEMBER_END);
    }

    /** XAPI writes member names as they are; a client's parser needs them escaped where they hold markup. */
    private static void memberName(XmlOutput out, String name) {
        out.markup("<member><name>").text(name).markup("</name>");
    }

    static void text(XmlOutput out, String text) {
        out.markup(VALUE).text(text).markup(VALUE_END);
    }

    private static String key(Object value) {
        return value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
    }
}
