package org.jxapi.host;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Sources;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMessages;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** Everything about the host, put together. */
public final class Hosts {
    private final Store store;
    private final Hypervisor hypervisor;
    private final CpuUsage usage;
    private final HostService service;
    private final DataSources sources;
    private final Clock clock;
    private final Measurements measurements;
    private final Supplier<List<Sources>> others;

    /**
     * @param usage what {@code sources} tell of CPUs comes from
     * @param others what is measured besides the host and its VMs
     * @param certificate what TLS clients are shown, in PEM form
     * @param stopGuests stops all VMs, for a host that goes down
     */
    public Hosts(
            Store store,
            Hypervisor hypervisor,
            CpuUsage usage,
            DataSources sources,
            Measurements measurements,
            Supplier<List<Sources>> others,
            Operations operations,
            MachineControl machine,
            LocalSettings settings,
            Clock clock,
            Executor workers,
            Runnable stopGuests,
            String certificate,
            GuestAgentConfig agents) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.usage = usage;
        this.sources = sources;
        this.measurements = measurements;
        this.others = others;
        this.clock = clock;
        this.service = new HostService(
                store,
                hypervisor,
                clock,
                new HostPower(store, operations, machine, settings, clock, workers, stopGuests),
                new Evacuation(store, operations),
                new HostSettings(store, machine),
                sources,
                measurements,
                certificate,
                agents);
        store.addDerivation(new HostRules());
    }

    public void bind(MessageTable<Call> table) {
        HostMessages.bind(table, service);
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
        String host =
                store.snapshot().all(Host.XEN_CLASS).iterator().next().row().get(Host.UUID);
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
