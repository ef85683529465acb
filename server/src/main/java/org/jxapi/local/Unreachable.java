package org.jxapi.local;

import java.util.Set;
import org.jxapi.datamodel.XenApiException;

/** The errors of a host that cannot be reached now, which may happen to all hosts but the own at any time. */
public final class Unreachable {
    private static final Set<String> CODES = Set.of("HOST_OFFLINE", "CANNOT_CONTACT_HOST");

    private Unreachable() {}

    /** Whether a failure has this reason alone. */
    public static boolean is(Throwable failure) {
        return failure instanceof XenApiException e && CODES.contains(e.code());
    }
}
