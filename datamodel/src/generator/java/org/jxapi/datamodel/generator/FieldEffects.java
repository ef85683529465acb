package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/**
 * The effects of fields that clients set, and of known keys of maps: the model's attributes {@code effect} and
 * {@code keys}. An effect is one of
 *
 * <pre>
 * honoured by PACKAGE.CLASS: NOTE   that class of the server acts on it
 * kept: NOTE                        XAPI only keeps it for clients, and so does jxapi
 * stored: NOTE                      XAPI acts on it, jxapi only stores it
 * refused: CODE NOTE                setting it fails with that error
 * </pre>
 *
 * where the note may be left out except after stored. Every settable field of the classes below has one.
 */
final class FieldEffects {
    private static final Set<String> COMPLETE =
            Set.of("VM", "VBD", "VIF", "VDI", "SR", "PIF", "network", "host", "pool");
    private static final Pattern EFFECT =
            Pattern.compile("(?<kind1>honoured) by (?<by>[a-z.]+\\.[A-Z]\\w+)(: (?<note1>.+))?"
                    + "|(?<kind2>kept)(: (?<note2>.+))?"
                    + "|(?<kind3>stored): (?<note3>.+)"
                    + "|(?<kind4>refused): (?<code>[A-Z][A-Z_0-9]+)( (?<note4>.+))?");

    private FieldEffects() {}

    /** All effects as JSON, in the model's order. */
    static String of(ModelFiles files) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ArrayNode all = json.createArrayNode();
        for (JsonNode model : files.classes()) {
            String name = model.get("class").asText();
            for (JsonNode field : model.path("fields")) {
                if (field.has("effect")) {
                    put(start(all, name, field), field.get("effect").asText());
                }
                for (var key : field.path("keys").properties()) {
                    put(
                            start(all, name, field).put("key", key.getKey()),
                            key.getValue().asText());
                }
            }
        }
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
    }

    private static ObjectNode start(ArrayNode all, String name, JsonNode field) {
        return all.addObject().put("class", name).put("field", field.get("name").asText());
    }

    private static void put(ObjectNode effect, String text) {
        Matcher m = EFFECT.matcher(text);
        if (!m.matches()) {
            throw new IllegalStateException(text);
        }
        first(m, "kind").ifPresent(kind -> effect.put("effect", kind));
        Optional.ofNullable(m.group("by")).ifPresent(by -> effect.put("by", by));
        Optional.ofNullable(m.group("code")).ifPresent(code -> effect.put("error", code));
        first(m, "note").ifPresent(note -> effect.put("note", note));
    }

    /** Reports effects that are missing or make no sense. */
    static void check(ModelFiles files, ModelFaults faults) {
        for (JsonNode model : files.classes()) {
            for (JsonNode field : model.path("fields")) {
                String path =
                        model.get("class").asText() + "." + field.path("name").asText();
                check(model, field, files.errors(), faults.at(ModelFiles.file(model), path));
            }
        }
    }

    private static void check(JsonNode model, JsonNode field, JsonNode errors, Place place) {
        if (field.has("effect")) {
            effect(field.get("effect").asText(), errors, place);
        } else if (field.has("keys")) {
            place.fault("keys without an effect of the field");
        } else if (COMPLETE.contains(model.get("class").asText()) && settable(model, field)) {
            place.fault("no effect, though it can be set");
        }
        for (var key : field.path("keys").properties()) {
            effect(key.getValue().asText(), errors, place.at(":", key.getKey()));
        }
    }

    private static void effect(String text, JsonNode errors, Place place) {
        Matcher m = EFFECT.matcher(text);
        if (!m.matches()) {
            place.fault("this is no effect: " + text);
        } else if (m.group("code") != null && !errors.has(m.group("code"))) {
            place.fault("unknown error " + m.group("code"));
        }
    }

    /** The group of that name in the alternative that has matched. */
    private static Optional<String> first(Matcher m, String name) {
        return IntStream.rangeClosed(1, 4)
                .mapToObj(alternative -> Optional.ofNullable(m.group(name + alternative)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Whether a client can give it a value: at creation, by a setter, or by a message of that name. */
    private static boolean settable(JsonNode model, JsonNode field) {
        if (field.path("internal").asBoolean()) {
            return false;
        }
        String access = field.path("access").asText();
        if (access.equals("RW") || access.equals("RO/constructor") && model.has("constructor_role")) {
            return true;
        }
        String name = field.path("name").asText();
        Set<String> setters = new TreeSet<>(List.of("set_" + name, "add_to_" + name, "add_" + name));
        for (JsonNode message : model.path("messages")) {
            boolean open = !message.path("hidden").asBoolean()
                    && !message.path("pool_internal").asBoolean();
            if (open && setters.contains(message.path("name").asText())) {
                return true;
            }
        }
        return false;
    }
}
