package org.jxapi.datamodel;

import java.util.Locale;

/** The XenAPI's roles, from the most powerful to the least. */
public enum BuiltInRole {
    POOL_ADMIN,
    POOL_OPERATOR,
    VM_POWER_ADMIN,
    VM_ADMIN,
    VM_OPERATOR,
    READ_ONLY,
    /** Nobody over the network: only the host's own root. */
    LOCAL_ROOT;

    private final String wire = name().toLowerCase(Locale.ROOT).replace('_', '-');

    public String wire() {
        return wire;
    }

    public static BuiltInRole of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** Whether a holder of this role may do what needs at least {@code needed}. */
    public boolean covers(BuiltInRole needed) {
        return needed != LOCAL_ROOT && ordinal() <= needed.ordinal();
    }
}
