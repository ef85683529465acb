package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.BondMode;

/**
 * The device of a bond, as its records describe it.
 *
 * @param device its name, such as {@code bond0}
 * @param members the devices that are bonded
 * @param mac its address
 * @param properties the settings of its mode, as in {@code Bond.properties}
 * @param timing times in milliseconds that replace XAPI's: {@code miimon}, {@code updelay}, {@code downdelay}
 */
public record BondDevice(
        String device,
        List<String> members,
        String mac,
        int mtu,
        BondMode mode,
        Map<String, String> properties,
        Map<String, Integer> timing) {}
