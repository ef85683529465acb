package org.jxapi.storage;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the moves of running disks that a killed daemon has left. A guest was paused before its QEMU went to the new image,
 * and would have run on only after the records had followed. So a guest that is still there decides by the image that its
 * QEMU uses, and without it the old disk is complete.
 */
final class MoveRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(MoveRecovery.class);

    private final Store store;
    private final Drivers drivers;
    private final Hosts hosts;

    MoveRecovery(Store store, Drivers drivers, Hosts hosts) {
        this.store = store;
        this.drivers = drivers;
        this.hosts = hosts;
    }

    void run() {
        Snapshot now = store.snapshot();
        Set<VmDomain> paused = new HashSet<>();
        Set<VmDomain> open = new HashSet<>();
        for (Stored<VDI> stored : now.all(VDI.XEN_CLASS)) {
            if (!stored.row().get(VDI.SM_CONFIG).containsKey(DiskSwap.MOVES_TO)) {
                continue;
            }
            Stored<VDI> fresh = DiskSwap.fresh(now, stored.row()).orElse(null);
            if (fresh == null) {
                store.change(tx -> DiskSwap.unmark(tx, stored.ref()));
            } else {
                Optional<VmDomain> guest = Optional.empty();
                try {
                    guest = guest(now, stored.row());
                    guest.ifPresent(paused::add);
                    end(now, stored, fresh, guest);
                } catch (XenApiException | HypervisorException | IOException e) {
                    guest.ifPresent(open::add);
                    LOG.error(
                            "VDI {}: its move has not ended, restart jxapid",
                            stored.row().get(VDI.UUID),
                            e);
                }
            }
        }
        paused.removeAll(open);
        paused.forEach(MoveRecovery::unpause);
        for (Stored<VM> vm : now.all(VM.XEN_CLASS)) {
            try {
                VmDomain domain = hosts.domain(vm.row());
                if (domain.domid() > Hypervisor.DOM0 && !open.contains(domain)) {
                    endMirrors(domain);
                }
            } catch (XenApiException e) {
                LOG.debug("VM {}: its host cannot be reached", vm.row().get(VM.UUID), e);
            }
        }
    }

    /** The domain that has the disk. */
    private Optional<VmDomain> guest(Snapshot snapshot, Row<VDI> vdi) {
        for (Ref<VBD> vbd : vdi.get(VDI.VBDS)) {
            Row<VM> vm = snapshot.row(snapshot.get(vbd, VBD.VM));
            VmDomain domain = hosts.domain(vm);
            if (snapshot.get(vbd, VBD.CURRENTLY_ATTACHED) && domain.domid() > Hypervisor.DOM0 && isThere(domain, vm)) {
                return Optional.of(domain);
            }
        }
        return Optional.empty();
    }

    private static boolean isThere(VmDomain domain, Row<VM> vm) {
        try {
            DomainInfo info = domain.hypervisor().domains().info(domain.domid());
            return !info.dying() && info.uuid().equals(UUID.fromString(vm.get(VM.UUID)));
        } catch (HypervisorException e) {
            return false;
        }
    }

    private void end(Snapshot now, Stored<VDI> old, Stored<VDI> fresh, Optional<VmDomain> guest) throws IOException {
        AttachedSr from = at(now, old.row(), guest);
        AttachedSr to = at(now, fresh.row(), guest);
        String location = fresh.row().get(VDI.LOCATION);
        boolean moved = guest.isPresent()
                && guest.get()
                        .hypervisor()
                        .diskImages()
                        .pivot(guest.get().domid(), to.repository().path(location));
        AttachedSr unused = moved ? from : to;
        String unusedLocation = moved ? old.row().get(VDI.LOCATION) : location;
        unused.repository().begin(unusedLocation);
        store.change(tx -> {
            if (moved) {
                DiskSwap.finish(tx, old.ref(), fresh.ref());
            } else {
                DiskSwap.undo(tx, old.ref(), fresh.ref());
            }
        });
        unused.repository().discard(unusedLocation);
        LOG.info(
                "VDI {}: {}",
                old.row().get(VDI.UUID),
                moved ? "has moved, as VDI " + fresh.row().get(VDI.UUID) : "has not moved");
    }

    /** The repository of a disk, as the host of the guest reaches it. */
    private AttachedSr at(Snapshot now, Row<VDI> disk, Optional<VmDomain> guest) {
        Ref<SR> sr = disk.get(VDI.SR);
        return guest.map(domain -> drivers.attachedAt(now, sr, domain.host()))
                .orElseGet(() -> drivers.attached(now, sr));
    }

    private static void unpause(VmDomain domain) {
        try {
            domain.hypervisor().domains().unpause(domain.domid());
        } catch (HypervisorException e) {
            LOG.error("Domain {}: stays paused after the move of its disk", domain.domid(), e);
        }
    }

    private static void endMirrors(VmDomain domain) {
        try {
            domain.hypervisor().diskImages().endMirrors(domain.domid());
        } catch (HypervisorException e) {
            LOG.warn("Domain {}: its QEMU does not say whether it mirrors disks: {}", domain.domid(), e.getMessage());
        }
    }
}
