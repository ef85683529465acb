package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/**
 * The fields of shared.yaml, which say once what fields of that name have in common. A class takes one with
 * {@code shared: NAME} and adds the other keys.
 */
final class SharedFields {
    static final String FILE = "shared.yaml";

    private final Map<String, JsonNode> byName = new LinkedHashMap<>();

    SharedFields(JsonNode file, ModelFaults faults) {
        for (JsonNode field : file.path("fields")) {
            String name = field.path("name").asText();
            if (byName.put(name, field) != null) {
                faults.at(FILE, name).fault("this name is given twice");
            }
        }
    }

    /** Replaces the entries of a class's file that take a shared field by the whole field. */
    void complete(JsonNode model, String file, ModelFaults faults) {
        if (!(model.path("fields") instanceof ArrayNode fields)) {
            return;
        }
        for (int i = 0; i < fields.size(); i++) {
            JsonNode entry = fields.get(i);
            if (entry.has("shared")) {
                String name = entry.get("shared").asText();
                Place place = faults.at(file, model.path("class").asText() + "." + name);
                JsonNode common = byName.get(name);
                if (common == null) {
                    place.fault("unknown shared field");
                    fields.remove(i--);
                } else {
                    fields.set(i, merged(common, (ObjectNode) entry, place));
                }
            }
        }
    }

    private static JsonNode merged(JsonNode common, ObjectNode entry, Place place) {
        ObjectNode all = entry.deepCopy();
        all.remove("shared");
        for (Map.Entry<String, JsonNode> each : common.properties()) {
            if (all.has(each.getKey())) {
                place.fault(FILE + " says its " + each.getKey() + " already");
            }
            all.set(each.getKey(), each.getValue());
        }
        ObjectNode ordered = all.objectNode();
        for (String key : Keys.FIELD.names()) {
            if (all.has(key)) {
                ordered.set(key, all.remove(key));
            }
        }
        return ordered.setAll(all);
    }
}
