package org.jxapi.agent;

/** A peer sent something else than the other side expects. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}
