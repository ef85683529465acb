package org.jxapi.transfer;

import java.util.Optional;

/** The header {@code Accept} of HTTP. */
final class Accept {
    private static final double NOT_NAMED = -1;

    private Accept() {}

    /**
     * Which of two types the client prefers.
     *
     * @param header in lower case; empty when there is none
     * @return true for the first, which also counts when both are equal; empty when the header accepts neither
     */
    static Optional<Boolean> prefersFirst(String header, String first, String second) {
        double one = quality(header, first);
        double other = quality(header, second);
        return one <= 0 && other <= 0 ? Optional.empty() : Optional.of(one >= other);
    }

    /** How much the header likes a type, from the most specific range that matches it. */
    private static double quality(String header, String type) {
        int specific = 0;
        double best = NOT_NAMED;
        for (String range : header.split(",")) {
            String[] parts = range.strip().split("\\s*;\\s*");
            int match = match(parts[0], type);
            if (match > specific) {
                specific = match;
                best = weight(parts);
            }
        }
        return best;
    }

    /** How closely a range names a type; 0 for not at all. */
    private static int match(String range, String type) {
        if (range.equals(type)) {
            return 3;
        } else if (range.equals(type.substring(0, type.indexOf('/')) + "/*")) {
            return 2;
        }
        return range.equals("*/*") ? 1 : 0;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].startsWith("q=")) {
                try {
                    return Double.parseDouble(parts[i].substring(2));
                } catch (NumberFormatException e) {
                    return NOT_NAMED;
                }
            }
        }
        return 1;
    }
}
