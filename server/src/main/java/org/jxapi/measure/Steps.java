package org.jxapi.measure;

/** The shortest times that are kept. They begin at multiples of their length since 1970. */
final class Steps {
    static final int SECONDS = 5;

    private Steps() {}

    /** How many steps are over at a time, in seconds since 1970. */
    static long over(double seconds) {
        return (long) Math.floor(seconds / SECONDS);
    }
}
