package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.BondMode;

/**
 * The parts of the host's network that jxapi changes: bridges of the networks that clients create, VLANs and bonds. It reads
 * the configuration of the host's administrator and leaves it alone.
 */
public interface HostNetwork {
    /** A network interface of the machine that is no bridge, VLAN or guest's. */
    record Nic(String device, String mac, int mtu, boolean carrier) {}

    /** Physical interfaces, by rising name. */
    List<Nic> nics();

    boolean exists(String device);

    /** Makes a bridge and brings it up; nothing changes when it is there. */
    void makeBridge(String bridge, int mtu);

    /** Whether that is a bridge which {@link #makeBridge} has made. */
    boolean ownBridge(String bridge);

    /** Removes a bridge that {@link #makeBridge} has made; nothing happens to others. */
    void removeBridge(String bridge);

    /** Connects a device to a bridge and brings it up. */
    void connect(String bridge, String device);

    /** The bridge or bond that a device is connected to; empty when it is connected to none. */
    String bridgeOf(String device);

    /** Whether the device has an IP address of its own. */
    boolean addressed(String device);

    /** Whether the host uses that VLAN of a device already. */
    boolean hasVlan(String device, int tag);

    /** Makes the device of a VLAN and brings it up; returns its name. Its MTU is at most that of the interface. */
    String makeVlan(String device, int tag, int mtu);

    /** Removes the device of a VLAN; nothing happens when it is not there. */
    void removeVlan(String device, int tag);

    /** VALUE_NOT_SUPPORTED for a bond that the host cannot make. */
    void checkBond(BondMode mode, Map<String, String> properties);

    /**
     * Makes the device of a bond and brings it up, with these members and no others; nothing changes when it is so already.
     * VALUE_NOT_SUPPORTED as {@link #checkBond}, OPERATION_NOT_ALLOWED when another one has made a device of that name.
     */
    void makeBond(BondDevice bond);

    /** Whether that is a bond which {@link #makeBond} has made. */
    boolean ownBond(String device);

    /** Removes a bond that {@link #makeBond} has made, which frees its members; nothing happens to others. */
    void removeBond(String device);

    /**
     * Applies settings to a device. INTERNAL_ERROR with what {@code ethtool} or {@code ip} said, also when the program is not
     * installed.
     */
    void tune(String device, DeviceTuning tuning);

    /**
     * Whether a device in a bridge gets the frames for all others too. INTERNAL_ERROR for a device in no bridge, and where the
     * kernel has no such setting.
     */
    void promiscuous(String device, boolean on);

    /** Adds routes through a device, or replaces those to the same subnets. INTERNAL_ERROR for a gateway that it does not lead to. */
    void route(String device, List<StaticRoute> routes);

    /** Makes NAT networks of bridges. */
    Nat nat();

    /** Whether guests can be held to the addresses that they may send from. */
    default boolean filters() {
        return false;
    }

    /** Whether the addresses of the host's own interfaces can be changed. */
    default boolean configures() {
        return false;
    }

    /** The name that {@link #makeVlan} gives: {@code eth0.12}. */
    static String vlanDevice(String device, int tag) {
        return device + "." + tag;
    }
}
