package org.jxapi.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys {@code ethtool-*} of {@code other_config} with XAPI's meaning (nm.ml, and scripts/vif-real for VIFs). As in XAPI, a value that
 * has no meaning is reported in the log and has no effect.
 */
final class Ethtool {
    private static final Logger LOG = LoggerFactory.getLogger(Ethtool.class);

    private static final String SPEED = "ethtool-speed";
    private static final String DUPLEX = "ethtool-duplex";
    private static final String AUTONEG = "ethtool-autoneg";
    private static final String ADVERTISE = "ethtool-advertise";
    /** Those of VIFs. */
    private static final List<String> OF_GUESTS =
            List.of("ethtool-rx", "ethtool-tx", "ethtool-sg", "ethtool-tso", "ethtool-ufo", "ethtool-gso");
    /** Those that the host's devices have in addition. */
    private static final List<String> OF_HOSTS = List.of("ethtool-gro", "ethtool-lro");

    private static final int PREFIX = "ethtool-".length();
    private static final String GRO = "gro";

    private Ethtool() {}

    /** The settings of a device of the host, besides its MTU; a property has effect if no key says otherwise. */
    static DeviceTuning ofHost(Map<String, String> otherConfig, Map<String, String> properties) {
        Map<String, String> settings = new LinkedHashMap<>();
        put(settings, otherConfig, SPEED, "[1-9]\\d{0,8}");
        put(settings, otherConfig, DUPLEX, "half|full");
        putSwitch(settings, otherConfig, AUTONEG);
        put(settings, otherConfig, ADVERTISE, "0x[0-9a-fA-F]{1,32}");
        Map<String, String> offload = new LinkedHashMap<>();
        OF_GUESTS.forEach(key -> putSwitch(offload, otherConfig, key));
        OF_HOSTS.forEach(key -> putSwitch(offload, otherConfig, key));
        String gro = properties.get(GRO);
        // Drivers have it on: hosts without the program ethtool lack nothing until a client turns it off.
        if ("off".equals(gro) && !otherConfig.containsKey("ethtool-gro")) {
            offload.put(GRO, gro);
        }
        return new DeviceTuning(0, settings, offload);
    }

    /** The generic receive offload of a device of the host, on or off. */
    static DeviceTuning gro(Map<String, String> otherConfig, Map<String, String> properties) {
        Map<String, String> offload = new LinkedHashMap<>();
        String gro = properties.get(GRO);
        if (gro != null) {
            offload.put(GRO, gro);
        }
        putSwitch(offload, otherConfig, "ethtool-gro");
        return new DeviceTuning(0, Map.of(), offload);
    }

    /** The settings of the host's end of a guest's interface. */
    static DeviceTuning ofGuest(Map<String, String> otherConfig) {
        Map<String, String> offload = new LinkedHashMap<>();
        OF_GUESTS.forEach(key -> putSwitch(offload, otherConfig, key));
        return new DeviceTuning(0, Map.of(), offload);
    }

    private static void put(Map<String, String> settings, Map<String, String> otherConfig, String key, String form) {
        @Nullable String value = otherConfig.get(key);
        if (value != null && value.matches(form)) {
            settings.put(key.substring(PREFIX), value);
        } else if (value != null) {
            LOG.warn("{}={} has no meaning", key, value);
        }
    }

    private static void putSwitch(Map<String, String> settings, Map<String, String> otherConfig, String key) {
        @Nullable String value = otherConfig.get(key);
        if (value == null) {
            return;
        }
        switch (value) {
            case "true", "on" -> settings.put(key.substring(PREFIX), "on");
            case "false", "off" -> settings.put(key.substring(PREFIX), "off");
            default -> LOG.warn("{}={} has no meaning: it must be on, true, off or false", key, value);
        }
    }
}
