package org.jxapi.nbd;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A request of a client that has an open disk.
 *
 * @param cookie the client's own mark, which the reply repeats
 * @param offset in bytes; negative for one above 2^63
 * @param length in bytes
 */
record Request(int flags, int type, long cookie, long offset, long length) {
    private static final int BYTES = 28;

    /** Reads one, whose first byte is there already. */
    static Request read(int first, DataInputStream in) throws IOException {
        byte[] bytes = new byte[BYTES];
        bytes[0] = (byte) first;
        in.readFully(bytes, 1, BYTES - 1);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt() != Wire.REQUEST) {
            throw new IOException("it sent something that is not a request of NBD");
        }
        return new Request(
                Short.toUnsignedInt(buffer.getShort()),
                Short.toUnsignedInt(buffer.getShort()),
                buffer.getLong(),
                buffer.getLong(),
                Integer.toUnsignedLong(buffer.getInt()));
    }

    /** Whether it is about bytes of a disk of that size only. */
    boolean inside(long bytes) {
        return offset >= 0 && offset <= bytes && length <= bytes - offset;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
