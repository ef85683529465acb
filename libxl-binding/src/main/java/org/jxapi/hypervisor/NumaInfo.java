package org.jxapi.hypervisor;

import java.util.List;

/**
 * A NUMA node, {@code libxl_numainfo}.
 *
 * @param node number of the node
 * @param size bytes
 * @param free bytes
 * @param dists distance to each node
 */
public record NumaInfo(int node, long size, long free, List<Integer> dists) {
    public NumaInfo {
        dists = dists == null ? List.of() : List.copyOf(dists);
    }
}
