package org.jxapi.hypervisor;

/**
 * Place of a host PCI device, {@code libxl_pcitopology}.
 *
 * @param node NUMA node
 */
public record PciTopology(int seg, int bus, int devfn, int node) {}
