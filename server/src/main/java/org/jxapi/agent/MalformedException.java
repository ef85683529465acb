package org.jxapi.agent;

/** What a peer sent is not what the other side expects. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}
