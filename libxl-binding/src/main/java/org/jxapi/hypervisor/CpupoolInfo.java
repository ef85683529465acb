package org.jxapi.hypervisor;

import java.util.Set;

/**
 * A cpupool, {@code libxl_cpupoolinfo}.
 *
 * @param nDom domains in it
 * @param cpumap host CPUs
 */
public record CpupoolInfo(int poolid, String poolName, Scheduler sched, int nDom, Set<Integer> cpumap) {
    public CpupoolInfo {
        cpumap = cpumap == null ? Set.of() : Set.copyOf(cpumap);
    }
}
