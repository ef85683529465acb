package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.hypervisor.Vcpus;

/** Virtual CPUs of simulated domains. Guests plug them at once, as long as they run. */
record SimulatedVcpus(SimulatorState world) implements Vcpus {
    @Override
    public List<VcpuInfo> list(int domid) {
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            List<VcpuInfo> all = new ArrayList<>();
            for (int i = 0; i < domain.vcpus(); i++) {
                boolean online = domain.online.contains(i);
                long time = online ? domain.cpuTime() / domain.online.size() : 0;
                int cpu = online ? (domid + i) % world.settings.cpus() : -1;
                Set<Integer> hard = domain.affinity.getOrDefault(i, world.allCpus());
                all.add(new VcpuInfo(i, cpu, online, false, online && domain.runs(), time, hard, world.allCpus()));
            }
            return all;
        }
    }

    @Override
    public void setOnline(int domid, Set<Integer> vcpus) {
        world.faults.begin("set-vcpu-online");
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            if (vcpus.isEmpty() || vcpus.size() > domain.vcpus()) {
                throw new HypervisorException(
                        LibxlError.FAIL, "domain " + domid + " cannot have virtual CPUs " + vcpus);
            }
            domain.available = new HashSet<>(vcpus);
            domain.plugVcpus();
            world.save(domain);
            DomainDirectory.writeAvailability(world, domain);
        }
    }

    @Override
    public void setAffinity(int domid, int vcpuid, Set<Integer> hard, Set<Integer> soft) {
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            if (hard != null) {
                domain.affinity.put(vcpuid, Set.copyOf(hard));
                world.save(domain);
            }
        }
    }

    @Override
    public Set<Integer> nodeAffinity(int domid) {
        world.domain(domid);
        return Set.of(0);
    }

    @Override
    public void setNodeAffinity(int domid, Set<Integer> nodes) {
        world.domain(domid);
    }
}
