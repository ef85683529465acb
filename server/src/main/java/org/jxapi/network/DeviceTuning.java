package org.jxapi.network;

import java.util.Map;

/**
 * Settings of a network device that clients wish to differ from those of its driver.
 *
 * @param mtu in bytes; 0 leaves it as it is
 * @param settings those of the link, by {@code ethtool}'s names: {@code speed}, {@code duplex}, {@code autoneg}, {@code advertise}
 * @param offload {@code on} or {@code off} by {@code ethtool}'s names, such as {@code gro}
 */
public record DeviceTuning(int mtu, Map<String, String> settings, Map<String, String> offload) {
    public static final DeviceTuning NONE = new DeviceTuning(0, Map.of(), Map.of());

    /** Whether there is nothing to set. */
    public boolean isEmpty() {
        return equals(NONE);
    }
}
