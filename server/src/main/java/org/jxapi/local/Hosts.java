package org.jxapi.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/**
 * The hosts of the pool, as this daemon drives them. Code that works on a host asks here for the hypervisor of the host
 * concerned. That of another machine can be an agent, because a {@link Hypervisor} is all that callers know of it.
 */
public final class Hosts {
    private final Hypervisor first;
    /** By the reference of the host. Empty while there is one host, whose record may not exist yet. */
    private volatile Map<String, Hypervisor> all = Map.of();

    private Hosts(Hypervisor first) {
        this.first = first;
    }

    /** A pool of one host. */
    public static Hosts only(Hypervisor hypervisor) {
        return new Hosts(hypervisor);
    }

    /**
     * Makes this a pool of several hosts, once they have records. Called before there are clients.
     *
     * @param hosts all of them, the coordinator first
     */
    public void are(Map<Ref<Host>, Hypervisor> hosts) {
        Map<String, Hypervisor> known = new LinkedHashMap<>();
        hosts.forEach((host, hypervisor) -> known.put(host.value(), hypervisor));
        all = Collections.unmodifiableMap(known);
    }

    /** Whether there are several. */
    public boolean several() {
        return all.size() > 1;
    }

    /** The hypervisor of a host; HOST_OFFLINE for one that nothing drives. */
    public Hypervisor of(Ref<Host> host) {
        Map<String, Hypervisor> known = all;
        if (known.isEmpty()) {
            return first;
        }
        Hypervisor hypervisor = known.get(host.value());
        if (hypervisor == null) {
            throw Errors.hostOffline(host.value());
        }
        return hypervisor;
    }

    /** The hypervisor of the host that this daemon runs on. */
    public Hypervisor own() {
        return first;
    }

    /** A host and its hypervisor. */
    public record Driven(Ref<Host> host, Hypervisor hypervisor) {}

    /** All hosts, the coordinator first. */
    public List<Driven> all(Snapshot snapshot) {
        Map<String, Hypervisor> known = all;
        if (known.isEmpty()) {
            return List.of(new Driven(ThisHost.ref(snapshot), first));
        }
        List<Driven> driven = new ArrayList<>();
        known.forEach((host, hypervisor) -> driven.add(new Driven(Host.XEN_CLASS.ref(host), hypervisor)));
        return driven;
    }

    /** The hypervisors of all hosts, the coordinator's first. */
    public List<Hypervisor> hypervisors() {
        Map<String, Hypervisor> known = all;
        return known.isEmpty() ? List.of(first) : List.copyOf(known.values());
    }

    /** Whether a VM's domain is on the host of that hypervisor, if it has one. */
    public boolean has(Hypervisor hypervisor, Row<VM> vm) {
        Map<String, Hypervisor> known = all;
        return known.isEmpty()
                || hypervisor.equals(known.get(vm.get(VM.RESIDENT_ON).value()));
    }

    /** The domain of a VM; one that does not exist, with a negative number, when the VM has none. */
    public VmDomain domain(Row<VM> vm) {
        Ref<Host> host = vm.get(VM.RESIDENT_ON);
        int domid = Math.toIntExact(vm.get(VM.DOMID));
        return all.isEmpty()
                ? new VmDomain(host, first, domid)
                : host.isNull() ? new VmDomain(host, first, -1) : new VmDomain(host, of(host), domid);
    }

    /** The domain of a VM; one that does not exist, with a negative number, when the VM has none. */
    public VmDomain domain(Snapshot snapshot, Ref<VM> vm) {
        return domain(snapshot.row(vm));
    }
}
