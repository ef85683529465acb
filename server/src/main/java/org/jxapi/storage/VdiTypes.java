package org.jxapi.storage;

import java.util.Locale;
import org.jxapi.xenapi.VdiType;

/** Types of disks as XAPI names them in errors. */
public final class VdiTypes {
    private VdiTypes() {}

    public static String named(VdiType type) {
        return switch (type) {
            case HA_STATEFILE -> "HA statefile";
            case REDO_LOG -> "Redo log";
            case RRD -> "rrd";
            case PVS_CACHE -> "PVS cache";
            case CBT_METADATA -> "CBT metadata";
            default ->
                type.wire().substring(0, 1).toUpperCase(Locale.ROOT)
                        + type.wire().substring(1);
        };
    }
}
