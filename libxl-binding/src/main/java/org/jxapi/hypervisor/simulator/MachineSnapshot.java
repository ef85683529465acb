package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.Xenstore;

/** The simulated machine at one moment. Numbers of domains are not given again when an earlier moment returns. */
public final class MachineSnapshot {
    private final Map<Integer, SimulatedDomain.Saved> domains;
    private final Set<String> unplugged;
    private final List<SimulatedUsbDevice> usb;
    private final long domainZeroKib;

    private MachineSnapshot(
            Map<Integer, SimulatedDomain.Saved> domains,
            Set<String> unplugged,
            List<SimulatedUsbDevice> usb,
            long domainZeroKib) {
        this.domains = domains;
        this.unplugged = unplugged;
        this.usb = usb;
        this.domainZeroKib = domainZeroKib;
    }

    static MachineSnapshot of(SimulatorState state) {
        synchronized (state) {
            Map<Integer, SimulatedDomain.Saved> domains = new TreeMap<>();
            for (SimulatedDomain domain : state.domains.values()) {
                domains.put(domain.domid, domain.saved(state.xenstore.nodes(Xenstore.domainPath(domain.domid))));
            }
            return new MachineSnapshot(domains, Set.copyOf(state.unplugged), state.usb.all(), state.domainZeroKib);
        }
    }

    /** The number of domains. */
    public int size() {
        return domains.size();
    }

    /** Returns the domains that have ended, or have another guest's state now. */
    List<Integer> restore(SimulatorState state) {
        state.faults.clear();
        List<Integer> changed = new ArrayList<>();
        synchronized (state) {
            state.unplugged.clear();
            state.unplugged.addAll(unplugged);
            state.usb.become(usb);
            for (SimulatedDomain domain : new ArrayList<>(state.domains.values())) {
                if (!domains.containsKey(domain.domid)) {
                    state.remove(domain);
                    changed.add(domain.domid);
                    state.tell(new HypervisorEvent.DomainDeath(domain.domid, domain.uuid()));
                }
            }
            for (SimulatedDomain.Saved saved : domains.values()) {
                SimulatedDomain now = state.domains.get(saved.domid());
                Map<String, SimulatedXenstore.Node> home = state.xenstore.nodes(Xenstore.domainPath(saved.domid()));
                if (now == null || !now.isAs(saved, home)) {
                    state.replace(saved);
                    changed.add(saved.domid());
                }
            }
            state.domainZeroKib = domainZeroKib;
            // A guest that was booting then boots again.
            for (Integer domid : changed) {
                SimulatedDomain domain = state.domains.get(domid);
                if (domain != null && domain.runs() && !Guest.talked(state, domid)) {
                    Guest.boot(state, domain);
                }
            }
        }
        new HashSet<>(changed).forEach(domid -> state.xenstore.fire(Xenstore.domainPath(domid)));
        state.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        return changed;
    }
}
