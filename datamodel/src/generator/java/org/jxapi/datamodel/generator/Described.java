package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.ModelReader;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenEnum;

/** A class with all its messages, implicit ones too, and what the model files say about each part. */
final class Described {
    private static final Pattern CHANGE = Pattern.compile("(set|add_to|remove_from|add|remove)_(.+)");

    final ClassModel<?> model;
    final String about;
    final List<JsonNode> enums = new ArrayList<>();
    private final Map<String, String> fields = new HashMap<>();
    private final Map<String, JsonNode> messages = new LinkedHashMap<>();

    Described(JsonNode file, ModelFiles files) {
        String name = file.get("class").asText();
        about = file.get("about").asText();
        addEnums(file, files);
        List<Field<Object, ?>> all = new ArrayList<>();
        for (JsonNode field : file.path("fields")) {
            String type = field.get("type").asText();
            fields.put(field.get("name").asText(), field.get("about").asText());
            all.add(ModelReader.field(
                    name, all.size(), field.get("name").asText(), type, Flags.of(field), enumsOf(type, files)));
        }
        List<MessageModel> explicit = new ArrayList<>();
        for (JsonNode message : file.path("messages")) {
            String messageName = message.get("name").asText();
            messages.put(messageName, message);
            List<MessageModel.Param> params = new ArrayList<>();
            for (JsonNode param : message.path("params")) {
                String type = param.get("type").asText();
                params.add(ModelReader.param(
                        param.get("name").asText(),
                        type,
                        param.has("default") ? DefaultValue.text(param) : null,
                        param.path("secret").asBoolean(),
                        enumsOf(type, files)));
            }
            List<String> errors = new ArrayList<>();
            message.path("errors").forEach(e -> errors.add(e.asText()));
            String result = message.get("result").asText();
            explicit.add(ModelReader.message(
                    name,
                    messageName,
                    params,
                    result,
                    errors,
                    ModelFiles.offered(message),
                    Flags.of(message),
                    enumsOf(result, files)));
        }
        model = ModelReader.classModel(name, Flags.of(file), all, explicit);
    }

    /** The class's own enumerations, then those of other classes that its fields and messages use. */
    private void addEnums(JsonNode file, ModelFiles files) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        file.path("enums").forEach(e -> all.put(e.get("name").asText(), e));
        List<String> types = new ArrayList<>(file.path("fields").findValuesAsText("type"));
        types.addAll(file.path("messages").findValuesAsText("type"));
        types.addAll(file.path("messages").findValuesAsText("result"));
        for (String type : types) {
            for (Type.Enumeration used : enumsOf(type, files)) {
                all.putIfAbsent(used.name(), files.enums().get(used.name()));
            }
        }
        enums.addAll(all.values());
    }

    static List<Described> all(ModelFiles files) {
        List<Described> out = new ArrayList<>();
        for (JsonNode file : files.classes()) {
            out.add(new Described(file, files));
        }
        return out;
    }

    String about(Field<?, ?> field) {
        return fields.get(field.name());
    }

    /** What a message does; for implicit ones a phrase that follows from their kind. */
    String about(MessageModel message) {
        return switch (message.kind()) {
            case EXPLICIT -> messages.get(message.name()).get("about").asText();
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
     * What a parameter is for. Those that need no text of their own are the object itself, a field's new value, key or
     * member, and what is named like a field.
     */
    String about(MessageModel message, MessageModel.Param param) {
        JsonNode file = messages.get(message.name());
        if (file != null && !message.implicit()) {
            for (JsonNode each : file.path("params")) {
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
                return (whole ? "New value of `" : "What to add to or remove from `") + change.group(2) + "`.";
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

    /** The field that a message of that name changes, such as set_NAME; null if none does. */
    static String changedField(String message) {
        Matcher change = CHANGE.matcher(message);
        return change.matches() ? change.group(2) : null;
    }

    private static String field(MessageModel message) {
        return "`" + message.field().name() + "`";
    }

    private static Type.Enumeration[] enumsOf(String type, ModelFiles files) {
        List<Type.Enumeration> out = new ArrayList<>();
        Matcher m = Pattern.compile("enum (\\w+)").matcher(type);
        while (m.find()) {
            Map<String, XenEnum> values = new LinkedHashMap<>();
            for (JsonNode value : files.enums().get(m.group(1)).get("values")) {
                String wire = value.asText();
                values.put(wire, () -> wire);
            }
            out.add(new Type.Enumeration(m.group(1), values));
        }
        return out.toArray(Type.Enumeration[]::new);
    }
}
