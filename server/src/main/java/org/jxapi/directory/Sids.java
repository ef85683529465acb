package org.jxapi.directory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Windows' security identifiers: as text, {@code S-1-5-21-…-1105}, and as Active Directory stores them ([MS-DTYP] 2.4.2). */
final class Sids {
    private static final Pattern TEXT = Pattern.compile("S-1-(\\d{1,15})((?:-\\d{1,10}){1,15})");
    private static final int HEAD = 8;
    private static final int MOST_PARTS = 15;

    private Sids() {}

    /** The text; nothing for bytes that are no SID. */
    static Optional<String> text(byte[] bytes) {
        if (bytes.length < HEAD
                || bytes[0] != 1
                || bytes[1] < 0
                || bytes[1] > MOST_PARTS
                || bytes.length != HEAD + 4 * bytes[1]) {
            return Optional.empty();
        }
        long authority = ByteBuffer.wrap(bytes).getLong() & 0xffff_ffff_ffffL;
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        ByteBuffer parts = ByteBuffer.wrap(bytes, HEAD, bytes.length - HEAD).order(ByteOrder.LITTLE_ENDIAN);
        while (parts.hasRemaining()) {
            text.append('-').append(Integer.toUnsignedString(parts.getInt()));
        }
        return Optional.of(text.toString());
    }

    /** The bytes; nothing for a text that is no SID. */
    static Optional<byte[]> bytes(String text) {
        Matcher sid = TEXT.matcher(text);
        if (!sid.matches()) {
            return Optional.empty();
        }
        String[] parts = sid.group(2).substring(1).split("-");
        ByteBuffer bytes = ByteBuffer.allocate(HEAD + 4 * parts.length);
        bytes.putLong(Long.parseLong(sid.group(1)));
        bytes.put(0, (byte) 1).put(1, (byte) parts.length);
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        for (String part : parts) {
            long value = Long.parseLong(part);
            if (value > 0xffff_ffffL) {
                return Optional.empty();
            }
            bytes.putInt((int) value);
        }
        return Optional.of(bytes.array());
    }
}
