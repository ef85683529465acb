package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The source of the error factories: one method a code, with its parameters by name, and what each code means. */
final class ErrorsSource {
    private ErrorsSource() {}

    static String of(JsonNode errors) {
        StringBuilder out = new StringBuilder();
        StringBuilder table = new StringBuilder();
        errors.fields().forEachRemaining(e -> {
            String code = e.getKey();
            List<String> params = new ArrayList<>();
            List<String> labels = new ArrayList<>();
            e.getValue().get("params").forEach(label -> labels.add(Names.quote(label.asText())));
            JsonNode raised = e.getValue().get("raised");
            for (JsonNode label : raised == null ? e.getValue().get("params") : raised) {
                String name = Names.member(label.asText().replaceAll("[^A-Za-z0-9]+", "_"));
                while (params.contains("String " + name)) {
                    name += "2";
                }
                params.add("String " + name);
            }
            List<String> values = params.stream().map(p -> p.substring(7)).toList();
            String about = e.getValue().get("about").asText();
            out.append("\n    /** ")
                    .append(Names.doc(about))
                    .append(" */\n    public static XenApiException ")
                    .append(Names.member(code.toLowerCase(Locale.ROOT)))
                    .append('(')
                    .append(String.join(", ", params))
                    .append(") {\n        return new XenApiException(")
                    .append(Names.quote(code))
                    .append(", List.of(")
                    .append(String.join(", ", values))
                    .append("));\n    }\n");
            table.append("        add(")
                    .append(Names.quote(code))
                    .append(", ")
                    .append(Names.quote(about))
                    .append(labels.isEmpty() ? "" : ", ")
                    .append(String.join(", ", labels))
                    .append(");\n");
        });
        return """
                package %s;

                import java.util.Collections;
                import java.util.LinkedHashMap;
                import java.util.List;
                import java.util.Map;
                import org.jspecify.annotations.Nullable;
                import org.jxapi.datamodel.XenApiException;

                /** The XenAPI's errors: a factory for each code, with its parameters in order. */
                public final class Errors {
                    private static final Map<String, List<String>> PARAMS = new LinkedHashMap<>();
                    private static final Map<String, String> DESCRIPTIONS = new LinkedHashMap<>();

                    static {
                %s    }

                    private Errors() {}

                    private static void add(String code, String description, String... params) {
                        PARAMS.put(code, List.of(params));
                        DESCRIPTIONS.put(code, description);
                    }

                    /** The names of each code's parameters, by code. */
                    public static Map<String, List<String>> params() {
                        return Collections.unmodifiableMap(PARAMS);
                    }

                    /** The meaning of the code and its remedy, in one or two sentences; null for an unknown code. */
                    public static @Nullable String description(String code) {
                        return DESCRIPTIONS.get(code);
                    }
                %s}
                """.formatted(Generate.PACKAGE, table, out);
    }
}
