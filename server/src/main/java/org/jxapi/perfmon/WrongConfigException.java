package org.jxapi.perfmon;

/** A setting of thresholds that cannot be followed. */
final class WrongConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongConfigException(String message) {
        super(message);
    }
}
