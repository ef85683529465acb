package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The page of all error codes in the API reference. */
final class ErrorsPage {
    private ErrorsPage() {}

    static String of(JsonNode errors) {
        StringBuilder out = new StringBuilder("# Errors\n\n<!-- Generated from datamodel/src/main/model/errors.yaml: do"
                + " not edit. -->\n\nA failed call answers one of these codes and its parameters, all as strings.\n\n"
                + "| code | parameters | description |\n|---|---|---|\n");
        errors.fields().forEachRemaining(e -> {
            List<String> params = new ArrayList<>();
            e.getValue().get("params").forEach(p -> params.add(p.asText().strip()));
            out.append(Markdown.row(
                    "<a id=\"" + e.getKey() + "\"></a>`" + e.getKey() + "`",
                    String.join(", ", params),
                    Markdown.cell(e.getValue().get("about").asText())));
        });
        return out.toString();
    }
}
