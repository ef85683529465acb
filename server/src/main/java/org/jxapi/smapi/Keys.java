package org.jxapi.smapi;

import java.nio.charset.StandardCharsets;

/**
 * The keys of volumes. Volume {@code X.jxapi-part} holds contents of volume X that are not complete, and
 * {@code X.jxapi-base} those that a disk with {@code on_boot=reset} starts from.
 */
final class Keys {
    private static final String PART = ".jxapi-part";
    private static final String BASE = ".jxapi-base";
    /** The most bytes of a disk's key, so that keys of its other volumes have 255 at most. */
    private static final int LONGEST = 200;

    private Keys() {}

    /** Whether a disk may have that key. */
    static boolean isDisk(String key) {
        return !key.isEmpty()
                && key.getBytes(StandardCharsets.UTF_8).length <= LONGEST
                && !key.startsWith(".")
                && !key.startsWith("-")
                && key.indexOf('/') < 0
                && key.chars().noneMatch(Character::isISOControl)
                && !isPart(key)
                && !isBase(key);
    }

    static String part(String disk) {
        return disk + PART;
    }

    static String base(String disk) {
        return disk + BASE;
    }

    static boolean isPart(String key) {
        return key.endsWith(PART);
    }

    static boolean isBase(String key) {
        return key.endsWith(BASE);
    }

    /** The disk whose incomplete contents have that key. */
    static String diskOfPart(String key) {
        return key.substring(0, key.length() - PART.length());
    }

    /** The disk whose kept contents have that key. */
    static String diskOfBase(String key) {
        return key.substring(0, key.length() - BASE.length());
    }
}
