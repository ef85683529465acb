package org.jxapi.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.query.Query;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.RoleMessages;

/** The messages of class role, implicit ones too: roles are computed, not stored. */
public final class RoleService implements RoleMessages<Call> {
    public void bind(MessageTable<Call> table) {
        RoleMessages.bind(table, this);
        for (MessageModel message : Role.XEN_CLASS.messages()) {
            MessageTable.Body<Call> body = body(message);
            if (body != null) {
                table.bind(message.fullName(), body);
            }
        }
    }

    /** The name of a role or permission, if there is one with this reference. */
    public static Optional<String> name(Ref<Role> role) {
        return Roles.all().find(role).map(row -> row.get(Role.NAME_LABEL));
    }

    private MessageTable.@Nullable Body<Call> body(MessageModel message) {
        return switch (message.kind()) {
            case GETTER -> getter(message.requireField());
            case GET_RECORD -> (call, args) -> row(Role.XEN_CLASS.cast((Ref<?>) args[0]));
            case GET_ALL -> (call, args) -> List.copyOf(Roles.all().rows().keySet());
            case GET_ALL_RECORDS -> (call, args) -> Roles.all().rows();
            case GET_ALL_WHERE ->
                (call, args) -> List.copyOf(where((String) args[0]).keySet());
            case GET_ALL_RECORDS_WHERE -> (call, args) -> where((String) args[0]);
            case GET_BY_UUID -> (call, args) -> byUuid((String) args[0]);
            case GET_BY_NAME_LABEL ->
                (call, args) ->
                        Roles.all().named((String) args[0]).map(List::of).orElse(List.of());
            default -> null;
        };
    }

    private MessageTable.Body<Call> getter(Field<?, ?> field) {
        return (call, args) -> row(Role.XEN_CLASS.cast((Ref<?>) args[0])).get(field.index());
    }

    private Row<Role> row(Ref<Role> role) {
        return Roles.all().find(role).orElseThrow(() -> Errors.handleInvalid("role", role.value()));
    }

    private Ref<Role> byUuid(String uuid) {
        Ref<Role> ref = Role.XEN_CLASS.ref("OpaqueRef:" + uuid);
        if (Roles.all().find(ref).isEmpty()) {
            throw Errors.uuidInvalid("role", uuid);
        }
        return ref;
    }

    /** Clients ask for roles alone, or for permissions alone, by whether there are subroles. */
    private Map<Ref<Role>, Row<Role>> where(String expression) {
        String compact = expression.replace(" ", "");
        boolean known = compact.equals("subroles<>[]") || compact.equals("subroles=[]");
        Map<Ref<Role>, Row<Role>> found = new LinkedHashMap<>();
        Predicate<Stored<Role>> query = known
                ? stored -> stored.row().get(Role.SUBROLES).isEmpty() == compact.equals("subroles=[]")
                : new Query(expression)::matches;
        Roles.all().rows().forEach((ref, row) -> {
            if (query.test(new Stored<Role>(ref, row, 0, 0))) {
                found.put(ref, row);
            }
        });
        return found;
    }

    @Override
    public List<Ref<Role>> getPermissions(Call call, Ref<Role> self) {
        row(self);
        return Roles.all().permissions(self);
    }

    @Override
    public List<String> getPermissionsNameLabel(Call call, Ref<Role> self) {
        return getPermissions(call, self).stream()
                .map(p -> row(p).get(Role.NAME_LABEL))
                .toList();
    }

    @Override
    public List<Ref<Role>> getByPermission(Call call, Ref<Role> permission) {
        row(permission);
        return Roles.all().rows().entrySet().stream()
                .filter(r -> r.getValue().get(Role.SUBROLES).contains(permission))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public List<Ref<Role>> getByPermissionNameLabel(Call call, String label) {
        return Roles.all().named(label).map(p -> getByPermission(call, p)).orElse(List.of());
    }
}
