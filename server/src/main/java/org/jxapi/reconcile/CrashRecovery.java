package org.jxapi.reconcile;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.ForeignRules;
import org.jxapi.domain.GuestGpus;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.local.Hosts;
import org.jxapi.local.Unreachable;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmDisks;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmSuspension;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after a daemon that was killed in the middle of an operation, or whose connection to an agent was lost:
 * unfinished domains, guests that were stopped to be saved, images of guests that keep running. It restores the VM's
 * former state, or completes the operation if that is possible. Operations that run now are left alone.
 */
final class CrashRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(CrashRecovery.class);

    private final Store store;
    private final Hosts hosts;
    private final Hosts.Driven here;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final VmDomains domains;

    CrashRecovery(Store store, Hosts hosts, Hosts.Driven here, Operations operations, VmDomains domains) {
        this.store = store;
        this.hosts = hosts;
        this.here = here;
        this.hypervisor = here.hypervisor();
        this.operations = operations;
        this.domains = domains;
    }

    /** A problem of a VM's domain, and the work that ends it. */
    private record Repair(String problem, Runnable work) {}

    /** Clears up on one host. It fails as a look at the domains does. */
    void clear() {
        // The records are older than the domains: a VM that has changed since is left alone.
        Snapshot before = store.snapshot();
        Map<UUID, DomainInfo> found = hypervisor.domains().list().stream()
                .filter(domain -> domain.domid() != Hypervisor.DOM0 && !domain.dying())
                .collect(Collectors.toMap(DomainInfo::uuid, Function.identity(), (one, other) -> other));
        for (Stored<VM> stored : before.all(VM.XEN_CLASS)) {
            Row<VM> row = stored.row();
            DomainInfo domain = found.get(UUID.fromString(row.get(VM.UUID)));
            boolean elsewhere = !row.get(VM.RESIDENT_ON).isNull() && !hosts.has(hypervisor, row);
            boolean busy = !row.get(VM.CURRENT_OPERATIONS).isEmpty();
            if (row.get(VM.IS_CONTROL_DOMAIN) || ForeignRules.isForeign(row) || elsewhere || busy) {
                continue;
            }
            Repair repair = domain == null ? ofReboot(stored.ref(), row) : ofDomain(stored.ref(), row, domain);
            if (repair != null) {
                carryOut(stored.ref(), row, repair);
            }
        }
        store.change(tx -> tx.all(VM.XEN_CLASS).stream()
                .filter(stored ->
                        stored.row().get(VM.SCHEDULED_TO_BE_RESIDENT_ON).equals(here.host())
                                && stored.row().get(VM.CURRENT_OPERATIONS).isEmpty())
                .forEach(stored -> forgetPlace(tx, stored)));
    }

    /** The VM is on its way to no host. */
    private static void forgetPlace(Transaction tx, Stored<VM> vm) {
        tx.set(vm.ref(), VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
        if (vm.row().get(VM.POWER_STATE) == VmPowerState.HALTED) {
            GuestGpus.released(tx, vm.ref());
        }
    }

    private void carryOut(Ref<VM> vm, Row<VM> row, Repair repair) {
        Consumer<Transaction> check = tx -> {
            Row<VM> now = tx.row(vm);
            boolean same = now.get(VM.CURRENT_OPERATIONS).isEmpty()
                    && now.get(VM.POWER_STATE) == row.get(VM.POWER_STATE)
                    && now.get(VM.DOMID).equals(row.get(VM.DOMID))
                    && now.get(VM.RESIDENT_ON).equals(row.get(VM.RESIDENT_ON));
            if (!same) {
                throw Errors.operationNotAllowed("another operation on the VM is in progress");
            }
        };
        InternalCall call = new InternalCall("VM.hard_reboot", store);
        try (Operation operation = operations.begin(call, vm, VmOperations.HARD_REBOOT, check)) {
            LOG.warn("VM {}: {}", row.get(VM.UUID), repair.problem());
            repair.work().run();
        } catch (HypervisorException | XenApiException e) {
            if (Unreachable.is(e)) {
                throw e;
            }
            LOG.error("VM {}: recovery after a kill of the daemon failed", row.get(VM.UUID), e);
        }
    }

    /**
     * Clears up what concerns no host that is to be cleared yet.
     *
     * @param later hosts that could not be reached
     */
    static void finish(Store store, Disks disks, Set<Ref<Host>> later) {
        store.change(tx -> tx.all(VM.XEN_CLASS).stream()
                .filter(stored -> !later.contains(stored.row().get(VM.SCHEDULED_TO_BE_RESIDENT_ON)))
                .forEach(stored -> forgetPlace(tx, stored)));
        images(store, disks);
    }

    /** Of a reboot the old domain had gone already, and the new one had not come. */
    private @Nullable Repair ofReboot(Ref<VM> vm, Row<VM> row) {
        return row.get(VM.POWER_STATE) == VmPowerState.RUNNING
                        && !row.get(VM.SCHEDULED_TO_BE_RESIDENT_ON).isNull()
                ? new Repair("interrupted reboot completed", () -> rebuild(vm))
                : null;
    }

    /** Builds a domain again, without disks that others have taken meanwhile or that another VM uses. */
    private void rebuild(Ref<VM> vm) {
        domains.rebuild(vm, VmDisks.havable(store.snapshot(), vm), store::change);
    }

    private @Nullable Repair ofDomain(Ref<VM> vm, Row<VM> row, DomainInfo domain) {
        boolean live = PowerStates.withDomain().contains(row.get(VM.POWER_STATE));
        if (domain.shutdown() && domain.shutdownReason() == ShutdownReason.SUSPEND) {
            return !live || row.get(VM.SUSPEND_VDI).isNull()
                    ? new Repair(
                            "interrupted suspend cancelled, the guest continues",
                            () -> hypervisor.domains().resume(domain.domid(), true))
                    : new Repair(
                            "interrupted suspend completed", () -> domains.destroy(vm, hypervisor, row.get(VM.UUID)));
        } else if (VmDomains.arrives(row, domain)) {
            return new Repair(
                    "interrupted start completed", () -> hypervisor.domains().unpause(domain.domid()));
        } else if (domain.paused() && !live) {
            return new Repair("interrupted start undone", () -> domains.destroy(vm, hypervisor, row.get(VM.UUID)));
        } else if (domain.paused()
                && row.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && row.get(VM.DOMID) != domain.domid()) {
            return new Repair("interrupted reboot completed", () -> rebuild(vm));
        }
        return null;
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
