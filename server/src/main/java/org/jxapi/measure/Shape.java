package org.jxapi.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * The form of an archive.
 *
 * @param function how the values within a row become one
 * @param rows how many rows it keeps
 * @param steps how many steps of {@link Steps#SECONDS} make a row
 * @param unknownLimit the fraction of a row's steps that may be unknown; above it, the row is unknown
 */
public record Shape(Consolidation function, int rows, int steps, double unknownLimit) {
    /** XAPI's times: 5 s for 10 minutes, a minute for two hours, an hour for a week, and a day for a year. */
    private static final int[][] TIMES = {{120, 1}, {120, 12}, {168, 720}, {366, 17_280}};

    private static final double HALF = 0.5;

    /** The archives of VMs and SRs: averages. */
    public static final List<Shape> AVERAGES = shapes(false);

    /** The archives of a host, and of all owners where a pool wants them: the least and greatest values too. */
    public static final List<Shape> EXTREMES = shapes(true);

    private static List<Shape> shapes(boolean extremes) {
        List<Shape> all = new ArrayList<>();
        for (int[] time : TIMES) {
            if (extremes && time[1] > 1) {
                for (Consolidation function : List.of(Consolidation.AVERAGE, Consolidation.MIN, Consolidation.MAX)) {
                    all.add(new Shape(function, time[0], time[1], 1));
                }
            } else {
                all.add(new Shape(Consolidation.AVERAGE, time[0], time[1], HALF));
            }
        }
        return List.copyOf(all);
    }

    /** Seconds of a row. */
    long seconds() {
        return (long) steps * Steps.SECONDS;
    }

    /** Whether both have the same rows. */
    boolean sameTimes(Shape other) {
        return rows == other.rows && steps == other.steps;
    }
}
