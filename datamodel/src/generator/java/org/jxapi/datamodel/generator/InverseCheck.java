package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks that both ends of each relation name each other and have fitting types. */
final class InverseCheck {
    private InverseCheck() {}

    static void check(ModelFiles files, ModelFaults faults) {
        Map<String, End> ends = new LinkedHashMap<>();
        for (JsonNode model : files.classes()) {
            for (JsonNode field : model.path("fields")) {
                String path =
                        model.get("class").asText() + "." + field.path("name").asText();
                ends.put(path, new End(field, faults.at(ModelFiles.file(model), path)));
            }
        }
        ends.forEach((path, end) -> {
            if (end.field.has("inverse")) {
                check(path, end.field, ends.get(end.field.get("inverse").asText()), end.place);
            }
        });
    }

    /** A field, which may be an end of a relation, and where the model files have it. */
    private record End(JsonNode field, Place place) {}

    private static void check(String path, JsonNode field, @Nullable End other, Place place) {
        String inverse = field.get("inverse").asText();
        String className = inverse.substring(0, Math.max(inverse.indexOf('.'), 0));
        String type = field.path("type").asText();
        if (other == null) {
            place.fault("inverse: there is no field " + inverse);
        } else if (inverse.equals(path)) {
            place.fault("inverse: a field cannot be its own other end");
        } else if (!other.field.path("inverse").asText().equals(path)) {
            place.fault("inverse: " + inverse + " does not name this field as its inverse");
        } else if (!type.equals(className + " ref") && !type.equals(className + " ref set")) {
            place.fault("inverse: the type must be " + className + " ref or " + className + " ref set");
        } else if (!type.endsWith(" set") && !other.field.path("type").asText().endsWith(" set")) {
            place.fault("inverse: one of the two ends must be a set");
        }
    }
}
