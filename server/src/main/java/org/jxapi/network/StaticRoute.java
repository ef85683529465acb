package org.jxapi.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A route of a host through a network.
 *
 * @param subnet an IPv4 network with its prefix length, such as {@code 10.9.0.0/16}
 * @param gateway an IPv4 address
 */
public record StaticRoute(String subnet, String gateway) {
    private static final Pattern ROUTE = Pattern.compile("([0-9.]+)/(\\d{1,2})/([0-9.]+)");
    private static final int LONGEST_PREFIX = 32;

    /**
     * Those of a network's {@code other_config}, as {@code SUBNET/LENGTH/GATEWAY,...}. As in XAPI, one malformed route makes all
     * of them count for nothing.
     */
    static List<StaticRoute> of(Map<String, String> otherConfig) {
        String text = otherConfig.get("static-routes");
        if (text == null) {
            return List.of();
        }
        List<StaticRoute> routes = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher route = ROUTE.matcher(each.strip());
            boolean readable = route.matches()
                    && IpAddresses.ipv4(route.group(1))
                    && IpAddresses.ipv4(route.group(3))
                    && Integer.parseInt(route.group(2)) <= LONGEST_PREFIX;
            if (!readable) {
                return List.of();
            }
            routes.add(new StaticRoute(route.group(1) + "/" + route.group(2), route.group(3)));
        }
        return routes;
    }
}
