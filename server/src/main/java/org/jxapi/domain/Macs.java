package org.jxapi.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        return text(bytes);
    }

    /** The address that XAPI gives a VM's device when the VM has a {@code mac_seed}: always the same for both. */
    public static String ofSeed(String seed, int device) {
        byte[] first = seed.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < device * 2; i++) {
            first = md5(first);
        }
        first = md5(first);
        byte[] second = md5(first);
        return text(new byte[] {first[0], first[1], first[2], first[3], second[1], second[2]});
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] bytes) {
        bytes[0] = (byte) (bytes[0] & 0xFE | 0x02);
        StringBuilder mac = new StringBuilder();
        for (byte b : bytes) {
            mac.append(mac.isEmpty() ? "" : ":").append("%02x".formatted(b));
        }
        return mac.toString();
    }

    /** Whether it has the form of an address: six bytes in hexadecimal. */
    public static boolean valid(String mac) {
        return SHAPE.matcher(mac).matches();
    }
}
