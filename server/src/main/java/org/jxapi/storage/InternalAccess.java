package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;

/**
 * Some messages are for storage managers alone. As in XAPI, their sessions carry the repository they may change in {@code
 * other_config:_sm_session}.
 */
final class InternalAccess {
    private static final String KEY = "_sm_session";

    private InternalAccess() {}

    /** Throws PERMISSION_DENIED unless the caller's session is that of the repository's manager. */
    static void check(Call call, Ref<SR> sr) {
        boolean allowed = call.store()
                .snapshot()
                .find(call.session())
                .map(session -> sr.value()
                        .equals(session.row().get(Session.OTHER_CONFIG).get(KEY)))
                .orElse(false);
        if (!allowed) {
            throw Errors.permissionDenied("");
        }
    }
}
