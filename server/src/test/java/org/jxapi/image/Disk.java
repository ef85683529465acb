package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Actions of tests on images. */
final class Disk {
    private Disk() {}

    /** All bytes of a disk, read in pieces of odd lengths. */
    static byte[] contents(Image image) throws IOException {
        byte[] bytes = new byte[(int) image.bytes()];
        int piece = 3 * 65536 + 777;
        for (int at = 0; at < bytes.length; at += piece) {
            image.read(at, ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
        }
        return bytes;
    }

    /** Bytes of which none is zero. */
    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] |= 1;
        }
        return bytes;
    }

    /** Writes random bytes to the image, and to what is expected of it. */
    static void write(Image image, byte[] expected, int offset, int length) throws IOException {
        byte[] bytes = random(length, offset * 31L + length);
        System.arraycopy(bytes, 0, expected, offset, length);
        image.write(offset, ByteBuffer.wrap(bytes));
    }
}
