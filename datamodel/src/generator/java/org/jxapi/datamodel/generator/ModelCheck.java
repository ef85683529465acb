package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks that the model files make sense: every key, name, type, role, release and error code in them is known. */
final class ModelCheck {
    private static final Set<String> LOOKUPS = Set.of("get_all", "get_by_uuid", "get_record", "get_by_name_label");

    private final ModelFiles files;
    private final ModelFaults faults;
    private final Notation notation;
    private final PartCheck.Distinct javaTypes = new PartCheck.Distinct(Names::type);

    private ModelCheck(ModelFiles files, ModelFaults faults) {
        this.files = files;
        this.faults = faults;
        this.notation = new Notation(files);
    }

    static void check(ModelFiles files, ModelFaults faults) {
        ModelCheck check = new ModelCheck(files, faults);
        check.errors();
        files.classes().forEach(check::model);
        InverseCheck.check(files, faults);
        FieldEffects.check(files, faults);
        if (faults.isEmpty()) {
            Described.all(files).forEach(check::implicitMessages);
        }
    }

    private void errors() {
        PartCheck.Distinct factories = new PartCheck.Distinct(code -> Names.member(code.toLowerCase(Locale.ROOT)));
        for (Map.Entry<String, JsonNode> each : files.errors().properties()) {
            Place place = faults.at(ModelFiles.ERRORS, each.getKey());
            factories.add(each.getKey(), place);
            if (!each.getKey().matches("[A-Z][A-Z0-9_]*")) {
                place.fault("an error code has upper-case letters, digits and underscores only");
            }
            if (Keys.ERROR.check(each.getValue(), place)) {
                PartCheck.about(each.getValue(), place);
            }
        }
    }

    private void model(JsonNode model) {
        String name = model.get("class").asText();
        Place place = faults.at(ModelFiles.file(model), name);
        javaTypes.add(name, place);
        if (!Keys.CLASS.check(model, place)) {
            return;
        }
        PartCheck.about(model, place);
        LifecycleCheck.check(model.get("lifecycle"), place);
        PartCheck.role(model, "read_role", place);
        PartCheck.role(model, "constructor_role", place);
        PartCheck.once(model.get("lookups"), "lookups", place);
        for (JsonNode lookup : model.get("lookups")) {
            if (!LOOKUPS.contains(lookup.asText())) {
                place.fault("lookups: unknown lookup \"" + lookup.asText() + "\"");
            }
        }
        for (JsonNode each : model.path("enums")) {
            enumeration(
                    each, faults.at(place.file(), "enum " + each.path("name").asText()));
        }
        FieldCheck fields = new FieldCheck(model, notation);
        for (JsonNode each : model.path("fields")) {
            fields.check(each, place.at(".", each.path("name").asText()));
        }
        MessageCheck messages = new MessageCheck(model, files.errors(), notation);
        for (JsonNode each : model.path("messages")) {
            messages.check(each, place.at(".", each.path("name").asText()));
        }
    }

    private void enumeration(JsonNode model, Place place) {
        if (!Keys.ENUM.check(model, place)) {
            return;
        }
        javaTypes.add(model.get("name").asText(), place);
        PartCheck.about(model, place);
        PartCheck.Distinct constants = new PartCheck.Distinct(Names::constant);
        Set<String> values = new HashSet<>();
        for (JsonNode value : model.get("values")) {
            constants.add(value.asText(), place.at(".", value.asText()));
            values.add(value.asText());
        }
        if (values.isEmpty()) {
            place.fault("no values");
        }
        for (Map.Entry<String, JsonNode> meaning : model.path("meanings").properties()) {
            if (!values.contains(meaning.getKey())) {
                place.fault("meanings: unknown value \"" + meaning.getKey() + "\"");
            } else if (meaning.getValue().asText().isBlank()) {
                place.fault("meanings: " + meaning.getKey() + " has no text");
            }
        }
    }

    /** No message may have the name of one that follows from the fields. */
    private void implicitMessages(Described described) {
        Set<String> explicit = new HashSet<>();
        for (MessageModel message : described.model.messages()) {
            if (!message.implicit()) {
                explicit.add(message.name());
            } else if (explicit.contains(message.name())) {
                faults.at(described.model.name() + ".yaml", message.fullName())
                        .fault("a message of this name follows from the fields");
            }
        }
    }
}
