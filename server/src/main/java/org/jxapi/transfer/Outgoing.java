package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import org.jxapi.xenapi.Errors;

/** What a client is sent; when it has gone, that is CLIENT_ERROR. */
final class Outgoing {
    private final OutputStream out;

    Outgoing(OutputStream out) {
        this.out = out;
    }

    void write(byte[] bytes, int length) {
        try {
            out.write(bytes, 0, length);
        } catch (IOException e) {
            throw Errors.clientError("The client went away: " + e.getMessage()).causedBy(e);
        }
    }

    void write(byte[] bytes) {
        write(bytes, bytes.length);
    }
}
