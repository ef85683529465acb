package org.jxapi.session;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;

/** Sessions of users of a directory, made as a login makes them. */
public final class TestSessions {
    private TestSessions() {}

    /** A session of one user for each role; references by the role's name. */
    public static Map<String, String> ofEachRole(Store store) {
        Map<String, String> sessions = new LinkedHashMap<>();
        for (String role : RoleTable.COLUMNS) {
            sessions.put(role, of(store, role));
        }
        return sessions;
    }

    /** The rights of a user with one role. */
    public static Rights rights(BuiltInRole role) {
        return new Rights(
                false,
                Roles.all().rightsOf(List.of(Roles.all().named(role.wire()).orElseThrow())));
    }

    private static String of(Store store, String role) {
        Ref<Role> ref = Roles.all().named(role).orElseThrow();
        return store.transact(tx -> {
            Ref<Subject> subject = tx.create(Row.of(Subject.XEN_CLASS)
                    .with(Subject.SUBJECT_IDENTIFIER, "sid-" + role)
                    .with(Subject.OTHER_CONFIG, Map.of("subject-name", "user of " + role))
                    .with(Subject.ROLES, List.of(ref)));
            return tx.create(Row.of(Session.XEN_CLASS)
                            .with(Session.LAST_ACTIVE, XenTime.of(Instant.now()))
                            .with(Session.SUBJECT, subject)
                            .with(Session.AUTH_USER_SID, "sid-" + role)
                            .with(Session.AUTH_USER_NAME, "user of " + role)
                            .with(Session.RBAC_PERMISSIONS, Roles.all().rightsOf(List.of(ref))))
                    .value();
        });
    }
}
