package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.XenEnum;

/** The page of a class in the API reference. */
final class ClassPage {
    private final Described described;
    private final ClassModel<?> model;
    private final StringBuilder out = new StringBuilder();

    private ClassPage(Described described) {
        this.described = described;
        this.model = described.model;
    }

    static String of(Described described) {
        ClassPage page = new ClassPage(described);
        page.head();
        page.fields();
        page.messages();
        page.implicitMessages();
        page.enums();
        return page.out.toString();
    }

    private void head() {
        out.append("# ").append(model.name()).append("\n\n<!-- Generated from datamodel/src/main/model/");
        out.append(model.name()).append(".yaml: do not edit. -->\n\n");
        out.append(described.about).append("\n\n");
        List<String> facts = new ArrayList<>();
        String since = model.lifecycle().transitions().get("published");
        if (since != null) {
            facts.add("Since " + since + ".");
        }
        facts.add(Markdown.state(model.lifecycle()));
        facts.add(
                !model.database()
                        ? "The server computes its objects on request."
                        : model.persist() ? "Its objects outlive the server." : "Its objects end with the server.");
        facts.add(model.events() ? "Changes are announced as events." : "Changes are not announced as events.");
        out.append(facts.stream().filter(f -> !f.isEmpty()).collect(Collectors.joining(" ")));
        out.append("\n[All classes](README.md) · [errors](errors.md) · [coverage](../coverage.md)\n");
    }

    private void fields() {
        if (model.publicFields().isEmpty()) {
            return;
        }
        out.append("\n## Fields\n\n| field | type | access | role to set | description |\n|---|---|---|---|---|\n");
        for (Field<?, ?> field : model.publicFields()) {
            List<String> about = new ArrayList<>(List.of(Markdown.cell(described.about(field))));
            about.add(Markdown.state(field.lifecycle()));
            if (field.inverse() != null) {
                about.add("Other end: `" + field.inverse() + "`.");
            }
            if (field.restrictedRead()) {
                about.add("Only pool-operator and higher roles can read it.");
            }
            if (!field.keyRoles().isEmpty()) {
                about.add("Roles of single keys: " + Markdown.keyRoles(field.keyRoles()) + ".");
            }
            out.append(Markdown.row(
                    "`" + field.name() + "`",
                    Markdown.type(field.type()),
                    access(field),
                    Markdown.role(field.setRole()),
                    join(about)));
        }
    }

    private static String access(Field<?, ?> field) {
        return switch (field.access()) {
            case RO_CONSTRUCTOR -> field.hasDefault() ? "at creation, optional" : "at creation";
            case RO_RUNTIME -> "read only";
            case RW -> "read and write";
        };
    }

    private void messages() {
        List<MessageModel> explicit =
                model.messages().stream().filter(m -> !m.implicit()).toList();
        if (explicit.isEmpty()) {
            return;
        }
        out.append("\n## Messages\n");
        for (MessageModel message : explicit) {
            out.append("\n### ").append(message.name()).append("\n\n```\n").append(signature(message));
            out.append("\n```\n\n").append(described.about(message)).append("\n");
            List<String> facts = new ArrayList<>(List.of("Role: " + Markdown.role(message.role()) + "."));
            if (!message.keyRoles().isEmpty()) {
                facts.add("Roles of single keys: " + Markdown.keyRoles(message.keyRoles()) + ".");
            }
            facts.add(message.async() ? "Also as `Async." + message.fullName() + "`." : "");
            facts.add(message.hidden() || message.poolInternal() ? "For the pool's own use." : "");
            facts.add(Markdown.state(message.lifecycle()));
            out.append("\n").append(join(facts)).append("\n");
            params(message);
            if (!message.errors().isEmpty()) {
                out.append("\nErrors: ")
                        .append(message.errors().stream()
                                .map(e -> "[" + e + "](errors.md#" + e + ")")
                                .collect(Collectors.joining(", ")))
                        .append(".\n");
            }
        }
    }

    private void params(MessageModel message) {
        if (message.params().isEmpty()) {
            return;
        }
        out.append("\n| parameter | type | description |\n|---|---|---|\n");
        for (MessageModel.Param param : message.params()) {
            String about = Markdown.cell(described.about(message, param));
            Object defaultValue = param.defaultValue();
            String optional = defaultValue == null ? "" : " Optional: " + value(defaultValue) + ".";
            out.append(Markdown.row("`" + param.name() + "`", Markdown.type(param.type()), about + optional));
        }
    }

    private static String value(Object value) {
        String text = value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
        return text.isEmpty() ? "empty" : "`" + text + "`";
    }

    private void implicitMessages() {
        List<MessageModel> implicit = model.messages().stream()
                .filter(m -> m.implicit() && !m.hidden())
                .toList();
        if (implicit.isEmpty()) {
            return;
        }
        out.append("\n## Messages that follow from the fields\n\n| message | role | description |\n|---|---|---|\n");
        for (MessageModel message : implicit) {
            out.append(Markdown.row(
                    "`"
                            + signature(message)
                                    .replace("session ref session_id, ", "")
                                    .replace("session ref session_id", "")
                            + "`",
                    Markdown.role(message.role()),
                    described.about(message)));
        }
    }

    private String signature(MessageModel message) {
        List<String> params = new ArrayList<>();
        if (message.session()) {
            params.add("session ref session_id");
        }
        message.params().forEach(p -> params.add(p.type().text() + " " + p.name()));
        return message.result().text() + " " + message.fullName() + "(" + String.join(", ", params) + ")";
    }

    private void enums() {
        if (described.enums.isEmpty()) {
            return;
        }
        out.append("\n## Enumerations\n");
        for (JsonNode each : described.enums) {
            String name = each.get("name").asText();
            out.append("\n### ")
                    .append(name)
                    .append("\n\n")
                    .append(each.get("about").asText())
                    .append("\n\n");
            for (JsonNode value : each.get("values")) {
                JsonNode meaning = each.path("meanings").get(value.asText());
                out.append("- `").append(value.asText()).append('`');
                out.append(meaning == null ? "" : ": " + meaning.asText()).append("\n");
            }
        }
    }

    private static String join(List<String> parts) {
        return parts.stream().filter(p -> !p.isEmpty()).collect(Collectors.joining(" "));
    }
}
