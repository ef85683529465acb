package org.jxapi.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.xenapi.XenModel;

/** All permissions, in XAPI's order: ocaml/idl/ocaml_backend/gen_rbac.ml, which makes its rbac_static.ml. */
public final class Permissions {
    /** The right to change and end tasks of other users. */
    public static final String TASKS_OF_OTHERS = "task.destroy/any";

    /** The internal role of clients that a certificate identifies. */
    static final String CLIENT_CERT = "client-cert";

    /** The roles in the order in which XAPI's generator arrives at them: errors list them so. */
    static final List<String> ROLES = List.of(
            BuiltInRole.VM_POWER_ADMIN.wire(),
            BuiltInRole.VM_ADMIN.wire(),
            BuiltInRole.VM_OPERATOR.wire(),
            BuiltInRole.READ_ONLY.wire(),
            CLIENT_CERT,
            BuiltInRole.POOL_ADMIN.wire(),
            BuiltInRole.POOL_OPERATOR.wire());

    /** Made when first asked for: neither a start nor root's calls need some two thousand of them. */
    private static final class Made {
        static final Map<String, Permission> BY_LABEL = make();
    }

    private Permissions() {}

    private static Map<String, Permission> make() {
        List<Permission> all = new ArrayList<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                all.add(new Permission(message.fullName(), message.role(), message.clientCert()));
                message.keyRoles()
                        .forEach((key, role) ->
                                all.add(new Permission(message.fullName() + "/key:" + key, role, false)));
            }
        }
        for (HttpAction action : HttpAction.ALL) {
            all.add(new Permission(action.permission(), action.least(), action.clientCert()));
            action.parts().forEach((part, role) -> all.add(new Permission(action.permission(part), role, false)));
        }
        all.add(new Permission(TASKS_OF_OTHERS, BuiltInRole.POOL_OPERATOR, false));
        Map<String, Permission> byLabel = new LinkedHashMap<>();
        all.forEach(permission -> byLabel.put(permission.label(), permission));
        return byLabel;
    }

    public static List<Permission> all() {
        return List.copyOf(Made.BY_LABEL.values());
    }

    /** Whether a role, by its name, holds a permission. */
    static boolean holds(String role, Permission permission) {
        return role.equals(CLIENT_CERT)
                ? permission.heldByClientCert()
                : BuiltInRole.of(role).covers(permission.least());
    }

    /**
     * The permission for a call.
     *
     * @param mapKey the key of the map that the message is about; null if it is about none
     */
    static String label(MessageModel message, @Nullable String mapKey) {
        String pattern = mapKey == null ? null : protecting(message, mapKey);
        return new Permission(
                        pattern == null ? message.fullName() : message.fullName() + "/key:" + pattern,
                        message.role(),
                        false)
                .label();
    }

    /** The protected key, or pattern with {@code *} at its end, that covers a key of the message's map; null if none does. */
    public static @Nullable String protecting(MessageModel message, String mapKey) {
        return message.keyRoles().keySet().stream()
                .filter(pattern -> covers(pattern, mapKey))
                .findFirst()
                .orElse(null);
    }

    private static boolean covers(String pattern, String key) {
        return pattern.endsWith("*") ? key.startsWith(pattern.substring(0, pattern.length() - 1)) : pattern.equals(key);
    }

    /** The names of the roles that hold a permission, as errors list them. */
    static List<String> holders(String label) {
        Permission permission = Made.BY_LABEL.get(label);
        return permission == null
                ? List.of()
                : ROLES.stream().filter(role -> holds(role, permission)).toList();
    }
}
