package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The smaller keys of the model files in the one-line notation that {@code ModelReader} takes. */
final class Flags {
    private static final Set<String> OTHERS = Set.of(
            "class",
            "about",
            "fields",
            "messages",
            "enums",
            "name",
            "type",
            "params",
            "result",
            "errors",
            "effect",
            "keys",
            "offered");

    private Flags() {}

    /** Everything else about a class, field or message as {@code key=value;…}; lists use commas, maps {@code k:v|…}. */
    static String of(JsonNode model) {
        List<String> out = new ArrayList<>();
        model.fields().forEachRemaining(e -> {
            String key = e.getKey();
            if (OTHERS.contains(key)) {
                return;
            }
            JsonNode value = e.getValue();
            if (key.equals("default")) {
                out.add(key + "=" + DefaultValue.text(model));
                return;
            }
            List<String> parts = new ArrayList<>();
            if (value.isObject()) {
                value.fields()
                        .forEachRemaining(
                                v -> parts.add(v.getKey() + ":" + v.getValue().asText()));
                out.add(key + "=" + String.join("|", parts));
                return;
            } else if (value.isArray()) {
                value.forEach(v -> parts.add(v.asText()));
            } else {
                parts.add(value.asText());
            }
            out.add(key + "=" + String.join(",", parts));
        });
        return String.join(";", out);
    }
}
