package org.jxapi.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A line of ASCII with its checksum in a sector of a file: {@code TEXT crc=HEX}. The disk writes a sector as a whole or in
 * part, and one that it wrote in part has no line.
 */
public final class SealedLine {
    /** Its bytes. */
    public static final int SECTOR = 512;

    private static final Pattern LINE = Pattern.compile("([^\n]*) crc=([0-9a-f]{1,8})\n");

    private SealedLine() {}

    /** A sector with that line; the text must leave room for the checksum. */
    public static byte[] sector(String text) {
        String line = text + " crc=" + Long.toHexString(crc(text)) + "\n";
        byte[] sector = Arrays.copyOf(line.getBytes(StandardCharsets.US_ASCII), SECTOR);
        Arrays.fill(sector, line.length(), SECTOR, (byte) '\n');
        return sector;
    }

    /** The text of the sector that begins there; empty for one without a line, or with an end of the bytes in it. */
    public static Optional<String> text(byte[] bytes, int from) {
        if (bytes.length - from < SECTOR) {
            return Optional.empty();
        }
        Matcher line = LINE.matcher(new String(bytes, from, SECTOR, StandardCharsets.US_ASCII));
        boolean whole = line.lookingAt() && Long.parseLong(line.group(2), 16) == crc(line.group(1));
        return whole ? Optional.of(line.group(1)) : Optional.empty();
    }

    private static long crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return crc.getValue();
    }
}
