package org.jxapi.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.TristateType;
import org.jxapi.xenapi.VMGuestMetrics;

/**
 * The reports of a guest's agent in xenstore, in the form of VM_guest_metrics. The keys are those that XenServer's
 * agents write below the domain's directory: {@code attr/}, {@code data/}, {@code drivers/}, {@code control/feature-}.
 */
final class GuestMetrics {
    private static final Map<String, String> DRIVERS = OrderedMap.of(
            "attr/PVAddons/MajorVersion", "major",
            "attr/PVAddons/MinorVersion", "minor",
            "attr/PVAddons/MicroVersion", "micro",
            "attr/PVAddons/BuildVersion", "build",
            "attr/PVAddons/Application", "application");
    private static final Map<String, String> OS = OrderedMap.of(
            "data/os_name", "name",
            "data/os_uname", "uname",
            "data/os_distro", "distro",
            "data/os_majorver", "major",
            "data/os_minorver", "minor",
            "attr/os/spmajor", "spmajor",
            "attr/os/spminor", "spminor");
    private static final String STREAMING_TARGET = "pvs_target/target_software_version";
    private static final Pattern DRIVER = Pattern.compile("drivers/\\d+");
    private static final Pattern ADDRESS = Pattern.compile("\\d+/ipv[46]/\\d+");
    private static final Pattern WINDOWS_DRIVER = Pattern.compile("(\\S+) (\\S+) (\\S+) ?(.*)");
    private static final Pattern INTERFACE = Pattern.compile("attr/(?:eth|xenbr|eno|ens|emp|enx)([^/]*)/(.+)");

    private GuestMetrics() {}

    /**
     * The record with what the guest has told; equal to the one given when there is nothing new.
     *
     * @param data what the agent has written, by path below the domain's directory
     * @param connected whether a disk or nic is connected: in XAPI, only this shows that there are drivers
     */
    static Row<VMGuestMetrics> told(Row<VMGuestMetrics> metrics, Map<String, String> data, boolean connected) {
        return metrics.with(VMGuestMetrics.OS_VERSION, taken(data, OS))
                .with(VMGuestMetrics.NETBIOS_NAME, netbios(data))
                .with(VMGuestMetrics.PV_DRIVERS_VERSION, drivers(data))
                .with(VMGuestMetrics.NETWORKS, networks(data))
                .with(VMGuestMetrics.OTHER, other(data))
                .with(VMGuestMetrics.SERVICES, services(data))
                .with(VMGuestMetrics.PV_DRIVERS_DETECTED, connected)
                .with(VMGuestMetrics.PV_DRIVERS_UP_TO_DATE, connected)
                .with(VMGuestMetrics.LIVE, true)
                .with(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, tristate(data, "feature/hotplug/vbd"))
                .with(VMGuestMetrics.CAN_USE_HOTPLUG_VIF, tristate(data, "feature/hotplug/vif"));
    }

    private static TristateType tristate(Map<String, String> data, String key) {
        return switch (data.getOrDefault(key, "")) {
            case "0" -> TristateType.NO;
            case "1" -> TristateType.YES;
            default -> TristateType.UNSPECIFIED;
        };
    }

    private static Map<String, String> taken(Map<String, String> data, Map<String, String> names) {
        Map<String, String> out = new LinkedHashMap<>();
        names.forEach((key, name) -> {
            if (data.containsKey(key)) {
                out.put(name, data.get(key));
            }
        });
        return out;
    }

    private static Map<String, String> netbios(Map<String, String> data) {
        String host = data.get("data/host_name_dns");
        if (host == null) {
            return Map.of();
        }
        String domain = data.get("data/domain");
        return Map.of("host_name", domain == null ? host : host + "." + domain);
    }

    /** An agent too old to tell its micro version has -1; Windows lists each driver below {@code drivers/}. */
    private static Map<String, String> drivers(Map<String, String> data) {
        Map<String, String> told = taken(data, DRIVERS);
        data.forEach((key, value) -> {
            if (!DRIVER.matcher(key).matches()) {
                return;
            }
            Matcher driver = WINDOWS_DRIVER.matcher(value);
            if (driver.matches()) {
                told.put(
                        driver.group(2).toLowerCase(Locale.ROOT),
                        driver.group(1) + " " + driver.group(3) + " " + driver.group(4));
            }
        });
        if (told.isEmpty() || told.containsKey("micro")) {
            return told;
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put("micro", "-1");
        all.putAll(told);
        return all;
    }

    /**
     * {@code attr/vif/0/ipv4/0} is {@code 0/ipv4/0}, and its first address {@code 0/ip} too; older agents write {@code
     * attr/eth0/ip} and {@code attr/eth0/ipv6/0/addr}.
     */
    private static Map<String, String> networks(Map<String, String> data) {
        Map<String, String> out = new LinkedHashMap<>();
        vifs(data, "attr/vif/", out);
        vifs(data, "xenserver/attr/net-sriov-vf/", out);
        if (!out.isEmpty()) {
            return out;
        }
        data.forEach((key, value) -> {
            Matcher nic = INTERFACE.matcher(key);
            if (nic.matches()) {
                String rest = nic.group(2);
                if (rest.equals("ip")) {
                    out.put(nic.group(1) + "/ip", value);
                    out.put(nic.group(1) + "/ipv4/0", value);
                } else if (rest.startsWith("ipv6/") && rest.endsWith("/addr")) {
                    out.put(nic.group(1) + "/" + rest.substring(0, rest.length() - "/addr".length()), value);
                }
            }
        });
        return out;
    }

    private static void vifs(Map<String, String> data, String path, Map<String, String> out) {
        List<String> keys = new ArrayList<>();
        Set<String> withIp = new LinkedHashSet<>();
        data.keySet().stream()
                .filter(key -> key.startsWith(path)
                        && ADDRESS.matcher(key.substring(path.length())).matches())
                .sorted((a, b) -> Integer.compare(last(a), last(b)))
                .forEach(keys::add);
        for (String key : keys) {
            String name = key.substring(path.length());
            String vif = name.substring(0, name.indexOf('/'));
            if (name.contains("/ipv4/") && withIp.add(vif)) {
                out.put(vif + "/ip", data.get(key));
            }
            out.put(name, data.get(key));
        }
    }

    private static int last(String key) {
        return Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
    }

    /**
     * All of {@code control/}: features, and others. A guest that cannot suspend gives the reason in place of the
     * feature.
     */
    private static Map<String, String> other(Map<String, String> data) {
        Map<String, String> out = new LinkedHashMap<>();
        String reason = data.get("data/cant_suspend_reason");
        data.forEach((key, value) -> {
            if (key.startsWith("control/") && key.indexOf('/', "control/".length()) < 0) {
                if (reason != null && key.equals("control/feature-suspend")) {
                    out.put("data-cant-suspend-reason", reason);
                } else {
                    out.put(key.substring("control/".length()), value);
                }
            }
        });
        if (data.containsKey("data/ts")) {
            out.put("data-ts", data.get("data/ts"));
        }
        return out;
    }

    private static Map<String, String> services(Map<String, String> data) {
        Map<String, String> out = new LinkedHashMap<>();
        String path = "data/service/";
        data.forEach((key, value) -> {
            if (key.startsWith(path) && key.indexOf('/', path.length()) > 0) {
                out.put(key.substring(path.length()), value);
            }
        });
        String streamed = data.get("data/" + STREAMING_TARGET);
        if (streamed != null) {
            out.put(STREAMING_TARGET, streamed);
        }
        return out;
    }

    /** Whether these are Windows drivers that know how to use what Hyper-V offers: XAPI offers it from then on. */
    static boolean windowsDrivers(Row<VMGuestMetrics> metrics) {
        Map<String, String> drivers = metrics.get(VMGuestMetrics.PV_DRIVERS_VERSION);
        return "windows".equals(metrics.get(VMGuestMetrics.OS_VERSION).get("distro"))
                && drivers.getOrDefault("major", "").matches("\\d+")
                && drivers.getOrDefault("minor", "").matches("\\d+")
                && drivers.getOrDefault("build", "").matches("\\d+");
    }
}
