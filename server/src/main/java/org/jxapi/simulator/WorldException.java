package org.jxapi.simulator;

/** A world that cannot be; the message is one line that names file, line and key. */
public final class WorldException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WorldException(String message) {
        super(message);
    }

    WorldException(String message, Throwable cause) {
        super(message, cause);
    }
}
