package org.jxapi.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;

/** Java and the process, under the names that Prometheus's own libraries use. */
final class JvmMetrics {
    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;

    private JvmMetrics() {}

    static void collect(Families families) {
        memory(families, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
        memory(families, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
        families.gauge(
                "jvm_threads_current",
                "Threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        SummarySnapshot.Builder collections =
                SummarySnapshot.builder().name("jvm_gc_collection_seconds").help("Time of garbage collections.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            SummarySnapshot.SummaryDataPointSnapshot.Builder point = SummarySnapshot.SummaryDataPointSnapshot.builder();
            point.labels(Labels.of("gc", collector.getName()));
            point.count(Math.max(0, collector.getCollectionCount()));
            point.sum(Math.max(0, collector.getCollectionTime()) / MILLIS);
            collections.dataPoint(point.build());
        }
        families.add(collections.build());
        families.gauge(
                "process_start_time_seconds",
                "Start of the process, since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS);
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        if (system instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
            families.counter(
                    "process_cpu_seconds", "CPU time of the process.", Math.max(0, unix.getProcessCpuTime()) / NANOS);
            families.gauge("process_open_fds", "Open file descriptors.", unix.getOpenFileDescriptorCount());
            families.gauge("process_max_fds", "Most file descriptors.", unix.getMaxFileDescriptorCount());
        }
    }

    private static void memory(Families families, String area, MemoryUsage usage) {
        families.gauge("jvm_memory_used_bytes", "Memory in use.", usage.getUsed(), "area", area);
        families.gauge("jvm_memory_committed_bytes", "Memory from the system.", usage.getCommitted(), "area", area);
        families.gauge(
                "jvm_memory_max_bytes", "Most memory.", usage.getMax() < 0 ? Double.NaN : usage.getMax(), "area", area);
    }
}
