package org.jxapi.xe;

import java.io.IOException;

/** A failure on the client's side, as one line for stderr. */
class ClientException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientException(String message) {
        super(message);
    }
}
