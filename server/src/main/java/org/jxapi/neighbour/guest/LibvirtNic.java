package org.jxapi.neighbour.guest;

import java.util.Locale;
import java.util.Map;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** A network interface of libvirt. */
final class LibvirtNic {
    private LibvirtNic() {}

    static void read(PlanBuilder plan, Element nic, Map<Integer, String> order) {
        int device = plan.nextNic();
        ConfigKey key = new ConfigKey("interface[" + device + "]", nic.line());
        String bridge = nic.of("source", "bridge");
        switch (nic.attribute("type")) {
            case "bridge" -> {
                // Its source is the bridge.
            }
            case "network" -> {
                bridge = nic.of("source", "network");
                plan.translated(
                        new ConfigKey(key.name() + "/source", nic.line()),
                        "libvirt's network \"" + bridge + "\" is looked for under this name, or under network-map");
            }
            default -> {
                plan.refused(key, "jxapi connects interfaces to networks, not by \"" + nic.attribute("type") + "\"");
                return;
            }
        }
        String mac = "";
        String mtu = "";
        Map<String, String> limit = Map.of();
        for (Element child : nic.children()) {
            ConfigKey part = new ConfigKey(key.name() + "/" + child.name(), child.line());
            switch (child.name()) {
                case "source" -> {
                    // It was read first.
                }
                case "mac" -> mac = child.attribute("address").toLowerCase(Locale.ROOT);
                case "mtu" -> {
                    mtu = child.attribute("size");
                    plan.translated(part, "VIF other-config:mtu=" + mtu);
                }
                case "script" -> {
                    if (child.attribute("path").endsWith("vif-bridge")) {
                        plan.ignored(part, "it is the default here");
                    } else {
                        plan.refused(
                                part, "jxapi connects interfaces to bridges only, not by " + child.attribute("path"));
                    }
                }
                case "bandwidth" -> limit = bandwidth(plan, part, child);
                case "boot" -> {
                    if (child.attribute("order").matches("\\d{1,4}")) {
                        order.put(Integer.parseInt(child.attribute("order")), "n");
                        plan.translated(part, "its place in the order of boot devices");
                    }
                }
                default -> UnknownElements.unknown(plan, "interface/" + child.name(), child);
            }
        }
        if (!mac.isEmpty() && !mac.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}")) {
            plan.refused(key, "\"" + mac + "\" is no MAC address");
            return;
        }
        plan.add(new PlannedNic(device, bridge, mac, mtu, limit, key.name(), key.line()));
        plan.translated(
                key,
                "interface " + device + (bridge.isEmpty() ? "" : " on the network of bridge " + bridge)
                        + (mac.isEmpty() ? " with a new MAC address" : " with " + mac));
    }

    /** The limit for data that the guest sends, in KiB/s, as libvirt's driver sets it too. */
    private static Map<String, String> bandwidth(PlanBuilder plan, ConfigKey key, Element bandwidth) {
        Map<String, String> limit = Map.of();
        for (Element child : bandwidth.children()) {
            ConfigKey part = new ConfigKey(key.name() + "/" + child.name(), child.line());
            String average = child.attribute("average");
            if (child.name().equals("outbound") && average.matches("\\d{1,9}")) {
                limit = Map.of("kbps", average);
                plan.translated(part, "VIF qos-algorithm-type=ratelimit, kbps=" + average);
            } else {
                plan.refused(part, "jxapi limits what a guest sends, by its average");
            }
        }
        return limit;
    }
}
