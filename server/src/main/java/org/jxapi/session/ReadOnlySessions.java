package org.jxapi.session;

import java.time.Clock;
import java.util.List;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Session;

/** Sessions that only read, which the daemon makes for the database of another pool. */
public final class ReadOnlySessions {
    private static final String ORIGINATOR = "xapi";
    static final String SID = "readonly-sid";

    private static final List<Ref<Role>> READ_ONLY =
            List.of(Roles.all().named(BuiltInRole.READ_ONLY.wire()).orElseThrow());

    private ReadOnlySessions() {}

    public static Ref<Session> create(Store store, Clock clock, String user) {
        XenTime now = XenTime.of(clock.instant());
        return store.transact(tx -> {
            Ref<Host> host = ThisHost.find(tx).<Ref<Host>>map(Stored::ref).orElse(Ref.nil());
            SessionLimits.makeRoom(tx, user, ORIGINATOR);
            return tx.create(Row.of(Session.XEN_CLASS)
                    .with(Session.THIS_HOST, host)
                    .with(Session.LAST_ACTIVE, now)
                    .with(Session.VALIDATION_TIME, now)
                    .with(Session.AUTH_USER_SID, SID)
                    .with(Session.AUTH_USER_NAME, user)
                    .with(Session.RBAC_PERMISSIONS, Roles.all().rightsOf(READ_ONLY))
                    .with(Session.ORIGINATOR, ORIGINATOR));
        });
    }
}
