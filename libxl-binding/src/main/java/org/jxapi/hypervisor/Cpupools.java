package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;

/** Groups of host CPUs with a scheduler each. */
public interface Cpupools {
    List<CpupoolInfo> list();

    /** {@link LibxlError#NOTFOUND} when there is no such pool. */
    CpupoolInfo info(int poolid);

    /** Returns the host CPUs in no pool. */
    Set<Integer> freeCpus();

    /**
     * @param cpus free host CPUs
     * @return the new pool's number
     */
    int create(String name, Scheduler scheduler, Set<Integer> cpus);

    /** Destroys a pool without domains; its CPUs become free. */
    void destroy(int poolid);

    void rename(int poolid, String name);

    void addCpu(int poolid, int cpu);

    void removeCpu(int poolid, int cpu);

    void moveDomain(int poolid, int domid);
}
