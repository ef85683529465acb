package org.jxapi.neighbour.guest;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** PCI devices of the host for a guest, as {@code other_config:pci} has them. */
final class PciSpec {
    private static final Pattern ADDRESS =
            Pattern.compile("(?:([0-9a-fA-F]{4}):)?([0-9a-fA-F]{2}):([01][0-9a-fA-F])\\.([0-7])(?:@[0-9a-fA-F]+)?");

    private PciSpec() {}

    /** The address that {@code [0000:]01:00.0[,options]} names. */
    static Optional<String> read(PlanBuilder plan, ConfigKey key, String spec) {
        String[] parts = spec.strip().replaceFirst("^bdf=", "").split(",", 2);
        Matcher address = ADDRESS.matcher(parts[0].strip());
        if (!address.matches()) {
            plan.refused(key, "\"" + parts[0] + "\" is no address of a PCI device, such as 0000:01:00.0");
            return Optional.empty();
        }
        String domain = address.group(1) == null ? "0000" : address.group(1);
        String full = (domain + ":" + address.group(2) + ":" + address.group(3) + "." + address.group(4))
                .toLowerCase(Locale.ROOT);
        plan.translated(key, "other-config:pci with " + full);
        if (parts.length > 1) {
            plan.ignored(key, "jxapi uses libxl's defaults for \"" + parts[1].strip() + "\"");
        }
        if (parts[0].contains("@")) {
            plan.ignored(key, "the guest finds the device at a slot that libxl chooses");
        }
        return Optional.of(full);
    }

    static void give(PlanBuilder plan, List<String> devices) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < devices.size(); i++) {
            all.append(i == 0 ? "" : ",").append(i).append('/').append(devices.get(i));
        }
        if (!devices.isEmpty()) {
            plan.otherConfig("pci", all.toString());
        }
    }
}
