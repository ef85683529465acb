package org.jxapi.store;

/** A state, and its hash. */
record HashedState(State state, StateHash hash) {
    static final HashedState EMPTY = new HashedState(State.EMPTY, StateHash.NONE);

    static HashedState of(State state) {
        return new HashedState(state, StateHash.of(state));
    }

    /** The number of the last change that it holds. */
    long number() {
        return state.sequence();
    }
}
