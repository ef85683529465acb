package org.jxapi.prometheus;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics of one scrape, as they are collected. */
final class Families {
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final List<MetricSnapshot> others = new ArrayList<>();

    /**
     * Adds a value; one that is not known is left out.
     *
     * @param labels names and values in turn
     */
    void gauge(String name, String help, double value, String... labels) {
        if (!Double.isNaN(value)) {
            gauges.computeIfAbsent(name, n -> GaugeSnapshot.builder().name(n).help(help))
                    .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .value(value)
                            .labels(Labels.of(labels))
                            .build());
        }
    }

    /** Adds a count that only grows; {@code name} has no {@code _total} at its end. */
    void counter(String name, String help, double value, String... labels) {
        counters.computeIfAbsent(name, n -> CounterSnapshot.builder().name(n).help(help))
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(labels))
                        .build());
    }

    void add(MetricSnapshot family) {
        others.add(family);
    }

    MetricSnapshots all() {
        List<MetricSnapshot> all = new ArrayList<>(others);
        gauges.values().forEach(gauge -> all.add(gauge.build()));
        counters.values().forEach(counter -> all.add(counter.build()));
        return new MetricSnapshots(all);
    }
}
