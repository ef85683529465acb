package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jxapi.storage.OpenDisk;

/** A disk's contents as they are, byte for byte. */
final class RawDisk {
    /** Xen Orchestra announces this much when it does not know how much comes, and ends with the connection. */
    private static final long UNKNOWN = 1L << 50;

    private static final int CHUNK = 1 << 20;

    private RawDisk() {}

    /** Writes contents; holes are not read, but their zeros are sent: the form has no other way to say so. */
    static void write(OpenDisk disk, Outgoing out, Progress progress) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
        for (long offset = 0; offset < disk.bytes(); offset += CHUNK) {
            int length = (int) Math.min(CHUNK, disk.bytes() - offset);
            if (disk.hole(offset, length)) {
                out.write(zeros.clear().limit(length));
            } else {
                disk.read(offset, chunk.clear().limit(length));
                out.write(chunk.flip());
            }
            progress.add(length);
        }
    }

    /** Whether a body of that length has something for every byte of a disk. */
    static boolean whole(long length, long diskBytes) {
        return length >= diskBytes && length < UNKNOWN;
    }

    /**
     * Reads contents.
     *
     * @param length how many bytes come; -1 when they come until their end
     */
    static void read(OpenDisk disk, Incoming in, long length, Progress progress) {
        byte[] chunk = new byte[CHUNK];
        long all = length >= UNKNOWN ? disk.bytes() : length;
        for (long offset = 0; all < 0 || offset < all; ) {
            int count;
            if (all < 0) {
                count = in.some(chunk, CHUNK);
                if (count == 0) {
                    return;
                }
            } else {
                count = (int) Math.min(CHUNK, all - offset);
                in.fill(chunk, count);
            }
            disk.write(offset, chunk, count);
            offset += count;
            progress.add(count);
        }
    }

    /** Chunks of XAPI's own: an offset and a length before each, little-endian; a length of nothing ends them. */
    static void readChunked(OpenDisk disk, Incoming in, Progress progress) {
        byte[] head = new byte[12];
        byte[] chunk = new byte[CHUNK];
        while (true) {
            in.fill(head, head.length);
            ByteBuffer buffer = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
            long offset = buffer.getLong();
            long left = buffer.getInt() & 0xFFFFFFFFL;
            if (left == 0) {
                return;
            }
            while (left > 0) {
                int length = (int) Math.min(CHUNK, left);
                in.fill(chunk, length);
                disk.write(offset, chunk, length);
                offset += length;
                left -= length;
                progress.add(length);
            }
        }
    }
}
