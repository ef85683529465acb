package org.jxapi.dispatch;

import org.jxapi.datamodel.Ref;
import org.jxapi.session.Rights;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Session;

/** The rights of sessions that a call names as parameters. */
public final class OtherSessions {
    private OtherSessions() {}

    /** Whether an existing session holds a permission, such as {@code VDI.open_database}. */
    public static boolean permit(Snapshot snapshot, Ref<Session> session, String permission) {
        return Rights.of(snapshot.row(session)).permits(permission);
    }
}
