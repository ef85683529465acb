package org.jxapi.vif;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Ethernet addresses of guests. */
public final class Macs {
    private static final Pattern SHAPE = Pattern.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");

    private Macs() {}

    /** A random unicast address, marked as locally administered. */
    public static String random() {
        byte[] bytes = new byte[6];
        ThreadLocalRandom.current().nextBytes(bytes);
        bytes[0] = (byte) (bytes[0] & 0xFC | 0x02);
        StringBuilder mac = new StringBuilder();
        for (byte b : bytes) {
            mac.append(mac.isEmpty() ? "" : ":").append("%02x".formatted(b));
        }
        return mac.toString();
    }

    /** Whether a guest may have it: six bytes, and not a multicast address. */
    static boolean valid(String mac) {
        return SHAPE.matcher(mac).matches() && (Integer.parseInt(mac.substring(0, 2), 16) & 1) == 0;
    }
}
