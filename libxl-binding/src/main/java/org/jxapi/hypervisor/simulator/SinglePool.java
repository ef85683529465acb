package org.jxapi.hypervisor.simulator;

import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jxapi.hypervisor.CpupoolInfo;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Scheduler;

/** The one CPU pool of the simulated machine; others cannot be made. */
record SinglePool(Supplier<CpupoolInfo> pool, IntConsumer requireDomain) implements Cpupools {
    @Override
    public List<CpupoolInfo> list() {
        return List.of(pool.get());
    }

    @Override
    public CpupoolInfo info(int poolid) {
        if (poolid != 0) {
            throw new HypervisorException(LibxlError.NOTFOUND, "there is no cpupool " + poolid);
        }
        return pool.get();
    }

    @Override
    public Set<Integer> freeCpus() {
        return Set.of();
    }

    @Override
    public int create(String name, Scheduler scheduler, Set<Integer> cpus) {
        throw SimulatedDevices.notSimulated(Cpupools.class);
    }

    @Override
    public void destroy(int poolid) {
        throw SimulatedDevices.notSimulated(Cpupools.class);
    }

    @Override
    public void rename(int poolid, String name) {
        throw SimulatedDevices.notSimulated(Cpupools.class);
    }

    @Override
    public void addCpu(int poolid, int cpu) {
        throw SimulatedDevices.notSimulated(Cpupools.class);
    }

    @Override
    public void removeCpu(int poolid, int cpu) {
        throw SimulatedDevices.notSimulated(Cpupools.class);
    }

    @Override
    public void moveDomain(int poolid, int domid) {
        info(poolid);
        requireDomain.accept(domid);
    }
}
