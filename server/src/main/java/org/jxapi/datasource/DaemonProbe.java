package org.jxapi.datasource;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;

/** The toolstack itself, under the names that XAPI gives its own heap (ocaml/xapi/xapi_stats.ml). */
final class DaemonProbe implements Probe {
    private static final double KIB = 1024;

    private static final Source HEAP = Source.gauge("xapi_memory_usage_kib", "Heap of the toolstack", "KiB");
    private static final Source FREE =
            Source.gauge("xapi_free_memory_kib", "Free memory in the heap of the toolstack", "KiB");
    private static final Source LIVE =
            Source.gauge("xapi_live_memory_kib", "Used memory in the heap of the toolstack", "KiB");
    private static final Source ALLOCATION = Source.derive(
                    "xapi_allocation_kib", "Memory that the toolstack allocates", "KiB")
            .real();
    private static final Source FILES =
            Source.gauge("xapi_open_fds", "Open file descriptors of the toolstack", "file descriptors");
    private static final Source SESSIONS = Source.gauge("pool_session_count", "Sessions", "sessions");
    private static final Source TASKS = Source.gauge("pool_task_count", "Tasks", "tasks");

    private final Map<Long, Long> allocated = new HashMap<>();
    private double total;

    @Override
    public void read(Look look, Readings readings) {
        Owner host = look.host();
        Runtime java = Runtime.getRuntime();
        double heap = java.totalMemory();
        double free = java.freeMemory();
        readings.add(host, HEAP, Math.floor(heap / KIB));
        readings.add(host, FREE, Math.floor(free / KIB));
        readings.add(host, LIVE, Math.floor((heap - free) / KIB));
        readings.add(host, ALLOCATION, allocation() / KIB);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            readings.add(host, FILES, system.getOpenFileDescriptorCount());
        }
        readings.add(host, SESSIONS, look.snapshot().count(Session.XEN_CLASS));
        readings.add(host, TASKS, look.snapshot().count(Task.XEN_CLASS));
    }

    /** The bytes that all threads have allocated, except what ended threads allocated after the last look at them. */
    private double allocation() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()) {
            long[] ids = threads.getAllThreadIds();
            long[] bytes = threads.getThreadAllocatedBytes(ids);
            Map<Long, Long> now = new HashMap<>();
            for (int i = 0; i < ids.length; i++) {
                if (bytes[i] >= 0) {
                    now.put(ids[i], bytes[i]);
                    total += bytes[i] - allocated.getOrDefault(ids[i], 0L);
                }
            }
            allocated.clear();
            allocated.putAll(now);
        }
        return total;
    }
}
