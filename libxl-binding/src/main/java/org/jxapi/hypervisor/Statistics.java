package org.jxapi.hypervisor;

import java.util.List;
import java.util.Map;

/**
 * Counters of the host, its links and the disks of guests, which grow from their beginning on: the subject of libxenstat.
 * Something that cannot be counted is missing from an answer, and is no error.
 */
public interface Statistics {
    /** Returns how long each physical CPU has been idle, in nanoseconds, by CPU number; empty when Xen does not say. */
    List<Long> cpuIdle();

    /** Returns the control domain's load average of the last minute. */
    double load();

    /** Returns the memory that programs of the control domain can still get, in KiB. */
    long availableMemkb();

    /** Returns the control domain's network links by name, such as {@code eth0} and {@code vif7.0}. */
    Map<String, LinkCounters> links();

    /** Returns whether a link of the control domain has a connection: a cable with a switch at its other end. */
    boolean carrier(String link);

    /**
     * Returns the disks of all domains. Counters of a disk that another program serves may be missing for a while when that
     * program is busy.
     */
    List<DiskCounters> disks();
}
