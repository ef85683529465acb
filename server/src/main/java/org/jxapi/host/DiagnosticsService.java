package org.jxapi.host;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.LockTimes;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DiagnosticsMessages;
import org.jxapi.xenapi.Host;

/** The messages of class Diagnostics. The keys are XAPI's; those that mean nothing for a Java heap are left out. */
public final class DiagnosticsService implements DiagnosticsMessages<Call> {
    private static final int WORD = 8;

    private final Store store;

    public DiagnosticsService(Store store) {
        this.store = store;
    }

    public void bind(MessageTable<Call> table) {
        DiagnosticsMessages.bind(table, this);
    }

    @Override
    public void gcCompact(Call call, Ref<Host> host) {
        store.snapshot().require(host);
        System.gc();
    }

    /** Sizes in words of 8 bytes. The collections of the young generation are the minor ones, all others major. */
    @Override
    public Map<String, String> gcStats(Call call, Ref<Host> host) {
        store.snapshot().require(host);
        long minor = 0;
        long major = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            boolean young = collector.getMemoryPoolNames().length < 3
                    && !collector.getName().toLowerCase(Locale.ROOT).contains("old");
            if (young) {
                minor += collector.getCollectionCount();
            } else {
                major += collector.getCollectionCount();
            }
        }
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        Map<String, String> stats = new LinkedHashMap<>();
        stats.put("minor_collections", Long.toString(minor));
        stats.put("major_collections", Long.toString(major));
        stats.put("heap_words", Long.toString(heap.getCommitted() / WORD));
        stats.put("live_words", Long.toString(heap.getUsed() / WORD));
        stats.put("free_words", Long.toString((heap.getCommitted() - heap.getUsed()) / WORD));
        stats.put("top_heap_words", Long.toString(heap.getMax() / WORD));
        return stats;
    }

    @Override
    public Map<String, String> dbStats(Call call) {
        LockTimes.Report report = store.lockTimes();
        Map<String, String> stats = new LinkedHashMap<>();
        stats.put("n", Long.toString(report.count()));
        stats.put("avgtime", seconds(report.averageNanos()));
        stats.put("min", seconds(report.minNanos()));
        stats.put("max", seconds(report.maxNanos()));
        return stats;
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%f", nanos / 1e9);
    }
}
