package org.jxapi.prometheus;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jxapi.http.WebHandlers;
import org.jxapi.measure.Measurements;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;

/** All numbers, in Prometheus's text format, or in OpenMetrics for clients that take it. */
public final class PrometheusMetrics implements WebHandlers.Metrics {
    private final Store store;
    private final CallMetrics calls;
    private final ObjectMetrics objects;
    private final DaemonMetrics daemon;
    private final IntSupplier connections;

    /** @param connections the number of clients that are connected now */
    public PrometheusMetrics(
            Store store, Measurements measurements, CallMetrics calls, String version, IntSupplier connections) {
        this.store = store;
        this.calls = calls;
        this.objects = new ObjectMetrics(measurements);
        this.daemon = new DaemonMetrics(store, version);
        this.connections = connections;
    }

    @Override
    public WebHandlers.Exposition write(Optional<String> accept) {
        Families families = new Families();
        Snapshot snapshot = store.snapshot();
        objects.collect(snapshot, families);
        daemon.collect(snapshot, families);
        calls.collect(families);
        families.gauge("jxapi_http_connections", "Clients that are connected.", connections.getAsInt());
        JvmMetrics.collect(families);
        OpenMetricsTextFormatWriter open = OpenMetricsTextFormatWriter.create();
        boolean wanted = accept.isPresent() && open.accepts(accept.get());
        ExpositionFormatWriter writer = wanted ? open : PrometheusTextFormatWriter.create();
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            writer.write(page, families.all());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new WebHandlers.Exposition(writer.getContentType(), page.toByteArray());
    }
}
