package org.jxapi.datasource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
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
    private final Hosts hosts;
    private final PerHost<List<Probe>> probes;
    private double last = Double.NaN;

    public Sampler(Store store, Hosts hosts) {
        this.store = store;
        this.hosts = hosts;
        this.probes = new PerHost<>(hosts, this::probes);
    }

    /** The daemon and the repositories are measured once, on the coordinator. */
    private List<Probe> probes(Hypervisor hypervisor) {
        List<Probe> all = new ArrayList<>(List.of(
                new CpuProbe(hypervisor),
                new RunstateProbe(),
                new MemoryProbe(hypervisor),
                new NetworkProbe(hypervisor),
                new DiskProbe(hypervisor)));
        if (hypervisor.equals(hosts.own())) {
            all.addAll(List.of(new DaemonProbe(), new SrProbe()));
        }
        return all;
    }

    /**
     * Reads everything once. A subject that cannot be read is missing.
     *
     * @param now seconds since 1970
     */
    public Map<Owner, Sample> look(double now) {
        Snapshot snapshot = store.snapshot();
        double seconds = Double.isNaN(last) ? 0 : Math.max(0, now - last);
        last = now;
        Map<Owner, Sample> samples = new LinkedHashMap<>();
        for (Hosts.Driven here : hosts.all(snapshot)) {
            look(Look.at(seconds, snapshot, hosts, here), probes.of(here.hypervisor()), samples);
        }
        return samples;
    }

    private static void look(Look look, List<Probe> probes, Map<Owner, Sample> samples) {
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
        readings.all().forEach((owner, all) -> samples.put(owner, new Sample(generations.getOrDefault(owner, 0), all)));
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
