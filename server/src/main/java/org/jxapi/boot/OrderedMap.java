package org.jxapi.boot;

import java.util.LinkedHashMap;
import java.util.Map;

/** Maps of records, in the order in which XAPI writes them. */
final class OrderedMap {
    private OrderedMap() {}

    /** @param pairs keys, each followed by its value */
    static Map<String, String> of(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
