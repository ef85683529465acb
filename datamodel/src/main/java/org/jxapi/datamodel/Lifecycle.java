package org.jxapi.datamodel;

import java.util.Map;

/** State of a class, field or message, and the release of each transition to it. */
public record Lifecycle(State state, Map<String, String> transitions) {
    public enum State {
        PROTOTYPED,
        PUBLISHED,
        DEPRECATED,
        REMOVED
    }

    /** The state, then transitions with the release of each: {@code "published", "rio"}. */
    static Lifecycle of(State state, String... transitions) {
        return new Lifecycle(state, OrderedMap.of(transitions));
    }

    public boolean removed() {
        return state == State.REMOVED;
    }

    public boolean deprecated() {
        return state == State.DEPRECATED;
    }
}
