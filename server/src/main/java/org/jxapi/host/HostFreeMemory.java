package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.VM;

/**
 * The memory that a host has left for VMs, in bytes. As in XAPI it follows from the memory that VMs may claim, not from
 * the memory that is free now.
 */
public final class HostFreeMemory {
    private HostFreeMemory() {}

    /** What Xen itself keeps: the rest of {@code total} when all that guests hold and could have is taken off. */
    public static long overhead(long total, long guests) {
        return Math.max(0, total - guests);
    }

    /**
     * The memory that is left when every VM on the host, or on its way there, balloons down to its memory_dynamic_min.
     *
     * @param except a VM that does not count, because it is the one that asks; or the null reference
     */
    public static long available(Snapshot snapshot, Ref<Host> host, Ref<VM> except) {
        Row<Host> row = snapshot.row(host);
        long total = snapshot.get(row.get(Host.METRICS), HostMetrics.MEMORY_TOTAL) - row.get(Host.MEMORY_OVERHEAD);
        for (Stored<VM> stored : snapshot.all(VM.XEN_CLASS)) {
            Row<VM> vm = stored.row();
            boolean resident = vm.get(VM.RESIDENT_ON).equals(host);
            boolean coming = vm.get(VM.SCHEDULED_TO_BE_RESIDENT_ON).equals(host)
                    && !stored.ref().value().equals(except.value());
            if (resident || coming) {
                total -= vm.get(VM.MEMORY_DYNAMIC_MIN) + vm.get(VM.MEMORY_OVERHEAD);
            }
        }
        return Math.max(0, total);
    }
}
