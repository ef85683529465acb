package org.jxapi.console;

import java.io.Closeable;
import java.io.IOException;

/** The host's end of a console: bytes in both directions. Closing it ends a read that waits. */
public interface Channel extends Closeable {
    /** Waits for bytes and returns how many there are in the buffer; -1 at the end. */
    int read(byte[] buffer) throws IOException;

    void write(byte[] bytes, int offset, int length) throws IOException;
}
