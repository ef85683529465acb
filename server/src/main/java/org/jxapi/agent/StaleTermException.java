package org.jxapi.agent;

/** The agent knows a newer coordinator, so it did nothing. */
final class StaleTermException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long newest;

    StaleTermException(long term, long newest) {
        super("the order is of term " + term + ", and the agent obeys term " + newest);
        this.newest = newest;
    }

    /** The highest term that the agent has seen. */
    long newest() {
        return newest;
    }
}
