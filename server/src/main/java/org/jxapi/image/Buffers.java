package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Work on a part of a buffer. */
final class Buffers {
    private static final byte[] ZEROS = new byte[64 * 1024];

    private Buffers() {}

    /** Work that consumes or fills a buffer up to its limit. */
    interface Work {
        void on(ByteBuffer part) throws IOException;
    }

    /** Lets the work see only the next {@code length} bytes of the buffer. */
    static void part(ByteBuffer buffer, int length, Work work) throws IOException {
        int limit = buffer.limit();
        buffer.limit(buffer.position() + length);
        try {
            work.on(buffer);
        } finally {
            buffer.limit(limit);
        }
    }

    /** Puts that many zeros into the buffer. */
    static void zeros(ByteBuffer to, int length) {
        for (int left = length; left > 0; ) {
            int piece = Math.min(left, ZEROS.length);
            to.put(ZEROS, 0, piece);
            left -= piece;
        }
    }

    /** Whether these bytes are all zero. */
    static boolean zeros(byte[] bytes, int from, int length) {
        for (int at = from; at < from + length; at += ZEROS.length) {
            int piece = Math.min(ZEROS.length, from + length - at);
            if (!Arrays.equals(bytes, at, at + piece, ZEROS, 0, piece)) {
                return false;
            }
        }
        return true;
    }

    /** Writes that many zeros. */
    static void writeZeros(Image image, long offset, long length) throws IOException {
        for (long at = offset; at < offset + length; at += ZEROS.length) {
            image.write(at, ByteBuffer.wrap(ZEROS, 0, (int) Math.min(ZEROS.length, offset + length - at)));
        }
    }

    /** Fails unless something can begin there. */
    static void checkRead(String name, long offset) throws IOException {
        if (offset < 0) {
            throw new IOException(name + " has no byte " + offset + ".");
        }
    }

    /** Fails unless the part is within the disk. */
    static void check(String name, long bytes, long offset, long length) throws IOException {
        if (offset < 0 || length < 0 || offset > bytes || length > bytes - offset) {
            throw new IOException(
                    name + " has " + bytes + " bytes; " + length + " bytes at " + offset + " are not within them.");
        }
    }
}
