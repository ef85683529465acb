package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/**
 * The keys that an element of the model files may have, with the shape of each value, in the order in which they are
 * written. An exclamation mark marks those that it must have.
 */
final class Keys {
    static final Keys CLASS = new Keys("class! text, about! text, lifecycle! map, database! bool, persist! bool, "
            + "events! bool, lookups! texts, read_role text, constructor_role text, enums list, fields list, "
            + "messages list");
    static final Keys ENUM = new Keys("name! text, about! text, values! texts, meanings map");
    static final Keys FIELD = new Keys("name! text, type! text, access! text, column text, default any, persist false, "
            + "set_role text, inverse text, key_roles map, get_role text, set_client_cert true, "
            + "elements text, internal true, lifecycle! map, about! text, effect text, keys map");
    static final Keys MESSAGE = new Keys("name! text, offered false, role! text, key_roles map, client_cert true, "
            + "session false, params list, result! text, async false, errors texts, hidden true, pool_internal true, "
            + "secret true, deferred true, lifecycle! map, about! text");
    static final Keys PARAM = new Keys("name! text, type! text, default any, secret true, about text");
    static final Keys ERROR = new Keys("params! texts, raised texts, about! text");

    private enum Shape {
        TEXT("a text"),
        TEXTS("a list of texts"),
        LIST("a list"),
        MAP("a map"),
        BOOL("true or false"),
        TRUE("true, or left out"),
        FALSE("false, or left out"),
        ANY("anything");

        private final String text;

        Shape(String text) {
            this.text = text;
        }

        boolean fits(JsonNode value) {
            return switch (this) {
                case TEXT -> value.isTextual();
                case TEXTS -> value.isArray() && allTexts(value);
                case LIST -> value.isArray();
                case MAP -> value.isObject();
                case BOOL -> value.isBoolean();
                case TRUE -> value.isBoolean() && value.asBoolean();
                case FALSE -> value.isBoolean() && !value.asBoolean();
                case ANY -> true;
            };
        }

        private static boolean allTexts(JsonNode list) {
            for (JsonNode each : list) {
                if (!each.isTextual()) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Map<String, Shape> shapes = new LinkedHashMap<>();
    private final Map<String, Boolean> needed = new LinkedHashMap<>();

    private Keys(String notation) {
        for (String entry : notation.split(", ")) {
            String[] parts = entry.split("!? ");
            shapes.put(parts[0], Shape.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT)));
            needed.put(parts[0], entry.contains("!"));
        }
    }

    Iterable<String> names() {
        return shapes.keySet();
    }

    /** Reports keys that are unknown, missing, or of the wrong shape; false if there are any. */
    boolean check(JsonNode element, Place place) {
        if (!element.isObject()) {
            place.fault("must be a map");
            return false;
        }
        boolean sound = true;
        for (Map.Entry<String, JsonNode> each : element.properties()) {
            Shape shape = shapes.get(each.getKey());
            if (shape == null) {
                place.fault("unknown key \"" + each.getKey() + "\"");
                sound = false;
            } else if (!shape.fits(each.getValue())) {
                place.fault(each.getKey() + " must be " + shape.text);
                sound = false;
            }
        }
        for (Map.Entry<String, Boolean> each : needed.entrySet()) {
            if (each.getValue() && !element.has(each.getKey())) {
                place.fault("no " + each.getKey());
                sound = false;
            }
        }
        return sound;
    }
}
