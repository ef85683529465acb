package org.jxapi.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The measurements of one owner: a round-robin database as XAPI has it, with the same archives for each of its data sources.
 * Not thread-safe.
 */
public final class Rrd {
    private final List<Shape> shapes;
    private final Map<String, Series> series = new LinkedHashMap<>();
    private double updated;

    public Rrd(List<Shape> shapes) {
        this.shapes = List.copyOf(shapes);
    }

    public Rrd copy() {
        Rrd copy = new Rrd(shapes);
        series.forEach((name, one) -> copy.series.put(name, one.copy()));
        copy.updated = updated;
        return copy;
    }

    List<Shape> shapes() {
        return shapes;
    }

    Collection<Series> series() {
        return series.values();
    }

    Optional<Series> series(String name) {
        return Optional.ofNullable(series.get(name));
    }

    /** The time of the newest values, in seconds since 1970. */
    public double updated() {
        return updated;
    }

    void updated(double at) {
        updated = at;
    }

    /** The names of its sources, in its order. */
    List<String> names() {
        return new ArrayList<>(series.keySet());
    }

    void add(Series one) {
        series.put(one.source().name(), one);
    }

    /** Records a source from that time on. */
    void add(Source source, double now) {
        series.computeIfAbsent(source.name(), name -> new Series(source, shapes, now));
    }

    /** Drops a source with its values; nothing happens when there is none. */
    void remove(String name) {
        series.remove(name);
    }

    /** The growth of each counter up to the next value is unknown, because another counter may have taken its place. */
    public void interrupt() {
        series.values().forEach(Series::interrupt);
    }

    /**
     * Takes the values of one moment. Standard sources that are new are recorded from now on, and those that have no value
     * are unknown.
     *
     * @param restarted whether all counters have begun again at 0 since the last values
     */
    void take(double now, List<Reading> readings, boolean restarted) {
        Set<String> told = new HashSet<>();
        for (Reading reading : readings) {
            Source source = reading.source();
            if (source.standard()) {
                add(source, now);
            }
            Series one = series.get(source.name());
            if (one != null && one.source().type() != source.type()) {
                one = new Series(source, shapes, now);
                series.put(source.name(), one);
            }
            if (one != null && told.add(source.name())) {
                one.describe(source);
                one.take(now, reading.value(), restarted);
            }
        }
        for (Series one : series.values()) {
            if (!told.contains(one.source().name())) {
                one.take(now, Double.NaN, false);
            }
        }
        updated = now;
    }

    /**
     * The archives for a question, as XAPI chooses them; NoArchiveException when there are none.
     *
     * @param interval the least number of seconds of a row
     * @param function the only function, or all
     * @param start the time that the rows must reach back to, in seconds since 1970
     * @return places in {@link #shapes}
     */
    List<Integer> best(long interval, Optional<Consolidation> function, long start) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            if (function.isEmpty() || function.get() == shapes.get(i).function()) {
                all.add(i);
            }
        }
        if (all.isEmpty()) {
            throw new NoArchiveException();
        }
        Shape chosen = null;
        for (int i : all) {
            if (fits(shapes.get(i), interval, start)) {
                chosen = shapes.get(i);
                break;
            }
        }
        if (chosen == null) {
            Shape longest = shapes.get(all.get(all.size() - 1));
            if (longest.seconds() < interval / Steps.SECONDS * Steps.SECONDS) {
                return List.of();
            }
            chosen = longest;
        }
        Shape same = chosen;
        return all.stream().filter(i -> shapes.get(i).sameTimes(same)).toList();
    }

    private boolean fits(Shape shape, long interval, long start) {
        long begin = Steps.over(updated) * Steps.SECONDS - shape.seconds() * shape.rows();
        return shape.steps() >= interval / Steps.SECONDS && start > begin;
    }
}
