package org.jxapi.measure;

/**
 * A data source: a number that is measured again and again.
 *
 * @param about a line for people
 * @param min values below are unknown
 * @param max values above are unknown
 * @param standard whether it is recorded without being asked for
 * @param inverse whether 1 − x is recorded instead of x, as for idle times
 * @param whole whether its raw values are whole numbers
 */
public record Source(
        String name,
        String about,
        String units,
        DataType type,
        double min,
        double max,
        boolean standard,
        boolean inverse,
        boolean whole) {
    /** A number of 0 or more. */
    public static Source gauge(String name, String about, String units) {
        return of(name, about, units, DataType.GAUGE);
    }

    /** A counter; the rate at which it grows is recorded. */
    public static Source derive(String name, String about, String units) {
        return of(name, about, units, DataType.DERIVE);
    }

    /** A count of what happened since the last value. */
    public static Source absolute(String name, String about, String units) {
        return of(name, about, units, DataType.ABSOLUTE);
    }

    /** A counter of seconds; the fraction of the time in which it grows is recorded. */
    public static Source fraction(String name, String about) {
        return new Source(name, about, "(fraction)", DataType.DERIVE, 0, 1, true, false, false);
    }

    private static Source of(String name, String about, String units, DataType type) {
        return new Source(name, about, units, type, 0, Double.POSITIVE_INFINITY, true, false, true);
    }

    /** The same source, recorded only when asked for. */
    public Source onDemand() {
        return new Source(name, about, units, type, min, max, false, inverse, whole);
    }

    /** The same source of raw values with a fraction. */
    public Source real() {
        return new Source(name, about, units, type, min, max, standard, inverse, false);
    }

    /** The same source without a least value. */
    public Source signed() {
        return new Source(name, about, units, type, Double.NEGATIVE_INFINITY, max, standard, inverse, whole);
    }

    /** The same source, whose complement to 1 is recorded. */
    public Source inverted() {
        return new Source(name, about, units, type, min, max, standard, true, whole);
    }
}
