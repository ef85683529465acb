package org.jxapi.reconcile;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.ForeignRules;
import org.jxapi.domain.GuestGpus;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.local.Hosts;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmDisks;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmSuspension;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after a daemon that was killed in the middle of an operation: unfinished domains, guests that were stopped
 * to be saved, images of guests that keep running. It restores the VM's former state, or completes the operation if
 * that is possible.
 */
final class CrashRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(CrashRecovery.class);

    private final Store store;
    private final Hosts hosts;
    private final Hypervisor hypervisor;
    private final VmDomains domains;

    CrashRecovery(Store store, Hosts hosts, Hypervisor hypervisor, VmDomains domains) {
        this.store = store;
        this.hosts = hosts;
        this.hypervisor = hypervisor;
        this.domains = domains;
    }

    /** Clears up on one host. */
    void clear() {
        Map<UUID, DomainInfo> found = hypervisor.domains().list().stream()
                .filter(domain -> domain.domid() != Hypervisor.DOM0 && !domain.dying())
                .collect(Collectors.toMap(DomainInfo::uuid, Function.identity(), (one, other) -> other));
        for (Stored<VM> stored : store.snapshot().all(VM.XEN_CLASS)) {
            Row<VM> row = stored.row();
            DomainInfo domain = found.get(UUID.fromString(row.get(VM.UUID)));
            boolean elsewhere = !row.get(VM.RESIDENT_ON).isNull() && !hosts.has(hypervisor, row);
            if (row.get(VM.IS_CONTROL_DOMAIN) || ForeignRules.isForeign(row) || elsewhere) {
                continue;
            }
            try {
                if (domain == null) {
                    finishReboot(stored.ref(), row);
                } else {
                    clear(stored.ref(), row, domain);
                }
            } catch (HypervisorException | XenApiException e) {
                LOG.error("VM {}: recovery after a kill of the daemon failed", row.get(VM.UUID), e);
            }
        }
    }

    /** Clears up what concerns all hosts, once each is clear. */
    static void finish(Store store, Disks disks) {
        store.change(tx -> tx.all(VM.XEN_CLASS).forEach(stored -> {
            tx.set(stored.ref(), VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
            if (stored.row().get(VM.POWER_STATE) == VmPowerState.HALTED) {
                GuestGpus.released(tx, stored.ref());
            }
        }));
        images(store, disks);
    }

    /** Of a reboot the old domain had gone already, and the new one had not come. */
    private void finishReboot(Ref<VM> vm, Row<VM> row) {
        if (row.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && !row.get(VM.SCHEDULED_TO_BE_RESIDENT_ON).isNull()) {
            LOG.warn("VM {}: interrupted reboot completed", row.get(VM.UUID));
            rebuild(vm);
        }
    }

    /** Builds a domain again, without disks that others have taken meanwhile or that another VM uses. */
    private void rebuild(Ref<VM> vm) {
        domains.rebuild(vm, VmDisks.havable(store.snapshot(), vm), store::change);
    }

    private void clear(Ref<VM> vm, Row<VM> row, DomainInfo domain) {
        boolean live = PowerStates.withDomain().contains(row.get(VM.POWER_STATE));
        if (domain.shutdown() && domain.shutdownReason() == ShutdownReason.SUSPEND) {
            if (!live || row.get(VM.SUSPEND_VDI).isNull()) {
                LOG.warn("VM {}: interrupted suspend cancelled, the guest continues", row.get(VM.UUID));
                hypervisor.domains().resume(domain.domid(), true);
            } else {
                LOG.warn("VM {}: interrupted suspend completed", row.get(VM.UUID));
                domains.destroy(vm, hypervisor, row.get(VM.UUID));
            }
        } else if (VmDomains.arrives(row, domain)) {
            LOG.warn("VM {}: interrupted start completed", row.get(VM.UUID));
            hypervisor.domains().unpause(domain.domid());
        } else if (domain.paused() && !live) {
            LOG.warn("VM {}: interrupted start undone", row.get(VM.UUID));
            domains.destroy(vm, hypervisor, row.get(VM.UUID));
        } else if (domain.paused()
                && row.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && row.get(VM.DOMID) != domain.domid()) {
            LOG.warn("VM {}: interrupted reboot completed", row.get(VM.UUID));
            rebuild(vm);
        }
    }

    /** Removes saved memory that no VM goes back to. */
    private static void images(Store store, Disks disks) {
        Snapshot now = store.snapshot();
        Set<Ref<VDI>> used = new HashSet<>();
        now.all(VM.XEN_CLASS).forEach(stored -> used.add(stored.row().get(VM.SUSPEND_VDI)));
        List<Stored<VDI>> unused = now.all(VDI.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(VDI.TYPE) == VdiType.SUSPEND
                        && stored.row().get(VDI.NAME_LABEL).equals(VmSuspension.IMAGE)
                        && stored.row().get(VDI.VBDS).isEmpty()
                        && !used.contains(stored.ref()))
                .toList();
        for (Stored<VDI> image : unused) {
            try {
                disks.destroyIfThere(image.ref());
            } catch (XenApiException e) {
                LOG.warn("Suspend image: unused, but cannot be removed: {}", e.getMessage());
            }
        }
    }
}
