package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Virtual CPUs of domains. */
public interface Vcpus {
    /** Returns all virtual CPUs the domain can have; which are online is what the guest made of {@link #setOnline}. */
    List<VcpuInfo> list(int domid);

    /**
     * Asks the guest to have exactly these virtual CPUs online, and returns at once. A guest's kernel obeys when it runs
     * and can; until it has booted it has only virtual CPU 0. The request is in xenstore, {@code
     * cpu/N/availability} of the domain. {@link LibxlError#FAIL} when these are none, or more than
     * the domain has.
     */
    void setOnline(int domid, Set<Integer> vcpus);

    /**
     * @param hard host CPUs it may run on; null leaves them as they are
     * @param soft host CPUs it prefers; null leaves them as they are
     */
    void setAffinity(int domid, int vcpuid, @Nullable Set<Integer> hard, @Nullable Set<Integer> soft);

    /** Returns the NUMA nodes of the domain's memory. */
    Set<Integer> nodeAffinity(int domid);

    void setNodeAffinity(int domid, Set<Integer> nodes);
}
