package org.jxapi.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;

/** The measurements of all owners that are measured now. */
public final class Measurements {
    /** Times in files are rounded to this, in seconds. */
    private static final double ROUNDING = 1e-3;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** An owner's measurements, and its data sources as of the last look. */
    private static final class Live {
        private final Rrd rrd;
        private int generation;
        private Map<String, Source> sources = Map.of();

        Live(Rrd rrd, int generation) {
            this.rrd = rrd;
            this.generation = generation;
        }
    }

    private final Map<Owner, Live> owners = new TreeMap<>();

    /** Owners whose sources a client has changed since the last {@link #changed}. */
    private final Set<Owner> changed = new TreeSet<>();

    private boolean extremes;

    /** Whether values have been taken since the daemon started. */
    private boolean begun;

    /** Whether new owners get archives of the least and greatest values too, as hosts always do. */
    public synchronized void keepExtremes(boolean keep) {
        extremes = keep;
    }

    /**
     * Takes the values of one moment.
     *
     * @param now seconds since 1970
     * @param past finds the earlier measurements of an owner that is new
     * @param stays whether an owner without values is only away for a moment, such as a VM that reboots
     * @return the owners that are measured no longer
     */
    public synchronized Map<Owner, Rrd> take(
            double now, Map<Owner, Sample> samples, Function<Owner, Optional<Rrd>> past, Predicate<Owner> stays) {
        samples.forEach((owner, sample) -> {
            Live live = owners.computeIfAbsent(owner, o -> new Live(begin(o, past), sample.generation()));
            take(live, now, sample);
        });
        Map<Owner, Rrd> ended = new LinkedHashMap<>();
        owners.entrySet().removeIf(entry -> {
            if (samples.containsKey(entry.getKey()) || stays.test(entry.getKey())) {
                return false;
            }
            ended.put(entry.getKey(), entry.getValue().rrd);
            return true;
        });
        begun = true;
        notifyAll();
        return ended;
    }

    /** Waits until the first values have been taken, or for that many milliseconds. */
    public synchronized void awaitFirst(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * NANOS_PER_MILLI;
        for (long left = millis; left > 0 && !begun; left = (end - System.nanoTime()) / NANOS_PER_MILLI) {
            wait(left);
        }
    }

    private static void take(Live live, double now, Sample sample) {
        live.rrd.take(now, sample.readings(), live.generation != sample.generation());
        live.generation = sample.generation();
        Map<String, Source> sources = new HashMap<>();
        sample.readings().forEach(reading -> sources.put(reading.source().name(), reading.source()));
        live.sources = sources;
    }

    private Rrd begin(Owner owner, Function<Owner, Optional<Rrd>> past) {
        Optional<Rrd> earlier = past.apply(owner);
        earlier.ifPresent(Rrd::interrupt);
        return earlier.orElseGet(() -> fresh(owner));
    }

    private Rrd fresh(Owner owner) {
        return new Rrd(owner.kind() == Owner.Kind.HOST || extremes ? Shape.EXTREMES : Shape.AVERAGES);
    }

    /**
     * Takes values of an earlier run of the daemon again. Those that an owner's measurements hold already are passed over.
     *
     * @param past finds the earlier measurements of an owner
     */
    public synchronized void replay(double time, Map<Owner, Sample> samples, Function<Owner, Optional<Rrd>> past) {
        samples.forEach((owner, sample) -> {
            Live live = owners.computeIfAbsent(
                    owner, o -> new Live(past.apply(o).orElseGet(() -> fresh(o)), sample.generation()));
            if (time > live.rrd.updated() + ROUNDING) {
                take(live, time, sample);
            }
        });
    }

    /** Replaces the measurements of an owner that is measured now; false when it is not. */
    public synchronized boolean replace(Owner owner, Rrd rrd) {
        Live live = owners.get(owner);
        if (live == null) {
            return false;
        }
        rrd.interrupt();
        Live fresh = new Live(rrd, live.generation);
        fresh.sources = live.sources;
        owners.put(owner, fresh);
        changed.add(owner);
        return true;
    }

    /** The owners that are measured now. */
    public synchronized Set<Owner> owners() {
        return new TreeSet<>(owners.keySet());
    }

    /** The owners whose sources clients have changed since the last call. */
    public synchronized Set<Owner> changed() {
        Set<Owner> all = new TreeSet<>(changed);
        changed.clear();
        return all;
    }

    /** A copy of an owner's measurements; empty when it is not measured. */
    public synchronized Optional<Rrd> copy(Owner owner) {
        return Optional.ofNullable(owners.get(owner)).map(live -> live.rrd.copy());
    }

    /** An owner's data_source records by name: those that have values now, and those that only have a past. */
    public synchronized List<Row<DataSource>> sources(Owner owner) {
        Live live = owners.get(owner);
        if (live == null) {
            return List.of();
        }
        List<Row<DataSource>> rows = new ArrayList<>();
        live.sources
                .values()
                .forEach(source ->
                        rows.add(row(source, live.rrd.series(source.name()).isPresent(), source.standard())
                                .with(DataSource.NAME_DESCRIPTION, source.about())
                                .with(DataSource.UNITS, source.units())));
        for (Series series : live.rrd.series()) {
            if (!live.sources.containsKey(series.source().name())) {
                rows.add(row(series.source(), false, false)
                        .with(DataSource.NAME_DESCRIPTION, "description not available")
                        .with(DataSource.UNITS, "unknown"));
            }
        }
        rows.sort(Comparator.comparing(row -> row.get(DataSource.NAME_LABEL)));
        return rows;
    }

    /** As in XAPI the record has no value: {@link #query} does. */
    private static Row<DataSource> row(Source source, boolean enabled, boolean standard) {
        return Row.of(DataSource.XEN_CLASS)
                .with(DataSource.NAME_LABEL, source.name())
                .with(DataSource.ENABLED, enabled)
                .with(DataSource.STANDARD, standard)
                .with(DataSource.MIN, source.min())
                .with(DataSource.MAX, source.max())
                .with(DataSource.VALUE, 0.0);
    }

    /**
     * The newest value of a source that is recorded, averaged over a step; NaN when it is not known. INTERNAL_ERROR for
     * other sources.
     */
    public synchronized double query(Owner owner, String name) {
        Live live = owners.get(owner);
        if (live == null) {
            throw missing(owner);
        }
        Series series = live.rrd
                .series(name)
                .orElseThrow(() -> Errors.internalError("Rrd.Invalid_data_source(\"" + name + "\")"));
        return series.archives().get(0).at(Steps.over(live.rrd.updated()));
    }

    /** The newest values of all sources that an owner records, as {@link #query} answers them; none if it is not measured. */
    public synchronized Map<String, Double> newest(Owner owner) {
        Map<String, Double> values = new TreeMap<>();
        Live live = owners.get(owner);
        if (live != null) {
            long now = Steps.over(live.rrd.updated());
            live.rrd
                    .series()
                    .forEach(series -> values.put(
                            series.source().name(), series.archives().get(0).at(now)));
        }
        return values;
    }

    /** Records a source from now on; INTERNAL_ERROR when the owner has no such source. */
    public synchronized void record(Owner owner, String name) {
        Live live = owners.get(owner);
        if (live == null) {
            throw missing(owner);
        }
        Source source = live.sources.get(name);
        if (source == null) {
            throw Errors.internalError("Rrd_interface.Rrdd_error([S(Datasource_missing);S(" + name + ")])");
        }
        live.rrd.add(source, live.rrd.updated());
        changed.add(owner);
    }

    private static RuntimeException missing(Owner owner) {
        String what = owner.kind() == Owner.Kind.HOST ? "No host datasource!" : owner.kind() + ": " + owner.uuid();
        return Errors.internalError("Rrd_interface.Rrdd_error([S(Datasource_missing);S(" + what + ")])");
    }

    /**
     * Drops what is recorded of a source. As in XAPI, a standard source that has values is recorded again from the next look
     * on. Nothing happens when there is no such source.
     */
    public synchronized void forget(Owner owner, String name) {
        Live live = owners.get(owner);
        if (live != null) {
            live.rrd.remove(name);
            changed.add(owner);
        }
    }

    /** Answers a question about what was measured; NoArchiveException when no archive answers it. */
    public synchronized RrdUpdates.Answer answer(RrdUpdates.Question question) {
        Map<String, Rrd> asked = new LinkedHashMap<>();
        owners.forEach((owner, live) -> {
            if (question.owners().test(owner)) {
                asked.put(owner.prefix(), live.rrd);
            }
        });
        return RrdUpdates.answer(question, asked);
    }
}
