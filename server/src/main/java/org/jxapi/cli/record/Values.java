package org.jxapi.cli.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;

/** Values of the model as text: a String, a List of them, or a Map of them. */
final class Values {
    private Values() {}

    /**
     * The value in one of the three shapes. A map from tasks to operations is the list of the operations.
     *
     * @param byName whether references are shown by name, not uuid
     */
    static Object of(Api api, Type type, Object value, boolean byName) {
        if (type instanceof Type.SetOf set) {
            List<String> members = new ArrayList<>();
            ((List<?>) value).forEach(m -> members.add(scalar(api, set.element(), m, byName)));
            return members;
        }
        if (type instanceof Type.MapOf map) {
            if (map.value() instanceof Type.Enumeration && map.key() == Type.Basic.STRING) {
                return ((Map<?, ?>) value)
                        .values().stream()
                                .map(m -> scalar(api, map.value(), m, byName))
                                .toList();
            }
            Map<String, String> entries = new LinkedHashMap<>();
            ((Map<?, ?>) value)
                    .forEach((k, v) ->
                            entries.put(scalar(api, map.key(), k, byName), scalar(api, map.value(), v, byName)));
            return entries;
        }
        return scalar(api, type, value, byName);
    }

    private static String scalar(Api api, Type type, Object value, boolean byName) {
        if (value instanceof Ref<?> ref) {
            return byName ? api.name(ref) : api.uuid(ref);
        }
        if (value instanceof XenEnum constant) {
            return EnumNames.shown((Type.Enumeration) type, constant);
        }
        if (value instanceof Double number) {
            return floating(number);
        }
        return String.valueOf(value);
    }

    static String floating(double number) {
        return Amounts.decimal(number, 3);
    }

    /** The one line that a value is in lists. */
    static String joined(Object value, String separator) {
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(separator));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> e.getKey() + ": " + e.getValue())
                    .collect(Collectors.joining(separator));
        }
        return String.valueOf(value);
    }
}
