package org.jxapi.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the guests that write to disks paused. A copy that takes time is of one moment only if nothing is written
 * meanwhile. A single copy that takes no time needs no pause, but several are of one moment only under one.
 */
final class PausedWriters {
    private static final Logger LOG = LoggerFactory.getLogger(PausedWriters.class);

    private final Store store;
    private final Hosts hosts;

    PausedWriters(Store store, Hosts hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    /** Domains that are paused until this is closed. */
    static final class Held implements AutoCloseable {
        private final List<VmDomain> domains = new ArrayList<>();

        /** Leaves the domains paused when this is closed. */
        void keep() {
            domains.clear();
        }

        @Override
        public void close() {
            domains.forEach(Held::unpause);
        }

        /** A guest that has been ended meanwhile needs no more. */
        private static void unpause(VmDomain domain) {
            try {
                domain.hypervisor().domains().unpause(domain.domid());
            } catch (HypervisorException e) {
                if (exists(domain)) {
                    LOG.error("Domain {}: stays paused after a copy of its disk", domain.domid(), e);
                }
            }
        }
    }

    private Optional<VmDomain> writer(Snapshot snapshot, Ref<VBD> vbd) {
        Row<VBD> row = snapshot.row(vbd);
        Row<VM> vm = snapshot.row(row.get(VBD.VM));
        boolean writes = row.get(VBD.CURRENTLY_ATTACHED)
                && row.get(VBD.MODE) == VbdMode.RW
                && vm.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && vm.get(VM.DOMID) > 0;
        return writes ? Optional.of(hosts.domain(vm)) : Optional.empty();
    }

    /** Whether there was a guest to be paused: one that has just been ended writes no more. */
    private static boolean pause(VmDomain domain) {
        try {
            domain.hypervisor().domains().pause(domain.domid());
            return true;
        } catch (HypervisorException e) {
            if (exists(domain)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean exists(VmDomain domain) {
        try {
            return !domain.hypervisor().domains().info(domain.domid()).dying();
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** Pauses the running domains that one of the disks is attached to for writing. */
    Held of(Collection<Ref<VDI>> vdis) {
        Snapshot snapshot = store.snapshot();
        Set<VmDomain> writers = new LinkedHashSet<>();
        for (Ref<VDI> vdi : vdis) {
            snapshot.get(vdi, VDI.VBDS).forEach(vbd -> writer(snapshot, vbd).ifPresent(writers::add));
        }
        Held held = new Held();
        try {
            for (VmDomain domain : writers) {
                if (pause(domain)) {
                    held.domains.add(domain);
                }
            }
            return held;
        } catch (HypervisorException e) {
            held.close();
            throw Errors.internalError("xenopsd error: " + e.getMessage()).causedBy(e);
        }
    }
}
