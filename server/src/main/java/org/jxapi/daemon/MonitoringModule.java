package org.jxapi.daemon;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jxapi.archive.Recorder;
import org.jxapi.archive.RrdFolder;
import org.jxapi.datasource.Sampler;
import org.jxapi.host.HostPlugin;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.perfmon.ControlDomain;
import org.jxapi.perfmon.LinuxControlDomain;
import org.jxapi.perfmon.Perfmon;
import org.jxapi.perfmon.PerfmonPlugin;
import org.jxapi.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measurements: taken every 5 s on a thread of their own, kept in the data folder, and compared with thresholds. */
final class MonitoringModule {
    private static final Logger LOG = LoggerFactory.getLogger(MonitoringModule.class);

    /** The start of the daemon does not wait for the first measurements, nor compete with them. */
    private static final long START_MILLIS = 500;

    private static final long PERIOD_MILLIS = 5000;
    /** How long after the end of a step its values are read: the same in each, so that a late look falls in the same step. */
    private static final long PHASE_MILLIS = 500;

    private static final long STOP_SECONDS = 10;

    private final Measurements measurements = new Measurements();
    private final Recorder recorder;
    private final Perfmon perfmon;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread created = new Thread(work, "measurements");
        created.setDaemon(true);
        return created;
    });

    MonitoringModule(Store store, Path dataDir, Hosts hosts, Clock clock) {
        this.clock = clock;
        Sampler sampler = new Sampler(store, hosts);
        this.recorder = new Recorder(store, measurements, sampler::look, clock, dataDir.resolve("rrds"));
        ControlDomain domain =
                hosts.own() instanceof SimulatedHypervisor ? ControlDomain.UNKNOWN : new LinuxControlDomain();
        this.perfmon = new Perfmon(store, measurements, domain, clock);
    }

    Measurements measurements() {
        return measurements;
    }

    /** The measurements of owners that are not measured now. */
    RrdFolder files() {
        return recorder.files();
    }

    /** Writes all measurements to their files after so many seconds. */
    void saveAll(double delay) {
        recorder.saveAll(delay);
    }

    /** The plug-ins of host.call_plugin that are about measurements. */
    Map<String, HostPlugin> plugins() {
        return Map.of(PerfmonPlugin.NAME, new PerfmonPlugin(perfmon));
    }

    /** Reads the measurements of the last run, and takes new ones, in the background. */
    void start() {
        thread.schedule(this::begin, START_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void begin() {
        recorder.start();
        look();
        long next = PERIOD_MILLIS - Math.floorMod(clock.millis() - PHASE_MILLIS, PERIOD_MILLIS);
        thread.scheduleAtFixedRate(this::look, next, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            recorder.look();
            perfmon.look();
        } catch (RuntimeException | Error e) {
            LOG.warn("Measurements: cannot be taken: {}", e.getMessage(), e);
        }
    }

    /** Takes no further measurements; those that were taken are on disk. */
    void stop() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        recorder.stop();
    }
}
