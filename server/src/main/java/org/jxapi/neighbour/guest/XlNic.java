package org.jxapi.neighbour.guest;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** A network interface of a configuration of xl: {@code key=value} pairs. */
final class XlNic {
    private static final Pattern MAC = Pattern.compile("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}");
    private static final Pattern RATE = Pattern.compile("(\\d{1,9})([KMG]?)([Bb])(?:/s|ps)?(?:@(\\d{1,6})(us|ms|s))?");

    private final PlanBuilder plan;
    private final ConfigKey key;
    private String bridge = "";
    private String mac = "";
    private String mtu = "";
    private int device;
    private boolean refused;
    private Map<String, String> limit = Map.of();

    private XlNic(PlanBuilder plan, ConfigKey key) {
        this.plan = plan;
        this.key = key;
        this.device = plan.nextNic();
    }

    static void read(PlanBuilder plan, ConfigKey key, String spec) {
        XlNic nic = new XlNic(plan, key);
        for (String option : spec.split(",", -1)) {
            String[] parts = option.strip().split("\\s*=\\s*", 2);
            if (!parts[0].isEmpty()) {
                nic.option(parts[0], parts.length < 2 ? "" : parts[1].strip());
            }
        }
        if (!nic.refused) {
            plan.add(new PlannedNic(nic.device, nic.bridge, nic.mac, nic.mtu, nic.limit, key.name(), key.line()));
            plan.translated(
                    key,
                    "interface " + nic.device + (nic.bridge.isEmpty() ? "" : " on the network of bridge " + nic.bridge)
                            + (nic.mac.isEmpty() ? " with a new MAC address" : " with " + nic.mac));
        }
    }

    private ConfigKey part(String name) {
        return new ConfigKey(key.name() + "." + name, key.line());
    }

    private void refuse(String why) {
        refused = true;
        plan.refused(key, why);
    }

    private void option(String name, String value) {
        switch (name) {
            case "mac" -> {
                if (MAC.matcher(value).matches()) {
                    mac = value.toLowerCase(java.util.Locale.ROOT);
                } else {
                    refuse("\"" + value + "\" is no MAC address");
                }
            }
            case "bridge" -> bridge = value;
            case "devid" -> {
                if (value.matches("\\d{1,4}")) {
                    device = Integer.parseInt(value);
                } else {
                    refuse("\"" + value + "\" is no number of an interface");
                }
            }
            case "mtu" -> {
                mtu = value;
                plan.translated(part(name), "VIF other-config:mtu=" + value);
            }
            case "rate" -> rate(value);
            case "type" -> {
                if (value.equals("ioemu") || value.equals("vif") || value.equals("netfront")) {
                    plan.ignored(part(name), "HVM guests get an emulated interface and a paravirtual one");
                } else {
                    refuse("\"" + value + "\" is no type of an interface");
                }
            }
            case "model" ->
                plan.ignored(part(name), "the emulated interface is libxl's default; PV drivers use neither");
            case "vifname" -> plan.ignored(part(name), "libxl names the host's end of the interface");
            case "ip" -> plan.ignored(part(name), "guests configure their addresses themselves");
            case "script" -> {
                if (value.endsWith("vif-bridge")) {
                    plan.ignored(part(name), "it is the default here");
                } else {
                    refuse("jxapi connects interfaces to bridges only, not by " + value);
                }
            }
            case "backend" -> {
                if (value.equals("0") || value.equals("Domain-0")) {
                    plan.ignored(part(name), "it is the default here");
                } else {
                    refuse("jxapi has no driver domains, such as \"" + value + "\"");
                }
            }
            case "vlan" ->
                refuse("jxapi tags no packets of an interface; connect it to the network of VLAN " + value
                        + ", with network-map");
            case "gatewaydev" -> refuse("jxapi connects interfaces to bridges only, without a gateway device");
            case "trusted", "untrusted" -> plan.ignored(part(name), "jxapi uses libxl's default");
            default -> plan.refused(part(name), "jxapi does not know this option of an interface");
        }
    }

    /** {@code 10Mb/s@50ms}, as {@code VIF.qos_algorithm_params}. */
    private void rate(String value) {
        Matcher rate = RATE.matcher(value);
        if (!rate.matches()) {
            refuse("\"" + value + "\" is no rate, such as 10Mb/s");
            return;
        }
        long unit = switch (rate.group(2)) {
            case "K" -> 1000L;
            case "M" -> 1000_000L;
            case "G" -> 1000_000_000L;
            default -> 1L;
        };
        long bytes = Long.parseLong(rate.group(1)) * unit / (rate.group(3).equals("b") ? 8 : 1);
        Map<String, String> params = new TreeMap<>();
        params.put("kbps", Long.toString(Math.max(1, bytes / 1024)));
        if (rate.group(4) != null) {
            long micros = Long.parseLong(rate.group(4))
                    * switch (rate.group(5)) {
                        case "s" -> 1000_000L;
                        case "ms" -> 1000L;
                        default -> 1L;
                    };
            params.put("timeslice_us", Long.toString(micros));
        }
        limit = params;
        plan.translated(part("rate"), "VIF qos-algorithm-type=ratelimit, " + params);
    }
}
