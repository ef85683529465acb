package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * Finds settings that libxl did not take over. It ignores keys that it does not know, so a setting newer than the
 * library (or a typo) would otherwise be lost without a word. libxl leaves out of its own JSON what has its default
 * value, so only values that are no default can be missed.
 */
final class JsonKeys {
    private JsonKeys() {}

    static void requireKnown(String version, ObjectNode given, ObjectNode taken) {
        List<String> lost = lost(given, taken);
        if (!lost.isEmpty()) {
            throw new HypervisorException(
                    LibxlError.INVAL, "libxl " + version + " does not know " + String.join(", ", lost));
        }
    }

    /** Returns the paths of what {@code given} has and {@code taken} has not. */
    static List<String> lost(JsonNode given, JsonNode taken) {
        List<String> lost = new ArrayList<>();
        collect("", given, taken, lost);
        return lost;
    }

    private static void collect(String path, JsonNode given, @Nullable JsonNode taken, List<String> lost) {
        if (given.isObject()) {
            for (Iterator<Map.Entry<String, JsonNode>> i = given.fields(); i.hasNext(); ) {
                Map.Entry<String, JsonNode> field = i.next();
                String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                collect(name, field.getValue(), taken == null ? null : taken.get(field.getKey()), lost);
            }
        } else if (given.isArray() && given.size() > 0 && given.get(0).isObject()) {
            for (int i = 0; i < given.size(); i++) {
                collect(path + "[" + i + "]", given.get(i), taken == null ? null : taken.get(i), lost);
            }
        } else if (taken == null && !mayBeDefault(given)) {
            lost.add(path);
        }
    }

    private static boolean mayBeDefault(JsonNode value) {
        return value.isNull()
                || value.isBoolean() && !value.booleanValue()
                || value.isNumber() && value.longValue() <= 0
                || value.isContainerNode() && value.isEmpty()
                || value.isArray() && isIdOfZeros(value)
                || value.isTextual() && isDefault(value.textValue());
    }

    /** An id of bytes that has no value. A single zero is a set, such as that of the first processor. */
    private static boolean isIdOfZeros(JsonNode array) {
        for (JsonNode each : array) {
            if (!each.isNumber() || each.longValue() != 0) {
                return false;
            }
        }
        return array.size() > 1;
    }

    private static boolean isDefault(String text) {
        return switch (text) {
            case "", "<default>", "default", "unknown", "invalid", "none", "auto", "destroy", "00:00:00:00:00:00" ->
                true;
            default -> text.matches("[0-]+");
        };
    }
}
