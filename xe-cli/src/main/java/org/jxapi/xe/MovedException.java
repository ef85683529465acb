package org.jxapi.xe;

import java.io.IOException;

/** The server is a member of a pool, and says where the coordinator is. */
final class MovedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The address of the coordinator. */
    final String address;

    MovedException(String address) {
        super("The coordinator is at " + address + ".");
        this.address = address;
    }
}
