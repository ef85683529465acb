package org.jxapi.session;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;

/**
 * A user who has logged in, and the rights of the session.
 *
 * @param user the user's name
 * @param superuser whether the session may do everything
 * @param sid identifier of the user in the directory; empty for local superusers
 * @param subject the user or group that lets the user in; null for local superusers
 * @param permissions labels of permissions; none for a superuser, who needs none
 * @param token id of the API token in the place of the password; empty if there was none
 * @param certificate whether it is a client with a certificate, which has no user
 */
record Identity(
        String user,
        boolean superuser,
        String sid,
        Ref<Subject> subject,
        List<String> permissions,
        String token,
        boolean certificate) {
    Identity(String user, boolean superuser, String sid, Ref<Subject> subject, List<String> permissions) {
        this(user, superuser, sid, subject, permissions, "", false);
    }

    static Identity superuser(String user) {
        return new Identity(user, true, "", Ref.nil(), List.of());
    }

    /** A client with a certificate: the role client-cert of XAPI, whatever name it gives. */
    static Identity certified(String user) {
        List<String> permissions = Roles.all()
                .rightsOf(List.of(Roles.all().named(Permissions.CLIENT_CERT).orElseThrow()));
        return new Identity(user, false, "", Ref.nil(), permissions, "", true);
    }

    /** The same who has logged in with a token, which may limit the rights. */
    Identity with(Token used) {
        if (superuser && !used.role().isEmpty()) {
            return new Identity(user, false, sid, subject, Tokens.ofRole(used), used.id(), false);
        }
        return new Identity(user, superuser, sid, subject, Tokens.limit(used, permissions), used.id(), false);
    }

    /** The part of a session's record that is about its user. */
    Row<Session> in(Row<Session> session) {
        Map<String, String> config = token.isEmpty() ? Map.of() : Map.of(Tokens.KEY, token);
        return session.with(Session.IS_LOCAL_SUPERUSER, superuser)
                .with(Session.OTHER_CONFIG, config)
                .with(Session.AUTH_USER_NAME, user)
                .with(Session.AUTH_USER_SID, sid)
                .with(Session.SUBJECT, subject)
                .with(Session.RBAC_PERMISSIONS, permissions)
                .with(Session.CLIENT_CERTIFICATE, certificate);
    }
}
