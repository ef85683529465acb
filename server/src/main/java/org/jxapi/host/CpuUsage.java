package org.jxapi.host;

import java.util.HashMap;
import java.util.Map;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.VcpuInfo;

/** How busy domains and their virtual CPUs were between the last two looks, as fractions of one host CPU. */
public final class CpuUsage {
    private record Key(int domid, int vcpu) {}

    private record Sample(long at, Map<Key, Long> nanos) {}

    private final Hypervisor hypervisor;
    private Sample last = new Sample(0, Map.of());
    private Map<Key, Double> busy = Map.of();

    public CpuUsage(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** Takes a look; usages cover the time since the one before. */
    public void look() {
        Map<Key, Long> nanos = new HashMap<>();
        for (DomainInfo domain : hypervisor.domains().list()) {
            nanos.put(new Key(domain.domid(), -1), domain.cpuTime());
            try {
                for (VcpuInfo vcpu : hypervisor.vcpus().list(domain.domid())) {
                    nanos.put(new Key(domain.domid(), vcpu.vcpuid()), vcpu.vcpuTime());
                }
            } catch (HypervisorException e) {
                // The domain ended between the two calls.
                nanos.remove(new Key(domain.domid(), -1));
            }
        }
        taken(new Sample(System.nanoTime(), nanos));
    }

    private synchronized void taken(Sample now) {
        Map<Key, Double> fractions = new HashMap<>();
        double elapsed = now.at() - last.at();
        now.nanos().forEach((key, nanos) -> {
            Long before = last.nanos().get(key);
            if (before != null && elapsed > 0) {
                fractions.put(key, Math.max(0, Math.min(1e3, (nanos - before) / elapsed)));
            }
        });
        last = now;
        busy = fractions;
    }

    /** Host CPUs that the domain kept busy. */
    synchronized double domain(int domid) {
        return busy.getOrDefault(new Key(domid, -1), 0.0);
    }

    /** From 0 to 1. */
    public synchronized double vcpu(int domid, int vcpu) {
        return Math.min(1, busy.getOrDefault(new Key(domid, vcpu), 0.0));
    }

    /** Host CPUs that all domains kept busy. */
    synchronized double all() {
        return busy.entrySet().stream()
                .filter(e -> e.getKey().vcpu() == -1)
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
