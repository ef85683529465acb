package org.jxapi.query;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Floats;
import org.jxapi.datamodel.XenEnum;

/** The textual form of values that queries compare: the one of XAPI's own database. */
public final class DbText {
    private DbText() {}

    public static String of(Object value) {
        if (value instanceof XenEnum constant) {
            return constant.wire();
        }
        if (value instanceof Double number) {
            return Floats.g(number, 18);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(m -> quoted(of(m))).collect(Collectors.joining(" ", "(", ")"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> "(" + quoted(of(e.getKey())) + " " + quoted(of(e.getValue())) + ")")
                    .collect(Collectors.joining(" ", "(", ")"));
        }
        return String.valueOf(value);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
