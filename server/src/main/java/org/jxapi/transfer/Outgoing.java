package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jxapi.http.BufferOutput;
import org.jxapi.xenapi.Errors;

/** The data for a client. If it has disconnected, writes fail with CLIENT_ERROR. */
final class Outgoing {
    private final OutputStream out;

    Outgoing(OutputStream out) {
        this.out = out;
    }

    void write(byte[] bytes, int length) {
        try {
            out.write(bytes, 0, length);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    void write(byte[] bytes) {
        write(bytes, bytes.length);
    }

    /** Writes all that remains in the buffer. */
    void write(ByteBuffer from) {
        if (!(out instanceof BufferOutput whole)) {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            write(bytes);
            return;
        }
        try {
            whole.write(from);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private static RuntimeException gone(IOException e) {
        return Errors.clientError("The client has disconnected: " + e.getMessage())
                .causedBy(e);
    }
}
