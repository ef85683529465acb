package org.jxapi.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Errors;

/**
 * Bonds of the Linux kernel. The kernel keeps the alias of a device: that of a bond says that jxapi has made it, and with which
 * settings, so that a bond which is as it should be stays untouched.
 */
final class LinuxBonds {
    private static final String ALIAS = "made by jxapi: ";
    /** The kernel keeps no larger key. */
    private static final int MOST_KEY = 1023;

    private final IpTool ip;

    LinuxBonds(IpTool ip) {
        this.ip = ip;
    }

    /** VALUE_NOT_SUPPORTED for what the kernel's bonds cannot do. */
    static void check(BondMode mode, Map<String, String> properties) {
        if (mode == BondMode.BALANCE_SLB) {
            // The kernel's own modes either need a switch that knows of the bond, or send frames of one guest with the
            // addresses of
            // several interfaces. None keeps the copies of broadcasts that come back from the switch away from the
            // bridge.
            throw Errors.valueNotSupported(
                    "mode", mode.wire(), "the bonds of Linux have no such mode: use active-backup or lacp");
        }
        if ("false".equals(properties.get("lacp-fallback-ab"))) {
            throw Errors.valueNotSupported(
                    "lacp-fallback-ab", "false", "a bond of Linux uses one link when the switch knows no LACP");
        }
        String key = properties.get(BondProperties.KEY);
        if (key != null && (BondProperties.number(key) < 0 || BondProperties.number(key) > MOST_KEY)) {
            throw Errors.valueNotSupported(BondProperties.KEY, key, "Linux has keys from 0 to " + MOST_KEY);
        }
    }

    boolean own(String device) {
        JsonNode link = ip.link(device);
        return link != null && own(link);
    }

    private static boolean own(JsonNode link) {
        return IpTool.kind(link).equals("bond") && link.path("ifalias").asText().startsWith(ALIAS);
    }

    /** Makes a bond that is not there, and changes one that is not so. */
    void make(BondDevice bond) {
        check(bond.mode(), bond.properties());
        JsonNode link = ip.link(bond.device());
        List<String> settings = settings(bond);
        String alias = ALIAS + String.join(" ", settings);
        if (link == null) {
            List<String> add = new ArrayList<>(
                    List.of("link", "add", "name", bond.device(), "address", bond.mac(), "type", "bond"));
            add.addAll(settings);
            ip.run(add);
            ip.run("link", "set", "dev", bond.device(), "alias", alias);
        } else if (!own(link)) {
            throw Errors.operationNotAllowed(bond.device() + " was set up on the host");
        } else if (!link.path("ifalias").asText().equals(alias)) {
            // The kernel changes the mode only of a bond that is down and has no members.
            ip.run("link", "set", "dev", bond.device(), "down");
            members(bond.device()).forEach(this::release);
            List<String> set = new ArrayList<>(List.of("link", "set", "dev", bond.device(), "type", "bond"));
            set.addAll(settings);
            ip.run(set);
            ip.run("link", "set", "dev", bond.device(), "alias", alias);
        }
        List<String> present = members(bond.device());
        present.stream().filter(member -> !bond.members().contains(member)).forEach(this::release);
        for (String member : bond.members()) {
            if (!present.contains(member)) {
                ip.run("link", "set", "dev", member, "down");
                ip.run("link", "set", "dev", member, "master", bond.device());
            }
        }
        // A bond that had no members has taken the address and the MTU of the first one.
        JsonNode made = ip.link(bond.device());
        if (made == null || !made.path("address").asText().equalsIgnoreCase(bond.mac())) {
            ip.run("link", "set", "dev", bond.device(), "address", bond.mac());
        }
        if (made == null || made.path("mtu").asInt() != bond.mtu()) {
            ip.run("link", "set", "dev", bond.device(), "mtu", Integer.toString(bond.mtu()));
        }
        ip.run("link", "set", "dev", bond.device(), "up");
    }

    /** Removes a bond that {@link #make} has made, which frees its members. */
    void remove(String device) {
        if (own(device)) {
            List<String> members = members(device);
            ip.run("link", "delete", "dev", device);
            members.forEach(member -> ip.run("link", "set", "dev", member, "up"));
        }
    }

    private void release(String member) {
        ip.run("link", "set", "dev", member, "nomaster");
    }

    private List<String> members(String bond) {
        List<String> members = new ArrayList<>();
        for (JsonNode link : ip.links()) {
            if (link.path("master").asText().equals(bond)) {
                members.add(link.path("ifname").asText());
            }
        }
        return members;
    }

    private static List<String> settings(BondDevice bond) {
        List<String> settings = new ArrayList<>();
        if (bond.mode() == BondMode.LACP) {
            Map<String, String> properties = bond.properties();
            settings.addAll(List.of("mode", "802.3ad"));
            // The kernel's policy by the sender's address is the one of Open vSwitch, which XAPI's name stands for.
            settings.addAll(List.of(
                    "xmit_hash_policy",
                    "src_mac".equals(properties.get("hashing_algorithm")) ? "vlan+srcmac" : "layer3+4"));
            settings.addAll(List.of("lacp_rate", properties.getOrDefault("lacp-time", "slow")));
            String key = properties.getOrDefault(BondProperties.KEY, "0");
            settings.addAll(List.of("ad_user_port_key", Long.toString(BondProperties.number(key))));
        } else {
            settings.addAll(List.of("mode", bond.mode().wire()));
        }
        Map<String, Integer> timing = new TreeMap<>(Map.of("miimon", 100, "downdelay", 200, "updelay", 31_000));
        timing.putAll(bond.timing());
        // The kernel takes the delays only after the interval that they are multiples of.
        for (String name : new String[] {"miimon", "downdelay", "updelay"}) {
            settings.addAll(List.of(name, Integer.toString(timing.getOrDefault(name, 0))));
        }
        return settings;
    }
}
