package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages that follow from a class's fields: getters, setters, add and remove, lookups, constructor and
 * destructor.
 *
 * @param lookups which of get_all, get_by_uuid, get_record and get_by_name_label exist
 * @param readRole the least role that may look objects up
 * @param constructorRole the least role that may create and destroy; null without a constructor
 */
public record ImplicitMessages(Set<String> lookups, BuiltInRole readRole, BuiltInRole constructorRole) {

    List<MessageModel> of(ClassModel<?> model) {
        List<MessageModel> all = new ArrayList<>();
        Type ref = new Type.Reference(model.name());
        Type record = new Type.Record(model.name());
        MessageModel.Param self = param("self", ref);
        if (lookups.contains("get_all")) {
            all.add(lookup(model, "get_all", MessageModel.Kind.GET_ALL, List.of(), new Type.SetOf(ref), false));
            all.add(lookup(
                    model,
                    "get_all_records",
                    MessageModel.Kind.GET_ALL_RECORDS,
                    List.of(),
                    new Type.MapOf(ref, record),
                    false));
        }
        for (Field<?, ?> field : model.publicFields()) {
            if (model.database()) {
                all.addAll(ofField(model, field, self));
            }
        }
        if (constructorRole != null) {
            List<MessageModel.Param> args = List.of(param("args", record));
            all.add(message(model, "create", MessageModel.Kind.CREATE, args, ref, null, constructorRole, true, false));
            all.add(message(
                    model,
                    "destroy",
                    MessageModel.Kind.DESTROY,
                    List.of(self),
                    Type.Basic.VOID,
                    null,
                    constructorRole,
                    true,
                    false));
        }
        if (lookups.contains("get_by_uuid")) {
            List<MessageModel.Param> uuid = List.of(param("uuid", Type.Basic.STRING));
            all.add(lookup(model, "get_by_uuid", MessageModel.Kind.GET_BY_UUID, uuid, ref, false));
        }
        if (lookups.contains("get_record")) {
            all.add(lookup(model, "get_record", MessageModel.Kind.GET_RECORD, List.of(self), record, false));
        }
        if (lookups.contains("get_by_name_label")) {
            List<MessageModel.Param> label = List.of(param("label", Type.Basic.STRING));
            all.add(lookup(
                    model,
                    "get_by_name_label",
                    MessageModel.Kind.GET_BY_NAME_LABEL,
                    label,
                    new Type.SetOf(ref),
                    false));
        }
        if (lookups.contains("get_all")) {
            List<MessageModel.Param> expr = List.of(param("expr", Type.Basic.STRING));
            all.add(lookup(model, "get_all_where", MessageModel.Kind.GET_ALL_WHERE, expr, new Type.SetOf(ref), true));
            all.add(lookup(
                    model,
                    "get_all_records_where",
                    MessageModel.Kind.GET_ALL_RECORDS_WHERE,
                    expr,
                    new Type.MapOf(ref, record),
                    true));
        }
        return all;
    }

    private static List<MessageModel> ofField(ClassModel<?> model, Field<?, ?> field, MessageModel.Param self) {
        List<MessageModel> all = new ArrayList<>();
        BuiltInRole reader = field.restrictedRead() ? BuiltInRole.POOL_OPERATOR : BuiltInRole.READ_ONLY;
        all.add(message(
                model,
                "get_" + field.name(),
                MessageModel.Kind.GETTER,
                List.of(self),
                field.type(),
                field,
                reader,
                false,
                false));
        if (field.access() == Field.Access.RW) {
            List<MessageModel.Param> value = List.of(self, param("value", field.type()));
            all.add(message(
                    model,
                    "set_" + field.name(),
                    MessageModel.Kind.SETTER,
                    value,
                    Type.Basic.VOID,
                    field,
                    field.setRole(),
                    false,
                    false));
        }
        if (field.elements() == Field.Elements.MAP) {
            MessageModel.Param key = param("key", Type.Basic.STRING);
            List<MessageModel.Param> pair = List.of(self, key, param("value", Type.Basic.STRING));
            all.add(change(model, "add_to_" + field.name(), MessageModel.Kind.ADD, pair, field));
            all.add(change(model, "remove_from_" + field.name(), MessageModel.Kind.REMOVE, List.of(self, key), field));
        }
        if (field.elements() == Field.Elements.SET) {
            List<MessageModel.Param> value = List.of(self, param("value", Type.Basic.STRING));
            all.add(change(model, "add_" + field.name(), MessageModel.Kind.ADD, value, field));
            all.add(change(model, "remove_" + field.name(), MessageModel.Kind.REMOVE, value, field));
        }
        return all;
    }

    private static MessageModel change(
            ClassModel<?> model,
            String name,
            MessageModel.Kind kind,
            List<MessageModel.Param> params,
            Field<?, ?> field) {
        return message(model, name, kind, params, Type.Basic.VOID, field, field.setRole(), false, false);
    }

    private MessageModel lookup(
            ClassModel<?> model,
            String name,
            MessageModel.Kind kind,
            List<MessageModel.Param> params,
            Type result,
            boolean hidden) {
        return message(model, name, kind, params, result, null, readRole, false, hidden);
    }

    private static MessageModel message(
            ClassModel<?> model,
            String name,
            MessageModel.Kind kind,
            List<MessageModel.Param> params,
            Type result,
            Field<?, ?> field,
            BuiltInRole role,
            boolean async,
            boolean hidden) {
        return new MessageModel(
                model.name(),
                name,
                kind,
                params,
                result,
                field,
                role,
                role == BuiltInRole.READ_ONLY || (kind == MessageModel.Kind.SETTER && field.setClientCert()),
                field == null ? Map.of() : field.keyRoles(),
                true,
                async,
                hidden,
                false,
                false,
                false,
                true,
                List.of(),
                field == null ? model.lifecycle() : field.lifecycle());
    }

    private static MessageModel.Param param(String name, Type type) {
        return new MessageModel.Param(name, type, null, false);
    }
}
