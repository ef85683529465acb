package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The page of all error codes in the API reference. */
final class ErrorsPage {
    private ErrorsPage() {}

    static String of(JsonNode errors) {
        StringBuilder out = new StringBuilder("# Errors\n\n<!-- Generated from datamodel/src/main/model/errors.yaml: do"
                + " not edit. -->\n\nA failed call returns one of these codes and its parameters, all as strings.\n\n"
                + "| code | parameters | description |\n|---|---|---|\n");
        errors.fields().forEachRemaining(e -> {
            JsonNode raised = e.getValue().get("raised");
            String params = names(e.getValue().get("params"))
                    + (raised == null ? "" : raised.isEmpty() ? " (never sent)" : " (sent: " + names(raised) + ")");
            out.append(Markdown.row(
                    "<a id=\"" + e.getKey() + "\"></a>`" + e.getKey() + "`",
                    params,
                    Markdown.cell(e.getValue().get("about").asText())));
        });
        return out.toString();
    }

    private static String names(JsonNode params) {
        List<String> names = new ArrayList<>();
        params.forEach(p -> names.add(p.asText().strip()));
        return String.join(", ", names);
    }
}
