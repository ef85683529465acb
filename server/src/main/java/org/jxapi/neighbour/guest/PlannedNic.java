package org.jxapi.neighbour.guest;

import java.util.Map;

/**
 * A network interface that a VM is to get.
 *
 * @param device its number
 * @param bridge of the host; empty for the only or first network
 * @param mac empty for a new one
 * @param mtu empty for that of the network
 * @param limit {@code VIF.qos_algorithm_params} of a rate limit; empty for none
 * @param key of its setting, and {@code line} where that is, for the report
 */
public record PlannedNic(
        int device, String bridge, String mac, String mtu, Map<String, String> limit, String key, int line) {}
