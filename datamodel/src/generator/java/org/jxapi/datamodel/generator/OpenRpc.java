package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;

/** The OpenRPC 1.3 description of what jxapi offers on its JSON-RPC endpoint. */
final class OpenRpc {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OpenRpc() {}

    static String of(List<Described> classes, Collection<JsonNode> enums) throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode().put("openrpc", "1.3.2");
        root.putObject("info")
                .put("title", "XenAPI")
                .put("version", "2.23")
                .put("description", "POST to /jsonrpc. Parameters are given by position; the first is the session.");
        ArrayNode methods = root.putArray("methods");
        for (Described each : classes) {
            for (MessageModel message : each.model.messages()) {
                if (message.offered() && !message.hidden() && !message.poolInternal()) {
                    methods.add(method(each, message));
                }
            }
        }
        ObjectNode schemas = root.putObject("components").putObject("schemas");
        for (Described each : classes) {
            ObjectNode record = schemas.putObject(each.model.name());
            record.put("type", "object").put("description", each.about);
            ObjectNode properties = record.putObject("properties");
            for (Field<?, ?> field : each.model.publicFields()) {
                properties.set(field.name(), schema(field.type()).put("description", each.about(field)));
            }
        }
        for (JsonNode each : enums) {
            ObjectNode type = schemas.putObject("enum." + each.get("name").asText());
            type.put("type", "string").put("description", each.get("about").asText());
            type.set("enum", each.get("values"));
        }
        return JSON.writeValueAsString(root);
    }

    private static ObjectNode method(Described described, MessageModel message) {
        ObjectNode method = JSON.createObjectNode().put("name", message.fullName());
        method.put("summary", described.about(message)).put("paramStructure", "by-position");
        if (message.lifecycle().deprecated() || message.lifecycle().removed()) {
            method.put("deprecated", true);
        }
        ArrayNode params = method.putArray("params");
        if (message.session()) {
            ObjectNode session = params.addObject().put("name", "session_id").put("required", true);
            session.set("schema", schema(new Type.Reference("session")));
        }
        for (MessageModel.Param param : message.params()) {
            ObjectNode node = params.addObject().put("name", param.name()).put("required", param.required());
            node.put("description", described.about(message, param));
            node.set("schema", schema(param.type()));
        }
        method.putObject("result").put("name", "result").set("schema", schema(message.result()));
        if (!message.errors().isEmpty()) {
            ArrayNode errors = method.putArray("errors");
            message.errors().forEach(e -> errors.addObject().put("code", 1).put("message", e));
        }
        return method;
    }

    private static ObjectNode schema(Type type) {
        ObjectNode out = JSON.createObjectNode();
        if (type instanceof Type.Reference) {
            return out.put("type", "string").put("title", type.text());
        } else if (type instanceof Type.Enumeration enumeration) {
            return out.put("$ref", "#/components/schemas/enum." + enumeration.name());
        } else if (type instanceof Type.Record record) {
            return out.put("$ref", "#/components/schemas/" + record.className());
        } else if (type instanceof Type.SetOf set) {
            out.put("type", "array").set("items", schema(set.element()));
            return out;
        } else if (type instanceof Type.MapOf map) {
            out.put("type", "object").set("additionalProperties", schema(map.value()));
            return out;
        } else if (type instanceof Type.Option option) {
            return schema(option.element());
        }
        return switch ((Type.Basic) type) {
            case INT -> out.put("type", "integer");
            case FLOAT -> out.put("type", "number");
            case BOOL -> out.put("type", "boolean");
            case ANY_RECORD, EVENT_BATCH -> out.put("type", "object");
            case STRING, DATETIME, VOID -> out.put("type", "string");
        };
    }
}
