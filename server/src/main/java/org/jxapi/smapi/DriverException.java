package org.jxapi.smapi;

import java.io.IOException;

/** A driver has refused a call, or its answer does not keep the contract. The message names the driver and the call. */
final class DriverException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The code for a volume that is not there. */
    static final String NO_VOLUME = "Volume_does_not_exist";

    /** The code for a repository that is not there. */
    static final String NO_SR = "SR_does_not_exist";

    /** The code for a repository that the driver has not attached, or has detached. */
    static final String NOT_ATTACHED = "Sr_not_attached";

    private final String code;

    /** @param code the code that the driver gave; empty if it gave none */
    DriverException(String code, String message) {
        super(message);
        this.code = code;
    }

    boolean is(String which) {
        return code.equals(which);
    }
}
