package org.jxapi.member;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** The plug-in that shows which hosts have a copy of the database. */
public final class PoolStatus {
    /** Its name. */
    public static final String PLUGIN = "jxapi-pool";

    private PoolStatus() {}

    /** Its answers. The only function is {@code status}: lines about the coordinator and the copies. */
    public static String call(@Nullable SharedDatabase shared, Snapshot now, String function) {
        if (!function.equals("status")) {
            throw new XenApiException("UNKNOWN_XENAPI_PLUGIN_FUNCTION", List.of(function));
        }
        StringBuilder text = new StringBuilder("coordinator: ")
                .append(ThisHost.row(now).get(Host.UUID))
                .append('\n');
        if (shared == null) {
            return text.append("copies: none, because the setting replication is off\n")
                    .toString();
        }
        try {
            shared.describe(text);
        } catch (IOException e) {
            throw Errors.internalError("The copies cannot be looked at: " + Reason.of(e))
                    .causedBy(e);
        }
        return text.toString();
    }
}
