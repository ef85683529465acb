package org.jxapi.session;

import java.util.List;
import org.jxapi.datamodel.BuiltInRole;

/** Rights without a login, for tests of rules. */
public final class RightsOfRole {
    private RightsOfRole() {}

    /** The rights of a user with one role. */
    public static Rights of(BuiltInRole role) {
        return new Rights(
                false,
                Roles.all().rightsOf(List.of(Roles.all().named(role.wire()).orElseThrow())));
    }
}
