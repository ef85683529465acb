package org.jxapi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of a request on a connection of its own: as long as its content-length says, else as the connection. */
final class Body extends InputStream {
    private static final long UNKNOWN = -1;

    private final InputStream in;
    private long left;

    /** A length that is none leaves nothing to read: the request is refused. */
    Body(InputStream in, RequestHead head) {
        this.in = in;
        this.left = head.headers().containsKey("content-length") ? Math.max(0, head.bodyLength()) : UNKNOWN;
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
