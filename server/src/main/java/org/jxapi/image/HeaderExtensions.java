package org.jxapi.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a header.
 *
 * @param backingFormat as the image records it; null if it does not
 * @param others the bytes of those that have to stay when the header is written again
 * @param end where they end in the file
 */
record HeaderExtensions(@Nullable String backingFormat, byte[] others, int end) {
    private static final int BACKING_FORMAT = 0xE2792ACA;
    private static final int FEATURE_NAMES = 0x6803F857;
    private static final int HEAD = 8;

    static HeaderExtensions read(String file, byte[] header, int from, int end) throws ImageFormatException {
        ByteBuffer area = ByteBuffer.wrap(header);
        String format = null;
        ByteArrayOutputStream others = new ByteArrayOutputStream();
        int at = from;
        while (at <= end - HEAD && area.getInt(at) != 0) {
            int type = area.getInt(at);
            int length = area.getInt(at + 4);
            if (length < 0 || length > end - at - HEAD) {
                throw ImageFormatException.damaged(file, "an extension of its header has " + length + " bytes");
            }
            int next = (int) Math.min(end, (long) at + HEAD + padded(length));
            if (type == BACKING_FORMAT) {
                format = new String(header, at + HEAD, length, StandardCharsets.UTF_8);
            } else if (type != FEATURE_NAMES) {
                others.write(header, at, HEAD + length);
                others.write(new byte[7], 0, padded(length) - length);
            }
            at = next;
        }
        return new HeaderExtensions(format, others.toByteArray(), Math.min(end, at + HEAD));
    }

    /** The extensions as they are written, with the end of them. */
    static byte[] bytes(@Nullable Format backingFormat, byte[] others) {
        int length =
                backingFormat == null ? 0 : HEAD + padded(backingFormat.text().length());
        ByteBuffer bytes = ByteBuffer.allocate(length + others.length + HEAD);
        if (backingFormat != null) {
            byte[] text = backingFormat.text().getBytes(StandardCharsets.UTF_8);
            bytes.putInt(BACKING_FORMAT).putInt(text.length).put(text).position(length);
        }
        return bytes.put(others).array();
    }

    private static int padded(int length) {
        return (length + 7) / 8 * 8;
    }
}
