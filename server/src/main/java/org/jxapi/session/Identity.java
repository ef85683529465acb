package org.jxapi.session;

import java.util.List;
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
 */
record Identity(String user, boolean superuser, String sid, Ref<Subject> subject, List<String> permissions) {
    static Identity superuser(String user) {
        return new Identity(user, true, "", Ref.nil(), List.of());
    }

    /** The part of a session's record that is about its user. */
    Row<Session> in(Row<Session> session) {
        return session.with(Session.IS_LOCAL_SUPERUSER, superuser)
                .with(Session.AUTH_USER_NAME, user)
                .with(Session.AUTH_USER_SID, sid)
                .with(Session.SUBJECT, subject)
                .with(Session.RBAC_PERMISSIONS, permissions);
    }
}
