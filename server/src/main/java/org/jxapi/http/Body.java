package org.jxapi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The body of a request on a connection of its own: as long as its content-length says, else as the connection. */
final class Body extends InputStream {
    private static final long UNKNOWN = -1;

    private final InputStream in;
    private long left;

    Body(InputStream in, Map<String, String> headers) throws IOException {
        this.in = in;
        String length = headers.get("content-length");
        try {
            left = length == null ? UNKNOWN : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw new IOException("bad content-length: " + length, e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(bytes, offset, left == UNKNOWN ? length : (int) Math.min(length, left));
        if (count < 0 && left != UNKNOWN) {
            throw new EOFException("the body ended " + left + " bytes early");
        }
        left = left == UNKNOWN ? UNKNOWN : left - count;
        return count;
    }
}
