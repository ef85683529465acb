package org.jxapi.session;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** The rights of a session: all for a local superuser, otherwise those of its role. */
public record Rights(BuiltInRole role, boolean superuser) {
    public static final Rights ALL = new Rights(BuiltInRole.POOL_ADMIN, true);

    /** Permissions that are not messages, with the least role that holds them. */
    private static final Map<String, BuiltInRole> EXTRA = Map.ofEntries(
            Map.entry("task.destroy/any", BuiltInRole.POOL_OPERATOR),
            Map.entry("http/connect_console", BuiltInRole.VM_OPERATOR),
            Map.entry("http/connect_console/host_console", BuiltInRole.POOL_ADMIN),
            Map.entry("http/connect_console_ws", BuiltInRole.VM_OPERATOR),
            Map.entry("http/get_export", BuiltInRole.VM_ADMIN),
            Map.entry("http/get_export_metadata", BuiltInRole.VM_ADMIN),
            Map.entry("http/get_export_raw_vdi", BuiltInRole.VM_ADMIN),
            Map.entry("http/get_pool_xml_db_sync", BuiltInRole.POOL_ADMIN),
            Map.entry("http/get_rrd_updates", BuiltInRole.READ_ONLY),
            Map.entry("http/put_import", BuiltInRole.VM_ADMIN),
            Map.entry("http/put_import_metadata", BuiltInRole.VM_ADMIN),
            Map.entry("http/put_import_raw_vdi", BuiltInRole.VM_ADMIN));

    public boolean permits(String permission) {
        return superuser || role.covers(needed(permission));
    }

    /** Throws RBAC_PERMISSION_DENIED when the message, or the map key that it is about, is not for this role. */
    public void check(MessageModel message, @Nullable String mapKey) {
        if (superuser) {
            return;
        }
        String permission = message.fullName().toLowerCase(java.util.Locale.ROOT);
        BuiltInRole needed = message.role();
        if (mapKey != null) {
            for (Map.Entry<String, BuiltInRole> protectedKey :
                    message.keyRoles().entrySet()) {
                if (covers(protectedKey.getKey(), mapKey)) {
                    permission = permission + "/key:" + mapKey;
                    needed = protectedKey.getValue();
                }
            }
        }
        if (!role.covers(needed)) {
            throw Errors.rbacPermissionDenied(permission, text(needed));
        }
    }

    private static boolean covers(String pattern, String key) {
        return pattern.endsWith("*") ? key.startsWith(pattern.substring(0, pattern.length() - 1)) : pattern.equals(key);
    }

    /** The error for a permission that is no message. */
    public static XenApiException denied(String permission) {
        return Errors.rbacPermissionDenied(permission.toLowerCase(java.util.Locale.ROOT), text(needed(permission)));
    }

    /** The least role that holds a permission; one for a key of a map is {@code Class.message/key:KEY}. */
    private static BuiltInRole needed(String permission) {
        int key = permission.indexOf("/key:");
        if (key < 0) {
            return EXTRA.getOrDefault(permission, BuiltInRole.POOL_ADMIN);
        }
        int dot = permission.indexOf('.');
        String name = permission.substring(dot + 1, key);
        MessageModel message = Optional.ofNullable(XenModel.get(permission.substring(0, dot)))
                .map(model -> model.message(name))
                .orElseThrow(() -> new IllegalArgumentException(permission));
        String mapKey = permission.substring(key + "/key:".length());
        return message.keyRoles().entrySet().stream()
                .filter(role -> covers(role.getKey(), mapKey))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(message.role());
    }

    private static String text(BuiltInRole needed) {
        Set<String> holders = new TreeSet<>();
        for (BuiltInRole role : BuiltInRole.values()) {
            if (role != BuiltInRole.LOCAL_ROOT && role.covers(needed)) {
                holders.add(role.wire());
            }
        }
        return "No permission in user session. (Roles with this permission: " + String.join(", ", holders) + ")";
    }
}
