package org.jxapi.session;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;

/**
 * The rights of a session: all for a local superuser, otherwise the permissions that its user's roles had at login.
 *
 * @param superuser whether it may do everything
 * @param permissions labels of permissions
 */
public record Rights(boolean superuser, List<String> permissions) {
    public static final Rights ALL = new Rights(true, List.of());

    /** The rights that a session has. */
    public static Rights of(Row<Session> session) {
        return session.get(Session.IS_LOCAL_SUPERUSER) ? ALL : new Rights(false, session.get(Session.RBAC_PERMISSIONS));
    }

    /** Whether they include a permission: {@code Class.message}, {@code http/NAME} or one of a map key. */
    public boolean permits(String permission) {
        return superuser || permissions.contains(permission.toLowerCase(Locale.ROOT));
    }

    /** Throws RBAC_PERMISSION_DENIED when the message, or the map key that it is about, is not for this session. */
    public void check(MessageModel message, @Nullable String mapKey) {
        if (!superuser) {
            check(Permissions.label(message, mapKey));
        }
    }

    /** Throws RBAC_PERMISSION_DENIED when the session lacks this permission. */
    public void check(String permission) {
        if (!permits(permission)) {
            throw denied(permission);
        }
    }

    /** The error for a missing permission, which names the roles that have it. */
    public static XenApiException denied(String permission) {
        String label = permission.toLowerCase(Locale.ROOT);
        return Errors.rbacPermissionDenied(
                label,
                "No permission in user session. (Roles with this permission: "
                        + String.join(", ", Permissions.holders(label)) + ")");
    }
}
