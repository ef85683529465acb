package org.jxapi.datasource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.EachHost;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Sample;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all data sources. For one thread, which waits a moment for those of other hosts. */
public final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    private final Store store;
    private final Hosts hosts;
    private final EachHost each;
    private final PerHost<Probed> probed;

    /** The probes of a host. */
    private static final class Probed {
        private final List<Probe> probes;
        private double last = Double.NaN;

        Probed(List<Probe> probes) {
            this.probes = probes;
        }

        /** The seconds since the last look, which is now. */
        double since(double now) {
            double seconds = Double.isNaN(last) ? 0 : Math.max(0, now - last);
            last = now;
            return seconds;
        }
    }

    public Sampler(Store store, Hosts hosts) {
        this.store = store;
        this.hosts = hosts;
        this.each = new EachHost("Measurements", hosts, store);
        this.probed = new PerHost<>(hosts, hypervisor -> new Probed(probes(hypervisor)));
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
     * Reads everything once. A subject that cannot be read is missing, and so is a host that does not answer in time.
     *
     * @param now seconds since 1970
     */
    public Map<Owner, Sample> look(double now) {
        Snapshot snapshot = store.snapshot();
        Map<Hosts.Driven, Map<Owner, Sample>> all = new ConcurrentHashMap<>();
        each.run(here -> {
            Probed of = probed.of(here.hypervisor());
            all.put(here, look(Look.at(of.since(now), snapshot, hosts, here), of.probes));
        });
        Map<Owner, Sample> samples = new LinkedHashMap<>();
        for (Hosts.Driven here : hosts.all(snapshot)) {
            samples.putAll(all.getOrDefault(here, Map.of()));
        }
        return samples;
    }

    private static Map<Owner, Sample> look(Look look, List<Probe> probes) {
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
