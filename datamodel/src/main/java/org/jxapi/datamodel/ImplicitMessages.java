package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageModel.Kind;
import org.jxapi.datamodel.MessageModel.Param;

/**
 * The messages that follow from a class's fields: getters, setters, add and remove, lookups, constructor and
 * destructor.
 *
 * @param lookups which of get_all, get_by_uuid, get_record and get_by_name_label exist
 * @param readRole the least role that may look objects up
 * @param constructorRole the least role that may create and destroy; null without a constructor
 */
public record ImplicitMessages(
        Set<String> lookups, BuiltInRole readRole, @Nullable BuiltInRole constructorRole) {

    /** The messages of a class, in XAPI's order; internal fields have none. */
    List<MessageModel> of(String className, Lifecycle lifecycle, List<? extends Field<?, ?>> fields) {
        Type ref = Type.ref(className);
        Type record = Type.record(className);
        Param self = param("self", ref);
        OfClass all = new OfClass(className, lifecycle);
        if (lookups.contains("get_all")) {
            all.lookup("get_all", Kind.GET_ALL, List.of(), Type.set(ref));
            all.lookup("get_all_records", Kind.GET_ALL_RECORDS, List.of(), Type.map(ref, record));
        }
        fields.stream().filter(field -> !field.internal()).forEach(field -> all.field(field, self));
        if (constructorRole != null) {
            all.change("create", Kind.CREATE, param("args", record), ref, constructorRole);
            all.change("destroy", Kind.DESTROY, self, Type.Basic.VOID, constructorRole);
        }
        if (lookups.contains("get_by_uuid")) {
            all.lookup("get_by_uuid", Kind.GET_BY_UUID, List.of(param("uuid", Type.Basic.STRING)), ref);
        }
        if (lookups.contains("get_record")) {
            all.lookup("get_record", Kind.GET_RECORD, List.of(self), record);
        }
        if (lookups.contains("get_by_name_label")) {
            List<Param> label = List.of(param("label", Type.Basic.STRING));
            all.lookup("get_by_name_label", Kind.GET_BY_NAME_LABEL, label, Type.set(ref));
        }
        if (lookups.contains("get_all")) {
            List<Param> expr = List.of(param("expr", Type.Basic.STRING));
            all.hiddenLookup("get_all_where", Kind.GET_ALL_WHERE, expr, Type.set(ref));
            all.hiddenLookup("get_all_records_where", Kind.GET_ALL_RECORDS_WHERE, expr, Type.map(ref, record));
        }
        return all.messages;
    }

    private static Param param(String name, Type type) {
        return new Param(name, type, null, false);
    }

    /** The messages of one class, as they are added. */
    private final class OfClass {
        private final String className;
        private final Lifecycle lifecycle;
        private final List<MessageModel> messages = new ArrayList<>();

        OfClass(String className, Lifecycle lifecycle) {
            this.className = className;
            this.lifecycle = lifecycle;
        }

        void lookup(String name, Kind kind, List<Param> params, Type result) {
            object(name, kind, params, result, readRole, false, false);
        }

        void hiddenLookup(String name, Kind kind, List<Param> params, Type result) {
            object(name, kind, params, result, readRole, false, true);
        }

        void change(String name, Kind kind, Param param, Type result, BuiltInRole role) {
            object(name, kind, List.of(param), result, role, true, false);
        }

        /** A message about objects as a whole. */
        private void object(
                String name,
                Kind kind,
                List<Param> params,
                Type result,
                BuiltInRole role,
                boolean async,
                boolean hidden) {
            boolean clientCert = role == BuiltInRole.READ_ONLY;
            add(name, kind, params, result, null, role, clientCert, Map.of(), async, hidden, lifecycle);
        }

        void field(Field<?, ?> field, Param self) {
            Param key = param("key", Type.Basic.STRING);
            Param value = param("value", Type.Basic.STRING);
            getter(field, self);
            BuiltInRole role = field.setRole();
            if (role == null) {
                return;
            }
            if (field.access() == Field.Access.RW) {
                setter(Kind.SETTER, "set_", List.of(self, param("value", field.type())), field, role);
            }
            switch (field.elements()) {
                case MAP -> {
                    setter(Kind.ADD, "add_to_", List.of(self, key, value), field, role);
                    setter(Kind.REMOVE, "remove_from_", List.of(self, key), field, role);
                }
                case SET -> {
                    setter(Kind.ADD, "add_", List.of(self, value), field, role);
                    setter(Kind.REMOVE, "remove_", List.of(self, value), field, role);
                }
                case NONE -> {}
            }
        }

        private void getter(Field<?, ?> field, Param self) {
            BuiltInRole role = field.restrictedRead() ? BuiltInRole.POOL_OPERATOR : BuiltInRole.READ_ONLY;
            String name = "get_" + field.name();
            boolean clientCert = role == BuiltInRole.READ_ONLY;
            add(
                    name,
                    Kind.GETTER,
                    List.of(self),
                    field.type(),
                    field,
                    role,
                    clientCert,
                    Map.of(),
                    false,
                    false,
                    field.lifecycle());
        }

        private void setter(Kind kind, String prefix, List<Param> params, Field<?, ?> field, BuiltInRole role) {
            boolean clientCert = role == BuiltInRole.READ_ONLY || kind == Kind.SETTER && field.setClientCert();
            add(
                    prefix + field.name(),
                    kind,
                    params,
                    Type.Basic.VOID,
                    field,
                    role,
                    clientCert,
                    kind == Kind.SETTER ? Map.of() : field.keyRoles(),
                    false,
                    false,
                    field.lifecycle());
        }

        private void add(
                String name,
                Kind kind,
                List<Param> params,
                Type result,
                @Nullable Field<?, ?> field,
                BuiltInRole role,
                boolean clientCert,
                Map<String, BuiltInRole> keyRoles,
                boolean async,
                boolean hidden,
                Lifecycle lifecycle) {
            messages.add(new MessageModel(
                    className,
                    name,
                    kind,
                    params,
                    result,
                    field,
                    role,
                    clientCert,
                    keyRoles,
                    true,
                    async,
                    hidden,
                    false,
                    false,
                    false,
                    true,
                    List.of(),
                    lifecycle));
        }
    }
}
