package org.jxapi.measure;

import java.util.Optional;

/** How the values of a longer time become one: XAPI's consolidation functions, by their names. */
public enum Consolidation {
    AVERAGE,
    MIN,
    MAX,
    LAST;

    /** The one of that name; none for a name that is not known. */
    public static Optional<Consolidation> named(String name) {
        for (Consolidation one : values()) {
            if (one.name().equals(name)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
