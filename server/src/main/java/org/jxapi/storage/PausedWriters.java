package org.jxapi.storage;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
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
 * Keeps the guests that write to a disk paused while its file is copied. A copy that takes time is of one moment only if
 * nothing is written meanwhile; copies that share blocks take no time and need no pause.
 */
final class PausedWriters {
    private static final Logger LOG = LoggerFactory.getLogger(PausedWriters.class);

    private final Store store;
    private final Hypervisor hypervisor;

    PausedWriters(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
    }

    /** Domains that are paused until this is closed. */
    final class Held implements AutoCloseable {
        private final List<Integer> domids = new ArrayList<>();

        @Override
        public void close() {
            domids.forEach(this::unpause);
        }

        /** A guest that has been ended meanwhile needs no more. */
        private void unpause(int domid) {
            try {
                hypervisor.domains().unpause(domid);
            } catch (HypervisorException e) {
                if (exists(domid)) {
                    LOG.error("Domain {}: stays paused after a copy of its disk", domid, e);
                }
            }
        }
    }

    /** Whether there was a guest to be paused: one that has just been ended writes no more. */
    private boolean pause(int domid) {
        try {
            hypervisor.domains().pause(domid);
            return true;
        } catch (HypervisorException e) {
            if (exists(domid)) {
                throw e;
            }
            return false;
        }
    }

    private boolean exists(int domid) {
        try {
            return !hypervisor.domains().info(domid).dying();
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** Pauses the domains that the disk is attached to for writing and that run. */
    Held of(Ref<VDI> vdi) {
        Snapshot snapshot = store.snapshot();
        Held held = new Held();
        try {
            for (Ref<VBD> vbd : snapshot.get(vdi, VDI.VBDS)) {
                Row<VBD> row = snapshot.row(vbd);
                Row<VM> vm = snapshot.row(row.get(VBD.VM));
                if (row.get(VBD.CURRENTLY_ATTACHED)
                        && row.get(VBD.MODE) == VbdMode.RW
                        && vm.get(VM.POWER_STATE) == VmPowerState.RUNNING
                        && vm.get(VM.DOMID) > 0) {
                    int domid = Math.toIntExact(vm.get(VM.DOMID));
                    if (pause(domid)) {
                        held.domids.add(domid);
                    }
                }
            }
            return held;
        } catch (HypervisorException e) {
            held.close();
            throw Errors.internalError("xenopsd error: " + e.getMessage()).causedBy(e);
        }
    }
}
