package org.jxapi.hypervisor;

/**
 * Place of a host CPU, {@code libxl_cputopology}.
 *
 * @param cpu number of the CPU
 * @param node NUMA node
 */
public record CpuTopology(int cpu, int core, int socket, int node) {}
