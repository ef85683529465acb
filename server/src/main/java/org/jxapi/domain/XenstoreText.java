package org.jxapi.domain;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jxapi.xenapi.Errors;

/**
 * Keys and values of a VM that are written below its domain in xenstore. xenstored refuses other characters in names,
 * and a write of more than 4096 bytes: such a VM could not start, and libxl would not say why.
 */
public final class XenstoreText {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_@-]{1,256}");
    private static final Pattern PATH = Pattern.compile("(vm-data|FIST)(/[A-Za-z0-9_@-]{1,256}){0,16}");
    private static final int LONGEST_PATH = 1024;
    private static final int LONGEST_VALUE = 2048;

    private XenstoreText() {}

    /**
     * The part of {@code VM.xenstore_data} that a guest gets: as in XAPI, only keys that begin with vm-data or FIST.
     * The rest of the tree is the toolstack's. INVALID_VALUE for such a key that xenstore cannot hold.
     */
    public static Map<String, String> data(Map<String, String> given) {
        Map<String, String> data = new TreeMap<>();
        given.forEach((key, value) -> {
            if (key.startsWith("vm-data") || key.startsWith("FIST")) {
                if (key.length() > LONGEST_PATH || !PATH.matcher(key).matches()) {
                    throw Errors.invalidValue("xenstore_data", key);
                }
                data.put(key, value("xenstore_data:" + key, value));
            }
        });
        return data;
    }

    /** Whether that node of a guest's own can be a key of {@code VM.xenstore_data}, so that the VM finds it again. */
    public static boolean holds(String key, String value) {
        return key.length() <= LONGEST_PATH && PATH.matcher(key).matches() && fits(value);
    }

    /** Whether xenstore can hold that value. */
    public static boolean fits(String value) {
        return value.indexOf('\0') < 0 && value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_VALUE;
    }

    /** Checks a key of {@code VM.platform} and its value. */
    static void platform(String key, String value) {
        if (!NAME.matcher(key).matches()) {
            throw Errors.invalidValue("platform", key);
        }
        value("platform:" + key, value);
    }

    private static String value(String name, String value) {
        if (!fits(value)) {
            throw Errors.invalidValue(name, value);
        }
        return value;
    }
}
