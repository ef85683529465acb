package org.jxapi.simulator;

/** The world cannot change as a whole now. */
final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BusyException(String why) {
        super(why);
    }
}
