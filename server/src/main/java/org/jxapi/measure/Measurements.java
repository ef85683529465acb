package org.jxapi.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The values of the data sources over XAPI's times: every 5 s for 10 minutes, and the average, least, greatest and last
 * value of each minute for two hours, of each hour for a week and of each day for a year. They are in memory only, and
 * empty at the start of the daemon.
 */
public final class Measurements {
    /** Seconds between two looks, aligned to the clock. */
    static final int STEP = 5;

    private static final int[] STEPS = {STEP, 60, 3600, 86_400};
    private static final int[] ROWS = {120, 120, 168, 366};

    /** By {@code host:UUID:name}, {@code vm:UUID:name} or {@code sr:UUID:name}. */
    private final Map<String, Series> series = new TreeMap<>();

    /** Names of sources whose values are not kept. */
    private final Set<String> forgotten = new HashSet<>();

    private final long[] lastDone = new long[STEPS.length];
    private final long[] current = new long[STEPS.length];
    private boolean begun;

    /**
     * The answer to a query: values by time, the newest first, in the order of the legend.
     *
     * @param legend {@code FUNCTION:vm:UUID:name} and the like
     */
    public record Answer(long start, long step, long end, List<String> legend, List<Row> rows) {}

    /** The values of one moment, in seconds since 1970; what is not known is NaN. */
    public record Row(long time, double[] values) {}

    /** One column of an answer. */
    private record Column(Consolidation function, String name) {}

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
        values.keySet().forEach(name -> series.computeIfAbsent(name, n -> new Series(ROWS)));
        for (int i = 0; i < STEPS.length; i++) {
            advance(i, time);
            int archive = i;
            values.forEach((name, value) -> {
                if (!Double.isNaN(value)) {
                    Objects.requireNonNull(series.get(name)).take(archive, value);
                }
            });
            if (time % STEPS[i] == 0) {
                end(i, current[i]);
            }
        }
        begun = true;
    }

    /** Whether the values of this source are kept. */
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
     * Answers what was since then; the legend is empty when nothing is known of those that are asked for.
     *
     * @param start seconds since 1970; a negative number counts back from the last look
     * @param interval the least number of seconds between two values
     * @param functions for each owner, its numbers by each of these functions
     * @param prefixes whose numbers: {@code host:}, {@code vm:UUID:} or {@code sr:UUID:}
     */
    public synchronized Answer since(long start, long interval, List<Consolidation> functions, List<String> prefixes) {
        long now = lastDone[0] * STEP;
        long from = start < 0 ? now + start : start;
        int archive = 0;
        while (archive < STEPS.length - 1
                && (STEPS[archive] < interval || from <= now - (long) STEPS[archive] * ROWS[archive])) {
            archive++;
        }
        List<Column> columns = columns(functions, prefixes);
        List<Row> rows = new ArrayList<>();
        long step = STEPS[archive];
        for (int i = 0; i < ROWS[archive]; i++) {
            long slot = lastDone[archive] - i;
            if (!begun || slot * step < from) {
                break;
            }
            double[] values = new double[columns.size()];
            for (int n = 0; n < values.length; n++) {
                Column column = columns.get(n);
                Series of = Objects.requireNonNull(series.get(column.name()));
                values[n] = of.at(archive, column.function(), slot);
            }
            rows.add(new Row(slot * step, values));
        }
        List<String> legend = columns.stream()
                .map(column -> column.function() + ":" + column.name())
                .toList();
        return new Answer(from / step * step + step, step, lastDone[archive] * step, legend, rows);
    }

    /** As in XAPI one owner after the other, of each all numbers by one function, then by the next. */
    private List<Column> columns(List<Consolidation> functions, List<String> prefixes) {
        Map<String, List<String>> owners = new TreeMap<>();
        series.keySet().stream()
                .filter(name -> prefixes.stream().anyMatch(name::startsWith))
                .forEach(name -> owners.computeIfAbsent(
                                name.substring(0, name.lastIndexOf(':')), owner -> new ArrayList<>())
                        .add(name));
        List<Column> columns = new ArrayList<>();
        owners.values()
                .forEach(names ->
                        functions.forEach(function -> names.forEach(name -> columns.add(new Column(function, name)))));
        return columns;
    }
}
