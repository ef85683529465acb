package org.jxapi.cli.record;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;

/** The BIOS strings of a VM. */
public final class BiosStringsParameter {
    private static final List<String> SETTABLE = org.jxapi.domain.BiosStrings.SETTABLE;

    private BiosStringsParameter() {}

    static void check(Collection<String> keys) {
        for (String key : keys) {
            if (!SETTABLE.contains(key)) {
                throw new CliException("Unknown key '" + key + "': expecting " + String.join(", ", SETTABLE));
            }
        }
    }

    /** Whether these are the strings of a VM that copies no machine's. */
    public static boolean generic(Map<?, ?> strings) {
        return "Xen".equals(strings.get("bios-vendor"))
                && "HVM domU".equals(strings.get("system-product-name"))
                && SETTABLE.stream()
                        .filter(k -> strings.get(k) != null && !strings.get(k).equals(""))
                        .allMatch(k ->
                                strings.get(k).equals("Xen") || strings.get(k).equals("HVM domU"));
    }
}
