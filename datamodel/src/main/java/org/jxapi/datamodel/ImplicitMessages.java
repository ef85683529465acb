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
public record ImplicitMessages(Set<String> lookups, Role readRole, Role constructorRole) {

    List<Message> of(ClassModel<?> model) {
        List<Message> all = new ArrayList<>();
        Type ref = new Type.Reference(model.name());
        Type record = new Type.Record(model.name());
        Message.Param self = param("self", ref);
        if (lookups.contains("get_all")) {
            all.add(lookup(model, "get_all", Message.Kind.GET_ALL, List.of(), new Type.SetOf(ref), false));
            all.add(lookup(
                    model,
                    "get_all_records",
                    Message.Kind.GET_ALL_RECORDS,
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
            List<Message.Param> args = List.of(param("args", record));
            all.add(message(model, "create", Message.Kind.CREATE, args, ref, null, constructorRole, true, false));
            all.add(message(
                    model,
                    "destroy",
                    Message.Kind.DESTROY,
                    List.of(self),
                    Type.Basic.VOID,
                    null,
                    constructorRole,
                    true,
                    false));
        }
        if (lookups.contains("get_by_uuid")) {
            List<Message.Param> uuid = List.of(param("uuid", Type.Basic.STRING));
            all.add(lookup(model, "get_by_uuid", Message.Kind.GET_BY_UUID, uuid, ref, false));
        }
        if (lookups.contains("get_record")) {
            all.add(lookup(model, "get_record", Message.Kind.GET_RECORD, List.of(self), record, false));
        }
        if (lookups.contains("get_by_name_label")) {
            List<Message.Param> label = List.of(param("label", Type.Basic.STRING));
            all.add(lookup(
                    model, "get_by_name_label", Message.Kind.GET_BY_NAME_LABEL, label, new Type.SetOf(ref), false));
        }
        if (lookups.contains("get_all")) {
            List<Message.Param> expr = List.of(param("expr", Type.Basic.STRING));
            all.add(lookup(model, "get_all_where", Message.Kind.GET_ALL_WHERE, expr, new Type.SetOf(ref), true));
            all.add(lookup(
                    model,
                    "get_all_records_where",
                    Message.Kind.GET_ALL_RECORDS_WHERE,
                    expr,
                    new Type.MapOf(ref, record),
                    true));
        }
        return all;
    }

    private static List<Message> ofField(ClassModel<?> model, Field<?, ?> field, Message.Param self) {
        List<Message> all = new ArrayList<>();
        Role reader = field.restrictedRead() ? Role.POOL_OPERATOR : Role.READ_ONLY;
        all.add(message(
                model,
                "get_" + field.name(),
                Message.Kind.GETTER,
                List.of(self),
                field.type(),
                field,
                reader,
                false,
                false));
        if (field.access() == Field.Access.RW) {
            List<Message.Param> value = List.of(self, param("value", field.type()));
            all.add(message(
                    model,
                    "set_" + field.name(),
                    Message.Kind.SETTER,
                    value,
                    Type.Basic.VOID,
                    field,
                    field.setRole(),
                    false,
                    false));
        }
        if (field.elements() == Field.Elements.MAP) {
            Message.Param key = param("key", Type.Basic.STRING);
            List<Message.Param> pair = List.of(self, key, param("value", Type.Basic.STRING));
            all.add(change(model, "add_to_" + field.name(), Message.Kind.ADD, pair, field));
            all.add(change(model, "remove_from_" + field.name(), Message.Kind.REMOVE, List.of(self, key), field));
        }
        if (field.elements() == Field.Elements.SET) {
            List<Message.Param> value = List.of(self, param("value", Type.Basic.STRING));
            all.add(change(model, "add_" + field.name(), Message.Kind.ADD, value, field));
            all.add(change(model, "remove_" + field.name(), Message.Kind.REMOVE, value, field));
        }
        return all;
    }

    private static Message change(
            ClassModel<?> model, String name, Message.Kind kind, List<Message.Param> params, Field<?, ?> field) {
        return message(model, name, kind, params, Type.Basic.VOID, field, field.setRole(), false, false);
    }

    private Message lookup(
            ClassModel<?> model,
            String name,
            Message.Kind kind,
            List<Message.Param> params,
            Type result,
            boolean hidden) {
        return message(model, name, kind, params, result, null, readRole, false, hidden);
    }

    private static Message message(
            ClassModel<?> model,
            String name,
            Message.Kind kind,
            List<Message.Param> params,
            Type result,
            Field<?, ?> field,
            Role role,
            boolean async,
            boolean hidden) {
        return new Message(
                model.name(),
                name,
                kind,
                params,
                result,
                field,
                role,
                role == Role.READ_ONLY || (kind == Message.Kind.SETTER && field.setClientCert()),
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

    private static Message.Param param(String name, Type type) {
        return new Message.Param(name, type, null, false);
    }
}
