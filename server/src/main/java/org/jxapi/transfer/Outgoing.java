package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
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
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    void write(byte[] bytes) {
        write(bytes, bytes.length);
    }
}
