package org.jxapi.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body of at most so many bytes: a longer one fails. */
final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
        super(in);
        this.left = most;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        count(Math.max(0, count));
        return count;
    }

    private void count(int read) throws IOException {
        left -= read;
        if (left < 0) {
            throw new IOException("the document is too long");
        }
    }
}
