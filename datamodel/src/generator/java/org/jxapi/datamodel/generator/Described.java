package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;

/** A class with all its messages, implicit ones too, and what the model files say about each part. */
final class Described {
    private static final Pattern CHANGE = Pattern.compile("(set|add_to|remove_from|add|remove)_(.+)");

    private static final Pattern ENUM = Pattern.compile("enum (\\w+)");

    final ClassModel<?> model;
    final String about;
    final List<JsonNode> enums = new ArrayList<>();
    private final Map<String, String> fields = new HashMap<>();
    private final Map<String, JsonNode> messages = new LinkedHashMap<>();

    private Described(JsonNode file, ModelFiles files, Notation notation) {
        about = file.get("about").asText();
        file.path("fields")
                .forEach(f -> fields.put(f.get("name").asText(), f.get("about").asText()));
        file.path("messages").forEach(m -> messages.put(m.get("name").asText(), m));
        addEnums(file, files);
        model = ClassReader.read(file, notation);
    }

    /** The class's own enumerations, then those of other classes that its fields and messages use. */
    private void addEnums(JsonNode file, ModelFiles files) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        file.path("enums").forEach(e -> all.put(e.get("name").asText(), e));
        List<String> types = new ArrayList<>(file.path("fields").findValuesAsText("type"));
        types.addAll(file.path("messages").findValuesAsText("type"));
        types.addAll(file.path("messages").findValuesAsText("result"));
        for (String type : types) {
            Matcher used = ENUM.matcher(type);
            while (used.find()) {
                all.putIfAbsent(used.group(1), files.enums().get(used.group(1)));
            }
        }
        enums.addAll(all.values());
    }

    static List<Described> all(ModelFiles files) {
        Notation notation = new Notation(files);
        return files.classes().stream()
                .map(file -> new Described(file, files, notation))
                .toList();
    }

    String about(Field<?, ?> field) {
        return Objects.requireNonNull(fields.get(field.name()), field::toString);
    }

    /** The description of a message; for implicit ones it follows from their kind. */
    String about(MessageModel message) {
        return switch (message.kind()) {
            case EXPLICIT -> explicit(message).get("about").asText();
            case GETTER -> "Get " + field(message) + ".";
            case SETTER -> "Set " + field(message) + ".";
            case ADD -> "Add to " + field(message) + ".";
            case REMOVE -> "Remove from " + field(message) + ".";
            case GET_ALL -> "References of all objects of the class.";
            case GET_ALL_RECORDS -> "All objects of the class, by reference.";
            case GET_ALL_WHERE -> "References of the objects that fit a query.";
            case GET_ALL_RECORDS_WHERE -> "The objects that fit a query, by reference.";
            case GET_BY_UUID -> "The object with that UUID.";
            case GET_BY_NAME_LABEL -> "The objects of that name.";
            case GET_RECORD -> "All fields of the object.";
            case CREATE -> "Create an object from the fields that may be given at creation.";
            case DESTROY -> "Remove the object.";
        };
    }

    /**
     * The description of a parameter. These need no text of their own: the object itself, a field's new value, key or
     * member, and a parameter that is named like a field.
     */
    String about(MessageModel message, MessageModel.Param param) {
        if (!message.implicit()) {
            for (JsonNode each : explicit(message).path("params")) {
                if (each.get("name").asText().equals(param.name()) && each.has("about")) {
                    return each.get("about").asText();
                }
            }
        }
        if (message.params().get(0) == param && param.type().text().equals(model.name() + " ref")) {
            return "The object concerned.";
        }
        Matcher change = CHANGE.matcher(message.name());
        if (change.matches() && model.field(change.group(2)) != null) {
            if (param.name().equals("key")) {
                return "The key in `" + change.group(2) + "`.";
            } else if (param.name().equals("value")) {
                boolean whole = change.group(1).equals("set");
                return (whole ? "New value of `" : "The member to add to or remove from `") + change.group(2) + "`.";
            }
        }
        Field<?, ?> field = model.field(param.name());
        if (field != null) {
            return about(field);
        }
        return switch (param.name()) {
            case "expr" -> "The query.";
            case "label" -> "The name.";
            case "args" -> "The record.";
            default -> throw new IllegalStateException(message.fullName() + ": no text for " + param.name());
        };
    }

    /** The field that a message of that name changes, such as set_NAME. */
    static Optional<String> changedField(String message) {
        return Optional.of(CHANGE.matcher(message)).filter(Matcher::matches).map(change -> change.group(2));
    }

    private JsonNode explicit(MessageModel message) {
        return Objects.requireNonNull(messages.get(message.name()), message::fullName);
    }

    private static String field(MessageModel message) {
        return "`" + message.requireField().name() + "`";
    }
}
