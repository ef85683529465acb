package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks that several parts of the model share. */
final class PartCheck {
    private PartCheck() {}

    /** Descriptions are sentences. */
    static void about(JsonNode element, Place place) {
        if (!element.path("about").asText().endsWith(".")) {
            place.fault("about must be a sentence with a full stop");
        }
    }

    /** The role under that key, if it has one, is a role. */
    static void role(JsonNode element, String key, Place place) {
        if (element.has(key)) {
            role(key, element.get(key).asText(), place);
        }
    }

    /** The roles of single keys of a map are roles. */
    static void keyRoles(JsonNode element, Place place) {
        for (Map.Entry<String, JsonNode> each : element.path("key_roles").properties()) {
            role("key_roles: " + each.getKey(), each.getValue().asText(), place);
        }
    }

    private static void role(String key, String role, Place place) {
        if (Arrays.stream(BuiltInRole.values()).noneMatch(r -> r.wire().equals(role))) {
            place.fault(key + ": unknown role \"" + role + "\"");
        }
    }

    /** The type in that notation; nothing, and a fault, if there is none. */
    static Optional<Type> type(String text, Notation notation, Place place) {
        try {
            return Optional.of(notation.parse(text));
        } catch (Notation.Malformed e) {
            place.fault(e.fault);
            return Optional.empty();
        }
    }

    static void defaultValue(JsonNode element, Type type, Place place) {
        if (element.has("default") && !DefaultValue.fits(element.get("default"), type)) {
            place.fault("default " + element.get("default") + " does not fit the type " + type.text());
        }
    }

    /** A list of names, each of which may occur once. */
    static void once(JsonNode names, String key, Place place) {
        Set<String> seen = new HashSet<>();
        for (JsonNode each : names) {
            if (!seen.add(each.asText())) {
                place.fault(key + ": " + each.asText() + " is given twice");
            }
        }
    }

    /** Finds names that are given twice, or that become the same name in Java. */
    static final class Distinct {
        private final UnaryOperator<String> javaName;
        private final Map<String, String> seen = new HashMap<>();

        Distinct(UnaryOperator<String> javaName) {
            this.javaName = javaName;
        }

        void add(String name, Place place) {
            String other = seen.put(javaName.apply(name), name);
            if (name.equals(other)) {
                place.fault("this name is given twice");
            } else if (other != null) {
                place.fault("its name in Java is that of " + other);
            }
        }
    }
}
