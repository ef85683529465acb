package org.jxapi.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** The written forms of IP addresses; host names are none. */
public final class IpAddresses {
    private static final Pattern FOUR = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private IpAddresses() {}

    public static boolean ipv4(String text) {
        if (!FOUR.matcher(text).matches()) {
            return false;
        }
        for (String part : text.split("\\.")) {
            if (Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    public static boolean ipv6(String text) {
        if (!SIX.matcher(text).matches()) {
            return false;
        }
        try {
            // Nothing but an address has this form: no name is looked up.
            InetAddress.getByName(text);
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** {@code 10.0.0.1/24}. */
    public static boolean cidr4(String text) {
        return cidr(text, 32) && ipv4(text.substring(0, text.indexOf('/')));
    }

    /** {@code fd00::1/64}. */
    public static boolean cidr6(String text) {
        return cidr(text, 128) && ipv6(text.substring(0, text.indexOf('/')));
    }

    private static boolean cidr(String text, int most) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        return slash > 0 && length.matches("\\d{1,3}") && Integer.parseInt(length) <= most;
    }
}
