package org.jxapi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;

/**
 * Entries as bytes, for a log that other versions of jxapid read too: JSON in ASCII.
 *
 * <pre>
 * {"version": 1, "entries": [{"term": 0, "first": 7, "last": 9, "effects": [
 *     {"put": "VIF", "ref": "OpaqueRef:…", "created": 7, "number": 7, "fields": {"network": "OpaqueRef:…", …}},
 *     {"modify": "network", "ref": "OpaqueRef:…", "number": 8, "fields": {"VIFs": "[\"OpaqueRef:…\"]"}},
 *     {"remove": "task", "ref": "OpaqueRef:…", "number": 9}]}],
 *     "check": {"kept": 17, "live": -4, "version": 1}}
 * </pre>
 *
 * <p>Classes and fields have their names, and values the form that {@link Columns} gives them for the database. {@code put}
 * leaves out fields that have the model's default. Everything unknown is an error: a replica that skipped it would have
 * another state than the others.
 */
final class EntryCodec {
    static final int VERSION = 1;

    /** Texts may hold half a surrogate pair, which UTF-8 cannot express. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private EntryCodec() {}

    static byte[] encode(Group group) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION);
        ArrayNode entries = root.putArray("entries");
        for (Entry entry : group.entries()) {
            ObjectNode node = entries.addObject()
                    .put("term", entry.term())
                    .put("first", entry.first())
                    .put("last", entry.last());
            ArrayNode effects = node.putArray("effects");
            entry.effects().forEach(effect -> effects.add(node(effect)));
        }
        Group.Check check = group.check();
        if (check != null) {
            root.putObject("check")
                    .put("kept", check.hash().kept())
                    .put("live", check.hash().live())
                    .put("version", check.version());
        }
        return bytes(root);
    }

    static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an entry has no JSON form", e);
        }
    }

    static ObjectNode node(Effect effect) {
        ObjectNode node = JSON.createObjectNode();
        if (effect instanceof Effect.Put<?> put) {
            common(node, "put", put).put("created", put.created()).set("fields", fields(put.row()));
        } else if (effect instanceof Effect.Modify<?> modify) {
            ObjectNode fields = common(node, "modify", modify).putObject("fields");
            modify.fields().forEach((field, value) -> add(fields, field, value));
        } else {
            common(node, "remove", effect);
        }
        return node;
    }

    private static ObjectNode common(ObjectNode node, String kind, Effect effect) {
        return node.put(kind, effect.model().name())
                .put("ref", effect.ref().value())
                .put("number", effect.number());
    }

    private static ObjectNode fields(Row<?> row) {
        ObjectNode fields = JSON.createObjectNode();
        for (Field<?, ?> field : row.model().fields()) {
            Object value = row.get(field.index());
            if (!value.equals(field.defaultValue())) {
                add(fields, field, value);
            }
        }
        return fields;
    }

    private static void add(ObjectNode fields, Field<?, ?> field, Object value) {
        fields.set(field.name(), JSON.valueToTree(Columns.toColumn(field.type(), value)));
    }

    /**
     * Reads a group.
     *
     * @throws StoreException when this version does not understand all of it, with one line that says why
     */
    static Group decode(byte[] bytes) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (IOException e) {
            throw new StoreException("a group of entries is broken: " + Reason.of(e), e);
        }
        long version = number(root, "version");
        if (version != VERSION) {
            throw new StoreException("a group of entries has version " + version + ", but this jxapid reads version "
                    + VERSION + ": update jxapid on this host");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : list(root, "entries")) {
            entries.add(entry(node));
        }
        JsonNode check = root.get("check");
        try {
            return new Group(entries, check == null ? null : check(check));
        } catch (IllegalArgumentException e) {
            throw new StoreException(Reason.of(e), e);
        }
    }

    private static Group.Check check(JsonNode node) {
        return new Group.Check(
                new StateHash(number(node, "kept"), number(node, "live")), Math.toIntExact(number(node, "version")));
    }

    private static Entry entry(JsonNode node) {
        List<Effect> effects = new ArrayList<>();
        for (JsonNode effect : list(node, "effects")) {
            effects.add(effect(effect));
        }
        try {
            return new Entry(number(node, "term"), number(node, "first"), number(node, "last"), effects);
        } catch (IllegalArgumentException e) {
            throw new StoreException(Reason.of(e), e);
        }
    }

    static Effect effect(JsonNode node) {
        if (node.has("put")) {
            return put(model(node, "put"), node);
        }
        if (node.has("modify")) {
            return modify(model(node, "modify"), node);
        }
        if (node.has("remove")) {
            return remove(model(node, "remove"), node);
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        throw new StoreException("an entry has an effect of an unknown kind, with " + String.join(", ", names)
                + ": update jxapid on this host");
    }

    private static <C> Effect put(ClassModel<C> model, JsonNode node) {
        Row<C> defaults = Row.of(model);
        Object[] values = new Object[model.fields().size()];
        for (Field<C, ?> field : model.fields()) {
            values[field.index()] = defaults.get(field.index());
        }
        fields(model, node).forEach((field, value) -> values[field.index()] = value);
        return new Effect.Put<>(
                model.ref(text(node, "ref")), Row.of(model, values), number(node, "created"), number(node, "number"));
    }

    private static <C> Effect modify(ClassModel<C> model, JsonNode node) {
        return new Effect.Modify<>(model, model.ref(text(node, "ref")), fields(model, node), number(node, "number"));
    }

    private static <C> Effect remove(ClassModel<C> model, JsonNode node) {
        return new Effect.Remove<>(model, model.ref(text(node, "ref")), number(node, "number"));
    }

    private static <C> Map<Field<C, ?>, Object> fields(ClassModel<C> model, JsonNode node) {
        Map<Field<C, ?>, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : require(node, "fields").properties()) {
            Field<C, ?> field = model.field(each.getKey());
            if (field == null) {
                throw new StoreException("an entry has the unknown field " + model.name() + "." + each.getKey()
                        + ": update jxapid on this host");
            }
            try {
                fields.put(field, Columns.fromColumn(field.type(), column(field.type(), each.getValue())));
            } catch (StoreException | IllegalArgumentException e) {
                throw new StoreException("an entry has a wrong value of " + field + ": " + Reason.of(e), e);
            }
        }
        return fields;
    }

    private static Object column(Type type, JsonNode node) {
        if (type == Type.Basic.INT && node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (type == Type.Basic.FLOAT && (node.isNumber() || node.isTextual())) {
            return Double.valueOf(node.asText());
        }
        if (type == Type.Basic.BOOL && node.isBoolean()) {
            return node.booleanValue();
        }
        if (type == Type.Basic.INT || type == Type.Basic.FLOAT || type == Type.Basic.BOOL || !node.isTextual()) {
            throw new IllegalArgumentException("not a " + type.text() + ": " + node);
        }
        return node.textValue();
    }

    private static ClassModel<?> model(JsonNode node, String kind) {
        String name = text(node, kind);
        ClassModel<?> model = StoreModel.get(name);
        if (model == null) {
            throw new StoreException(
                    "an entry has an object of the unknown class " + name + ": update jxapid on this host");
        }
        return model;
    }

    private static JsonNode list(JsonNode node, String name) {
        JsonNode list = require(node, name);
        if (!list.isArray()) {
            throw broken(name);
        }
        return list;
    }

    private static String text(JsonNode node, String name) {
        JsonNode text = require(node, name);
        if (!text.isTextual()) {
            throw broken(name);
        }
        return text.textValue();
    }

    private static long number(JsonNode node, String name) {
        JsonNode number = require(node, name);
        if (!number.canConvertToLong() || !number.isIntegralNumber()) {
            throw broken(name);
        }
        return number.longValue();
    }

    private static JsonNode require(JsonNode node, String name) {
        JsonNode found = node.get(name);
        if (found == null) {
            throw broken(name);
        }
        return found;
    }

    private static StoreException broken(String name) {
        return new StoreException("a group of entries is broken: it has no valid " + name);
    }
}
