package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.hypervisor.Vcpus;

/** Virtual CPUs of simulated domains. Guests plug them at once, as long as they run. */
record SimulatedVcpus(SimulatorState state) implements Vcpus {
    @Override
    public List<VcpuInfo> list(int domid) {
        if (domid == Hypervisor.DOM0) {
            return domainZero();
        }
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            List<VcpuInfo> all = new ArrayList<>();
            for (int i = 0; i < domain.vcpus(); i++) {
                boolean online = domain.online.contains(i);
                long time = online ? domain.cpuTime() / domain.online.size() : 0;
                int cpu = online ? (domid + i) % state.settings.cpus() : -1;
                Set<Integer> hard = domain.affinity.getOrDefault(i, state.allCpus());
                all.add(new VcpuInfo(i, cpu, online, false, online && domain.runs(), time, hard, state.allCpus()));
            }
            return all;
        }
    }

    private List<VcpuInfo> domainZero() {
        List<VcpuInfo> all = new ArrayList<>();
        int vcpus = SimulatedDomains.domainZeroVcpus(state);
        for (int i = 0; i < vcpus; i++) {
            long time = SimulatedDomains.domainZeroNanos() / vcpus;
            all.add(new VcpuInfo(i, i, true, i > 0, i == 0, time, state.allCpus(), state.allCpus()));
        }
        return all;
    }

    @Override
    public void setOnline(int domid, Set<Integer> vcpus) {
        state.begin("set-vcpu-online", domid);
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            if (vcpus.isEmpty() || vcpus.size() > domain.vcpus()) {
                throw new HypervisorException(
                        LibxlError.FAIL, "domain " + domid + " cannot have virtual CPUs " + vcpus);
            }
            domain.available = new HashSet<>(vcpus);
            domain.plugVcpus();
            state.save(domain);
            DomainDirectory.writeAvailability(state.xenstore, domain);
        }
    }

    @Override
    public void setAffinity(int domid, int vcpuid, @Nullable Set<Integer> hard, @Nullable Set<Integer> soft) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            if (hard != null) {
                domain.affinity.put(vcpuid, Set.copyOf(hard));
                state.save(domain);
            }
        }
    }

    @Override
    public Set<Integer> nodeAffinity(int domid) {
        state.domain(domid);
        return Set.of(0);
    }

    @Override
    public void setNodeAffinity(int domid, Set<Integer> nodes) {
        state.domain(domid);
    }
}
