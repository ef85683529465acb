package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The source of a class: typed keys of its fields and its {@code ClassModel}. */
final class ClassSource {
    private ClassSource() {}

    static String of(JsonNode model) {
        String name = model.get("class").asText();
        String type = Names.type(name);
        StringBuilder keys = new StringBuilder();
        List<String> constants = new ArrayList<>();
        int index = 0;
        for (JsonNode field : model.path("fields")) {
            String constant = Names.constant(field.get("name").asText());
            constants.add(constant);
            keys.append("    /** ")
                    .append(Names.doc(field.path("about").asText()))
                    .append(" */\n")
                    .append("    public static final Field<" + type + ", ")
                    .append(Types.java(field.get("type").asText()))
                    .append("> ")
                    .append(constant)
                    .append(" = ")
                    .append(fieldOf(name, field, index++))
                    .append(";\n\n");
        }
        StringBuilder messages = new StringBuilder();
        for (JsonNode message : model.path("messages")) {
            messages.append("        explicit.add(")
                    .append(messageOf(name, message))
                    .append(");\n");
        }
        return """
                package %s;

                import java.util.ArrayList;
                import java.util.List;
                import java.util.Map;
                import org.jxapi.datamodel.ClassModel;
                import org.jxapi.datamodel.Field;
                import org.jxapi.datamodel.ModelReader;
                import org.jxapi.datamodel.Ref;
                import org.jxapi.datamodel.Row;
                import org.jxapi.datamodel.XenTime;

                /** %s */
                public final class %s {
                %s    public static final ClassModel<%s> XEN_CLASS = model();

                    private %s() {}

                    private static ClassModel<%s> model() {
                        List<org.jxapi.datamodel.MessageModel> explicit = new ArrayList<>();
                %s        return ModelReader.classModel(%s, %s, List.of(%s), explicit);
                    }
                }
                """.formatted(
                        Generate.PACKAGE,
                        Names.doc(model.path("about").asText()),
                        type,
                        keys,
                        type,
                        type,
                        type,
                        messages,
                        Names.quote(name),
                        Names.quote(Flags.of(model)),
                        String.join(", ", constants));
    }

    private static String fieldOf(String className, JsonNode field, int index) {
        String type = field.get("type").asText();
        return "ModelReader.field(" + Names.quote(className) + ", " + index + ", "
                + Names.quote(field.get("name").asText()) + ", " + Names.quote(type) + ", "
                + Names.quote(Flags.of(field)) + enumArgument(type) + ")";
    }

    static String enumArgument(String type) {
        StringBuilder out = new StringBuilder();
        java.util.regex.Matcher m =
                java.util.regex.Pattern.compile("enum (\\w+)").matcher(type);
        while (m.find()) {
            out.append(", ").append(Names.type(m.group(1))).append(".TYPE");
        }
        return out.toString();
    }

    private static String messageOf(String className, JsonNode message) {
        List<String> params = new ArrayList<>();
        StringBuilder enums = new StringBuilder();
        for (JsonNode param : message.path("params")) {
            params.add("ModelReader.param(" + Names.quote(param.get("name").asText()) + ", "
                    + Names.quote(param.get("type").asText()) + ", "
                    + (param.has("default") ? Names.quote(DefaultValue.text(param)) : "null") + ", "
                    + param.path("secret").asBoolean()
                    + enumArgument(param.get("type").asText()) + ")");
        }
        List<String> errors = new ArrayList<>();
        message.path("errors").forEach(e -> errors.add(Names.quote(e.asText())));
        String result = message.get("result").asText();
        String name = message.get("name").asText();
        return "ModelReader.message(" + Names.quote(className) + ", " + Names.quote(name) + ", List.of("
                + String.join(", ", params) + "), " + Names.quote(result) + ", List.of(" + String.join(", ", errors)
                + "), " + ModelFiles.offered(message) + ", " + Names.quote(Flags.of(message))
                + enumArgument(result) + enums + ")";
    }
}
