package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;

/** Virtual CPUs of domains. */
public interface Vcpus {
    List<VcpuInfo> list(int domid);

    /** Plugs and unplugs virtual CPUs so that exactly these are online. */
    void setOnline(int domid, Set<Integer> vcpus);

    /**
     * @param hard host CPUs it may run on; null leaves them as they are
     * @param soft host CPUs it prefers; null leaves them as they are
     */
    void setAffinity(int domid, int vcpuid, Set<Integer> hard, Set<Integer> soft);

    /** Returns the NUMA nodes of the domain's memory. */
    Set<Integer> nodeAffinity(int domid);

    void setNodeAffinity(int domid, Set<Integer> nodes);
}
