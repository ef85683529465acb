package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;

/** A request's body for readers on several threads, such as the one that feeds a program: one reads at a time. */
final class SharedInput extends InputStream {
    private final InputStream in;

    SharedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public synchronized int read() throws IOException {
        return in.read();
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        return in.read(bytes, offset, length);
    }
}
