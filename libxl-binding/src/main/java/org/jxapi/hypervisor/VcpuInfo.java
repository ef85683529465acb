package org.jxapi.hypervisor;

import java.util.Set;

/**
 * State of a virtual CPU, {@code libxl_vcpuinfo}.
 *
 * @param cpu host CPU it runs on; -1 when offline
 * @param vcpuTime nanoseconds it ran
 * @param cpumap hard affinity
 * @param cpumapSoft soft affinity
 */
public record VcpuInfo(
        int vcpuid,
        int cpu,
        boolean online,
        boolean blocked,
        boolean running,
        long vcpuTime,
        Set<Integer> cpumap,
        Set<Integer> cpumapSoft) {
    public VcpuInfo {
        cpumap = cpumap == null ? Set.of() : Set.copyOf(cpumap);
        cpumapSoft = cpumapSoft == null ? Set.of() : Set.copyOf(cpumapSoft);
    }
}
