package org.jxapi.cli.record;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jxapi.cli.thin.CliException;
import org.jxapi.domain.BiosStrings;

/** The BIOS strings of a VM. */
public final class BiosStringsParameter {
    private static final List<String> SETTABLE = BiosStrings.SETTABLE;

    private static final Set<Object> GENERIC = Set.of("", "Xen", "HVM domU");

    private BiosStringsParameter() {}

    static void check(Collection<String> keys) {
        for (String key : keys) {
            if (!SETTABLE.contains(key)) {
                throw new CliException("Unknown key '" + key + "': expecting " + String.join(", ", SETTABLE));
            }
        }
    }

    /** Whether these are the default strings of a VM, not copied from a host. */
    public static boolean generic(Map<?, ?> strings) {
        return "Xen".equals(strings.get("bios-vendor"))
                && "HVM domU".equals(strings.get("system-product-name"))
                && SETTABLE.stream().map(strings::get).filter(Objects::nonNull).allMatch(GENERIC::contains);
    }
}
