package org.jxapi.host;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.local.ThisHost;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Sources;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** Reads what nothing announces: free memory, memory of domains, and all data sources. */
public final class HostMonitor {
    private final Store store;
    private final Hypervisor hypervisor;
    private final CpuUsage usage;
    private final DataSources sources;
    private final Measurements measurements;
    private final Supplier<List<Sources>> others;
    private final Clock clock;

    /**
     * @param usage the source of the CPU values in {@code sources}
     * @param others the data sources of other objects than the host and its VMs
     */
    public HostMonitor(
            Store store,
            Hypervisor hypervisor,
            CpuUsage usage,
            DataSources sources,
            Measurements measurements,
            Supplier<List<Sources>> others,
            Clock clock) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.usage = usage;
        this.sources = sources;
        this.measurements = measurements;
        this.others = others;
        this.clock = clock;
    }

    /** Brings the metrics that nothing announces up to date: free memory, and what each domain holds. */
    public void measure() {
        usage.look();
        record();
        PhysInfo phys = hypervisor.host().physInfo();
        long free = phys.freePages() * hypervisor.host().version().pagesize();
        var domains = hypervisor.domains().list();
        store.change(tx -> {
            for (var host : tx.all(Host.XEN_CLASS)) {
                tx.set(host.row().get(Host.METRICS), HostMetrics.MEMORY_FREE, free);
            }
            for (DomainInfo domain : domains) {
                tx.byUuid(VM.XEN_CLASS, sources.uuid(domain))
                        .filter(vm -> vm.row().get(VM.DOMID) == domain.domid())
                        .map(vm -> vm.row().get(VM.METRICS))
                        .filter(m -> tx.find(m).isPresent())
                        .ifPresent(m -> tx.set(m, VMMetrics.MEMORY_ACTUAL, domain.currentMemkb() * 1024));
            }
        });
    }

    private void record() {
        Map<String, Double> values = new HashMap<>();
        String host = ThisHost.row(store.snapshot()).get(Host.UUID);
        values.putAll(sources.ofHost(host).values());
        for (DomainInfo domain : hypervisor.domains().list()) {
            try {
                values.putAll(sources.ofDomain(domain.domid()).values());
            } catch (HypervisorException e) {
                // The domain has ended meanwhile: it has no values.
            }
        }
        others.get().forEach(other -> values.putAll(other.values()));
        measurements.take(clock.instant().getEpochSecond(), values);
    }
}
