package org.jxapi.datamodel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Immutable maps of texts that keep the order in which they are written; {@link Map#of} does not. */
public final class OrderedMap {
    private OrderedMap() {}

    /** @param keysAndValues keys, each followed by its value; of two equal keys the later value counts */
    public static Map<String, String> of(String... keysAndValues) {
        if (keysAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("the last key has no value");
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }
}
