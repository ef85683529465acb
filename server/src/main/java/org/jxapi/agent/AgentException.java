package org.jxapi.agent;

/** The agent did not understand or not accept a call, or failed in a way that is not part of the interface. */
public final class AgentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AgentException(String message) {
        super(message);
    }
}
