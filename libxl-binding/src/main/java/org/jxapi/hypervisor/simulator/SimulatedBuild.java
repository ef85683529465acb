package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.Xenstore;

/** Builds simulated domains, and refuses those that libxl refuses. */
record SimulatedBuild(SimulatorState state) {
    /**
     * @param bootId identifies the boot of the guest
     * @param operation the operation whose faults count
     * @return the domain's number
     */
    int build(DomainConfig config, String bootId, String operation) {
        Optional<HypervisorException> midway =
                state.faults.begin(operation, config.cInfo().uuid());
        config.disks().forEach(SimulatedDevices::checkDisk);
        synchronized (state) {
            requireNew(config);
            SimulatedDomain domain = new SimulatedDomain(state.newDomid(), numbered(config), bootId);
            if (domain.currentKib > state.freeKib()) {
                throw new HypervisorException(
                        LibxlError.NOMEM,
                        "not enough memory: " + domain.currentKib + " KiB wanted, " + state.freeKib() + " KiB free");
            }
            if (midway.isPresent()) {
                throw midway.get();
            }
            state.domains.put(domain.domid, domain);
            state.save(domain);
            DomainDirectory.write(state.xenstore, domain);
            state.xenstore.fire(Xenstore.INTRODUCE_DOMAIN);
            return domain.domid;
        }
    }

    private void requireNew(DomainConfig config) {
        for (SimulatedDomain other : state.domains.values()) {
            if (other.uuid().equals(config.cInfo().uuid())) {
                throw new HypervisorException(LibxlError.INVAL, "domain " + other.domid + " has this UUID already");
            } else if (other.config.cInfo().name().equals(config.cInfo().name())) {
                throw new HypervisorException(LibxlError.FAIL, "domain " + other.domid + " has this name already");
            }
        }
    }

    /** Numbers the nics that have no number yet. */
    private static DomainConfig numbered(DomainConfig config) {
        List<NicConfig> nics = new ArrayList<>(config.nics());
        for (int i = 0; i < nics.size(); i++) {
            nics.set(i, SimulatedDevices.numbered(nics.get(i), nics));
        }
        return config.toBuilder().nics(nics).build();
    }
}
