package org.jxapi.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.datamodel.XenTime;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** Turns untyped parameters into values of the model's types, taking all that XAPI takes. */
public final class Coerce {
    private Coerce() {}

    /** The value; INTERNAL_ERROR, as XAPI answers it, when the parameter is something else. */
    static @Nullable Object to(Type type, @Nullable Object given) {
        if (type instanceof Type.Basic basic) {
            return basic(basic, given);
        }
        if (type instanceof Type.Enumeration enumeration) {
            return constant(enumeration, given);
        }
        if (type instanceof Type.Reference reference) {
            return reference.ref(string(given));
        }
        if (type instanceof Type.SetOf set) {
            return set(set, given);
        }
        if (type instanceof Type.MapOf map) {
            return map(map, given);
        }
        if (type instanceof Type.Record record) {
            return record(Objects.requireNonNull(XenModel.get(record.className()), type::text), given);
        }
        if (type instanceof Type.Option option) {
            return given == null ? null : to(option.element(), given);
        }
        throw internal("no value of type " + type.text() + " can be given");
    }

    /** XAPI takes the names of constants in any case. */
    private static XenEnum constant(Type.Enumeration type, @Nullable Object given) {
        if (given instanceof String text) {
            XenEnum exact = type.values().get(text);
            if (exact != null) {
                return exact;
            }
            for (Map.Entry<String, ? extends XenEnum> value : type.values().entrySet()) {
                if (value.getKey().equalsIgnoreCase(text)) {
                    return value.getValue();
                }
            }
        }
        throw failure("Unknown tag/contents");
    }

    private static Object basic(Type.Basic type, @Nullable Object given) {
        return switch (type) {
            case STRING -> string(given);
            case INT -> integer(given);
            case FLOAT -> floating(given);
            case BOOL -> {
                if (given instanceof Boolean) {
                    yield given;
                }
                throw expected("bool", given);
            }
            case DATETIME -> dateTime(given);
            default -> throw internal("no value of type " + type.text() + " can be given");
        };
    }

    private static XenTime dateTime(@Nullable Object given) {
        String text = given instanceof Untyped.DateTime time ? time.text() : given instanceof String s ? s : null;
        if (text == null) {
            throw failure("Date.t_of_rpc");
        }
        try {
            return XenTime.parse(text);
        } catch (IllegalArgumentException e) {
            throw internal("Invalid argument: " + e.getMessage()).causedBy(e);
        }
    }

    /** A parameter that is text, as references are too. */
    static String string(@Nullable Object given) {
        if (given instanceof String text) {
            return text;
        }
        throw expected("string", given);
    }

    private static Long integer(@Nullable Object given) {
        if (given instanceof Long) {
            return (Long) given;
        }
        if (given instanceof String text) {
            try {
                return Long.valueOf(text.strip());
            } catch (NumberFormatException e) {
                throw failure("Int64.of_string").causedBy(e);
            }
        }
        throw expected("int64", given);
    }

    private static Double floating(@Nullable Object given) {
        if (given instanceof Number number) {
            return number.doubleValue();
        }
        if (given instanceof String text) {
            try {
                return Double.valueOf(text.strip().replace("inf", "Infinity").replace("nan", "NaN"));
            } catch (NumberFormatException e) {
                throw failure("float_of_string").causedBy(e);
            }
        }
        throw expected("float", given);
    }

    private static List<Object> set(Type.SetOf type, @Nullable Object given) {
        if (!(given instanceof List<?> list)) {
            throw failure("Expecting Rpc.Enum, but found '" + Untyped.text(given) + "'");
        }
        LinkedHashSet<Object> members = new LinkedHashSet<>();
        for (Object member : list) {
            members.add(to(type.element(), member));
        }
        return Collections.unmodifiableList(new ArrayList<>(members));
    }

    private static Map<Object, Object> map(Type.MapOf type, @Nullable Object given) {
        if (!(given instanceof Map<?, ?> struct)) {
            throw failure("Expecting Rpc.Dict, but found '" + Untyped.text(given) + "'");
        }
        Map<Object, Object> entries = new LinkedHashMap<>();
        struct.forEach((key, value) -> entries.put(to(type.key(), key), to(type.value(), value)));
        return Collections.unmodifiableMap(entries);
    }

    /** A constructor's struct: its members are the fields that a client may give; others are ignored. */
    private static Row<?> record(ClassModel<?> model, @Nullable Object given) {
        if (!(given instanceof Map<?, ?> struct)) {
            throw failure("bad __structure");
        }
        Object[] values = new Object[model.fields().size()];
        for (Field<?, ?> field : model.fields()) {
            values[field.index()] = field.defaultValue();
            boolean settable = !field.internal() && field.access() != Field.Access.RO_RUNTIME;
            if (!settable || field.derived()) {
                continue;
            }
            if (struct.containsKey(field.name())) {
                values[field.index()] = to(field.type(), struct.get(field.name()));
            } else if (!field.hasDefault()) {
                throw internal(ExceptionText.other("Server_helpers.Dispatcher_FieldNotFound", field.name()));
            }
        }
        return Row.of(model, values);
    }

    /** A record that some XAPI wrote: all its fields, also those that no client may give. Those that are missing are new. */
    public static <C> Row<C> whole(ClassModel<C> model, Map<String, ?> record) {
        Object[] values = new Object[model.fields().size()];
        for (Field<C, ?> field : model.fields()) {
            boolean given = !field.internal() && !field.derived() && record.containsKey(field.name());
            values[field.index()] = given ? to(field.type(), record.get(field.name())) : field.defaultValue();
        }
        return Row.of(model, values);
    }

    private static XenApiException expected(String what, @Nullable Object given) {
        return failure("Expected " + what + ", got '" + Untyped.text(given) + "'");
    }

    private static XenApiException failure(String text) {
        return internal(ExceptionText.failure(text));
    }

    private static XenApiException internal(String text) {
        return Errors.internalError(text);
    }
}
