package org.jxapi.neighbour.syntax;

/**
 * An assignment of a configuration.
 *
 * @param value a {@code String}, {@code Long}, {@code Double} or {@code Boolean}, a {@code List} or {@code Map} of such
 *     values, or {@link #NONE}
 * @param line where it is, from 1
 */
public record Setting(String name, Object value, int line) {
    /** Python's None. */
    public static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };
}
