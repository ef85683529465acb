package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks the fields of a class. */
final class FieldCheck {
    private static final Set<String> ACCESS = Set.of("RO/constructor", "RO/runtime", "RW");
    private static final String MAP = "(string -> string) map";

    private final JsonNode model;
    private final Notation notation;
    private final PartCheck.Distinct names = new PartCheck.Distinct(Names::constant);
    private final PartCheck.Distinct columns = new PartCheck.Distinct(column -> column);
    private boolean internals;

    FieldCheck(JsonNode model, Notation notation) {
        this.model = model;
        this.notation = notation;
    }

    void check(JsonNode field, Place place) {
        if (!Keys.FIELD.check(field, place)) {
            return;
        }
        String name = field.get("name").asText();
        names.add(name, place);
        PartCheck.about(field, place);
        LifecycleCheck.check(field.get("lifecycle"), place);
        PartCheck.type(field.get("type").asText(), notation, place).ifPresent(type -> type(field, type, place));
        column(field, name, place);
        access(field, place);
        boolean internal = field.has("internal");
        if (internals && !internal) {
            place.fault("it must come before the internal fields");
        }
        internals |= internal;
    }

    private void type(JsonNode field, Type type, Place place) {
        boolean stored =
                model.path("database").asBoolean() || model.path("persist").asBoolean();
        if (!usable(type, stored)) {
            place.fault("no field can have the type " + type.text());
        } else {
            PartCheck.defaultValue(field, type, place);
            keys(field, type, place);
        }
    }

    /** Stored objects have no records in them. */
    private static boolean usable(Type type, boolean stored) {
        List<Class<? extends Type>> kinds = stored ? List.of(Type.Record.class, Type.Option.class) : List.of();
        List<Type.Basic> basics = stored
                ? List.of(Type.Basic.VOID, Type.Basic.EVENT_BATCH, Type.Basic.ANY_RECORD)
                : List.of(Type.Basic.VOID, Type.Basic.EVENT_BATCH);
        return !Notation.holds(type, kinds, basics);
    }

    private void column(JsonNode field, String name, Place place) {
        String column = field.path("column").asText(name);
        if (!column.replace("__", "_").equals(name)) {
            place.fault("column must be its name, with two underscores after namespaces");
        }
        columns.add(column, place);
    }

    private static void access(JsonNode field, Place place) {
        String access = field.get("access").asText();
        if (!ACCESS.contains(access)) {
            place.fault("unknown access \"" + access + "\"");
            return;
        }
        if (access.equals("RW") && !field.has("set_role")) {
            place.fault("access RW needs a set_role");
        }
        for (String key : List.of("set_role", "set_client_cert", "elements")) {
            if (field.has(key) && !access.equals("RW")) {
                place.fault(key + " needs access RW");
            }
        }
        PartCheck.role(field, "set_role", place);
        PartCheck.keyRoles(field, place);
        if (field.has("get_role") && !field.get("get_role").asText().equals("pool-operator")) {
            place.fault("get_role can only be pool-operator");
        }
    }

    /** Roles and messages for single keys or members need a type that has some. */
    private static void keys(JsonNode field, Type type, Place place) {
        boolean map = type.text().equals(MAP);
        if (field.has("key_roles") && !map) {
            place.fault("key_roles need the type " + MAP);
        }
        switch (field.path("elements").asText("none")) {
            case "none" -> {}
            case "map" -> {
                if (!map) {
                    place.fault("elements map need the type " + MAP);
                }
            }
            case "set" -> {
                if (!type.text().equals("string set")) {
                    place.fault("elements set need the type string set");
                }
            }
            default -> place.fault("elements must be map or set");
        }
    }
}
