package org.jxapi.measure;

import java.util.Optional;

/** How a raw value becomes the number that is kept: XAPI's types of data sources, by their names. */
public enum DataType {
    /** The value as it is. */
    GAUGE,
    /** The value counts what happened since the last one: it is divided by the seconds since then. */
    ABSOLUTE,
    /** The value counts on: its growth is divided by the seconds since the last one. */
    DERIVE;

    /** The one of that name; none for a name that is not known. */
    static Optional<DataType> named(String name) {
        for (DataType one : values()) {
            if (one.name().equals(name)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
