package org.jxapi.dispatch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;

/** The characters that a string may have on the wire. */
public final class Texts {
    private Texts() {}

    /** The string up to its first character that XML cannot hold: map keys and set members are cut there. */
    static String cut(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF) {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** A map key, cut; INTERNAL_ERROR when nothing is left of it. */
    static String key(String text) {
        String cut = cut(text);
        if (cut.isEmpty()) {
            throw new XenApiException("INTERNAL_ERROR", List.of("Db_exn.Empty_key_in_map"));
        }
        return cut;
    }

    /** A map that a client sets, with all its texts cut. */
    @SuppressWarnings("unchecked")
    public static <K, V> Map<K, V> cut(Map<K, V> map) {
        Map<Object, Object> checked = new LinkedHashMap<>();
        map.forEach((key, value) -> checked.put(
                key instanceof String text ? key(text) : key, value instanceof String text ? cut(text) : value));
        return (Map<K, V>) Collections.unmodifiableMap(checked);
    }
}
