package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A stream to a client that also takes buffers. One outside the heap goes to the kernel without a copy. */
public interface BufferOutput {
    /** Writes all that remains in the buffer. */
    void write(ByteBuffer from) throws IOException;
}
