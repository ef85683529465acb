package org.jxapi.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the data sources told, for XAPI's times: every 5 s for 10 minutes, and averages of a minute for two hours, of an
 * hour for a week and of a day for a year. It is kept in memory alone, and begins anew with the daemon.
 */
public final class Measurements {
    /** Seconds between two looks, aligned to the clock. */
    static final int STEP = 5;

    private static final int[] STEPS = {STEP, 60, 3600, 86_400};
    private static final int[] ROWS = {120, 120, 168, 366};

    /** By {@code host:UUID:name}, {@code vm:UUID:name} or {@code sr:UUID:name}. */
    private final Map<String, Series> series = new TreeMap<>();

    /** Names of what shall not be kept. */
    private final Set<String> forgotten = new HashSet<>();

    private final long[] lastDone = new long[STEPS.length];
    private final long[] current = new long[STEPS.length];
    private boolean begun;

    /** One number over time. */
    private static final class Series {
        private final float[][] rings = new float[STEPS.length][];
        private final double[] sums = new double[STEPS.length];
        private final int[] counts = new int[STEPS.length];

        Series() {
            for (int i = 0; i < STEPS.length; i++) {
                rings[i] = new float[ROWS[i]];
                Arrays.fill(rings[i], Float.NaN);
            }
        }

        void end(int archive, long slot) {
            float average = counts[archive] == 0 ? Float.NaN : (float) (sums[archive] / counts[archive]);
            rings[archive][(int) (slot % ROWS[archive])] = average;
            sums[archive] = 0;
            counts[archive] = 0;
        }
    }

    /** What a question is answered with: values by time, the newest first, in the order of the names. */
    public record Answer(long start, long step, long end, List<String> names, List<Row> rows) {}

    /** The values of one moment, in seconds since 1970; what is not known is NaN. */
    public record Row(long time, float[] values) {}

    /**
     * Takes what the sources tell now; what is missing from then on is forgotten.
     *
     * @param seconds since 1970
     */
    public synchronized void take(long seconds, Map<String, Double> told) {
        Map<String, Double> values = new HashMap<>(told);
        values.keySet().removeAll(forgotten);
        long time = seconds / STEP * STEP;
        series.keySet().retainAll(values.keySet());
        values.keySet().forEach(name -> series.computeIfAbsent(name, n -> new Series()));
        for (int i = 0; i < STEPS.length; i++) {
            advance(i, time);
            int archive = i;
            values.forEach((name, value) -> {
                Series of = series.get(name);
                of.sums[archive] += value;
                of.counts[archive]++;
            });
            if (time % STEPS[i] == 0) {
                end(i, current[i]);
            }
        }
        begun = true;
    }

    /** Whether what this source tells is kept. */
    public synchronized boolean records(String name) {
        return !forgotten.contains(name);
    }

    synchronized void record(String name) {
        forgotten.remove(name);
    }

    synchronized void forget(String name) {
        forgotten.add(name);
        series.remove(name);
    }

    /** Ends the times of an archive that are over. */
    private void advance(int archive, long time) {
        long slot = (time + STEPS[archive] - 1) / STEPS[archive];
        if (!begun) {
            current[archive] = slot;
            lastDone[archive] = slot - 1;
        }
        for (long over = Math.max(lastDone[archive] + 1, slot - ROWS[archive]); over < slot; over++) {
            end(archive, over);
        }
        current[archive] = slot;
    }

    private void end(int archive, long slot) {
        series.values().forEach(of -> of.end(archive, slot));
        lastDone[archive] = Math.max(lastDone[archive], slot);
    }

    /**
     * Answers what was since then.
     *
     * @param start seconds since 1970; a negative number counts back from the last look
     * @param interval the least number of seconds between two values
     * @param prefixes whose numbers: {@code host:}, {@code vm:UUID:} or {@code sr:UUID:}
     */
    public synchronized Answer since(long start, long interval, List<String> prefixes) {
        long now = lastDone[0] * STEP;
        long from = start < 0 ? now + start : start;
        int archive = 0;
        while (archive < STEPS.length - 1
                && (STEPS[archive] < interval || from <= now - (long) STEPS[archive] * ROWS[archive])) {
            archive++;
        }
        List<String> names = series.keySet().stream()
                .filter(name -> prefixes.stream().anyMatch(name::startsWith))
                .toList();
        List<Row> rows = new ArrayList<>();
        long step = STEPS[archive];
        for (int i = 0; i < ROWS[archive]; i++) {
            long slot = lastDone[archive] - i;
            if (!begun || slot * step < from) {
                break;
            }
            float[] values = new float[names.size()];
            for (int n = 0; n < values.length; n++) {
                values[n] = series.get(names.get(n)).rings[archive][(int) (slot % ROWS[archive])];
            }
            rows.add(new Row(slot * step, values));
        }
        return new Answer(from / step * step + step, step, lastDone[archive] * step, names, rows);
    }
}
