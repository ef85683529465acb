package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks the explicit messages of a class. */
final class MessageCheck {
    private final JsonNode model;
    private final JsonNode errors;
    private final Notation notation;
    private final Set<String> fields = new HashSet<>();
    private final PartCheck.Distinct names = new PartCheck.Distinct(Names::member);

    MessageCheck(JsonNode model, JsonNode errors, Notation notation) {
        this.model = model;
        this.errors = errors;
        this.notation = notation;
        model.path("fields").forEach(f -> fields.add(f.path("name").asText()));
    }

    void check(JsonNode message, Place place) {
        if (!Keys.MESSAGE.check(message, place)) {
            return;
        }
        names.add(message.get("name").asText(), place);
        PartCheck.about(message, place);
        PartCheck.role(message, "role", place);
        PartCheck.keyRoles(message, place);
        LifecycleCheck.check(message.get("lifecycle"), place);
        PartCheck.type(message.get("result").asText(), notation, place.at(": ", "result"));
        PartCheck.once(message.path("errors"), "errors", place);
        for (JsonNode error : message.path("errors")) {
            if (!errors.has(error.asText())) {
                place.fault("unknown error " + error.asText());
            }
        }
        params(message, place);
    }

    private void params(JsonNode message, Place place) {
        PartCheck.Distinct params = new PartCheck.Distinct(Names::member);
        boolean optional = false;
        int position = 0;
        for (JsonNode param : message.path("params")) {
            Place at = place.at("/", param.path("name").asText());
            if (Keys.PARAM.check(param, at)) {
                params.add(param.get("name").asText(), at);
                PartCheck.type(param.get("type").asText(), notation, at).ifPresent(type -> type(param, type, at));
                if (param.has("secret") && param.has("default")) {
                    at.fault("a secret parameter cannot have a default");
                }
                if (optional && !param.has("default")) {
                    at.fault("it needs a default, as the parameters before it have one");
                }
                optional |= param.has("default");
                about(message, param, position == 0, at);
            }
            position++;
        }
    }

    private static void type(JsonNode param, Type type, Place place) {
        if (Notation.holds(type, List.of(), List.of(Type.Basic.VOID, Type.Basic.EVENT_BATCH))) {
            place.fault("no parameter can have the type " + type.text());
        } else {
            PartCheck.defaultValue(param, type, place);
        }
    }

    /** Only the object concerned, and whatever a field explains, need no description. */
    private void about(JsonNode message, JsonNode param, boolean first, Place place) {
        String name = param.get("name").asText();
        String className = model.get("class").asText();
        Optional<String> changed = Described.changedField(message.get("name").asText());
        boolean explained = first && param.get("type").asText().equals(className + " ref")
                || fields.contains(name)
                || Set.of("key", "value").contains(name)
                        && changed.filter(fields::contains).isPresent();
        if (!explained || param.has("about")) {
            PartCheck.about(param, place);
        }
    }
}
