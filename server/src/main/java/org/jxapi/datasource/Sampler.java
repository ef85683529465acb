package org.jxapi.datasource;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Sample;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all data sources. For one thread. */
public final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    private final Store store;
    private final Hypervisor hypervisor;
    private final List<Probe> probes;
    private double last = Double.NaN;

    public Sampler(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.probes = List.of(
                new CpuProbe(hypervisor),
                new RunstateProbe(),
                new MemoryProbe(hypervisor),
                new NetworkProbe(hypervisor),
                new DiskProbe(hypervisor),
                new DaemonProbe(),
                new SrProbe());
    }

    /**
     * Reads everything once. A subject that cannot be read is missing.
     *
     * @param now seconds since 1970
     */
    public Map<Owner, Sample> look(double now) {
        Snapshot snapshot = store.snapshot();
        Look look = Look.at(Double.isNaN(last) ? 0 : Math.max(0, now - last), snapshot, hypervisor);
        last = now;
        Readings readings = new Readings();
        for (Probe probe : probes) {
            try {
                probe.read(look, readings);
            } catch (HypervisorException e) {
                LOG.debug("Measurements: {} fails: {}", probe.getClass().getSimpleName(), e.getMessage());
            }
        }
        Map<Owner, Integer> generations = new HashMap<>();
        look.vms().forEach((domid, vm) -> generations.put(Look.owner(vm), domid));
        Map<Owner, Sample> samples = new LinkedHashMap<>();
        readings.all().forEach((owner, all) -> samples.put(owner, new Sample(generations.getOrDefault(owner, 0), all)));
        return samples;
    }

    /** Whether an owner has a domain, or will have one again in a moment. */
    public static boolean stays(Snapshot snapshot, Owner owner) {
        return switch (owner.kind()) {
            case HOST -> true;
            case SR -> false;
            case VM ->
                snapshot.byUuid(VM.XEN_CLASS, owner.uuid())
                        .map(vm -> runs(vm.row()))
                        .orElse(false);
        };
    }

    private static boolean runs(Row<VM> vm) {
        return switch (vm.get(VM.POWER_STATE)) {
            case RUNNING, PAUSED -> true;
            default -> false;
        };
    }
}
