package org.jxapi.reconcile;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.CurrentDomain;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.local.ThisPool;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmDisks;
import org.jxapi.vm.VmDomains;
import org.jxapi.xenapi.Crashdump;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.OnSoftrebootBehavior;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the VM's actions_after when its guest powers itself off, reboots or crashes. */
public final class GuestShutdownHandler {
    private static final Logger LOG = LoggerFactory.getLogger(GuestShutdownHandler.class);
    /** Space for the tables of a dump, in addition to the memory. */
    private static final long DUMP_TABLES = 64L << 20;

    private enum Action {
        HALT,
        RESTART,
        PRESERVE,
        SOFT_RESET
    }

    private final Store store;
    private final Operations operations;
    private final Disks disks;
    private final VmDomains domains;
    private final PowerStates states;
    private final Alerts alerts;
    private final Executor workers;
    private final Set<Ref<VM>> underWay = ConcurrentHashMap.newKeySet();

    public GuestShutdownHandler(
            Store store,
            Operations operations,
            Disks disks,
            VmDomains domains,
            PowerStates states,
            Alerts alerts,
            Executor workers) {
        this.store = store;
        this.operations = operations;
        this.disks = disks;
        this.domains = domains;
        this.states = states;
        this.alerts = alerts;
        this.workers = workers;
    }

    /** The VM's domain has shut down by itself and waits; acts on it, once, on another thread. */
    void ended(Ref<VM> vm, VmDomain domain, ShutdownReason reason) {
        Row<VM> row = store.snapshot().row(vm);
        Action action = action(row, reason);
        boolean preserved = action == Action.PRESERVE && row.get(VM.POWER_STATE) == VmPowerState.PAUSED;
        if (!preserved && underWay.add(vm)) {
            workers.execute(() -> {
                try {
                    LOG.info("VM {}: its guest ended by {}; action: {}", row.get(VM.UUID), reason, action);
                    act(vm, domain, reason, action);
                } catch (RuntimeException | Error e) {
                    LOG.error("VM {}: its guest ended by {}, and the action failed", row.get(VM.UUID), reason, e);
                } finally {
                    underWay.remove(vm);
                }
            });
        }
    }

    private void act(Ref<VM> vm, VmDomain domain, ShutdownReason reason, Action action) {
        VmOperations as = action == Action.HALT ? VmOperations.HARD_SHUTDOWN : VmOperations.HARD_REBOOT;
        // No rule of the VM forbids this: it has happened already.
        Claim claim = Claim.of(vm, as, tx -> {
            if (!tx.get(vm, VM.CURRENT_OPERATIONS).isEmpty() || !CurrentDomain.is(tx, vm, domain)) {
                throw Errors.operationNotAllowed("another operation on the VM is in progress");
            }
        });
        boolean again = action == Action.RESTART || action == Action.SOFT_RESET;
        VmDisks vmDisks = VmDisks.free(vm);
        List<Claim> all = again ? List.of(claim, vmDisks) : List.of(claim);
        try (Operation operation = operations.begin(new InternalCall("VM.shutdown", store), all)) {
            if (dumps(store.snapshot().row(vm), reason)) {
                dump(vm, domain);
            }
            tell(vm, reason, action);
            switch (action) {
                case PRESERVE -> operation.finish(tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.PAUSED));
                case RESTART -> domains.rebuild(vm, vmDisks.taken(), operation::finish);
                case SOFT_RESET -> domains.softReset(vm, domain, vmDisks.taken(), operation::finish);
                case HALT -> {
                    domains.destroy(vm);
                    operation.finish(tx -> states.halted(tx, vm));
                }
            }
        }
    }

    private void tell(Ref<VM> vm, ShutdownReason reason, Action action) {
        if (reason == ShutdownReason.CRASH || reason == ShutdownReason.WATCHDOG) {
            alerts.write(vm, Alert.VM_CRASHED, "crashed");
        } else if (action == Action.HALT) {
            alerts.write(vm, Alert.VM_SHUTDOWN, "shutdown internally");
        } else {
            alerts.write(vm, Alert.VM_REBOOTED, "rebooted internally");
        }
    }

    private static Action action(Row<VM> vm, ShutdownReason reason) {
        return switch (reason) {
            case REBOOT -> normal(vm.get(VM.ACTIONS_AFTER_REBOOT));
            case CRASH, WATCHDOG ->
                switch (vm.get(VM.ACTIONS_AFTER_CRASH)) {
                    case DESTROY, COREDUMP_AND_DESTROY -> Action.HALT;
                    case RESTART, COREDUMP_AND_RESTART, RENAME_RESTART -> Action.RESTART;
                    case PRESERVE -> Action.PRESERVE;
                };
            case SOFT_RESET -> {
                OnSoftrebootBehavior wanted = vm.get(VM.ACTIONS_AFTER_SOFTREBOOT);
                yield switch (wanted) {
                    case SOFT_REBOOT -> Action.SOFT_RESET;
                    case DESTROY -> Action.HALT;
                    case RESTART -> Action.RESTART;
                    case PRESERVE -> Action.PRESERVE;
                };
            }
            default -> normal(vm.get(VM.ACTIONS_AFTER_SHUTDOWN));
        };
    }

    private static Action normal(OnNormalExit wanted) {
        return wanted == OnNormalExit.RESTART ? Action.RESTART : Action.HALT;
    }

    private static boolean dumps(Row<VM> vm, ShutdownReason reason) {
        OnCrashBehaviour wanted = vm.get(VM.ACTIONS_AFTER_CRASH);
        return (reason == ShutdownReason.CRASH || reason == ShutdownReason.WATCHDOG)
                && (wanted == OnCrashBehaviour.COREDUMP_AND_DESTROY || wanted == OnCrashBehaviour.COREDUMP_AND_RESTART);
    }

    /** Writes the guest's memory to a disk of the pool's crash dump SR; a dump that fails does not stop the rest. */
    private void dump(Ref<VM> vm, VmDomain domain) {
        Ref<VDI> image = Ref.nil();
        try {
            Snapshot now = store.snapshot();
            Ref<SR> sr = ThisPool.row(now).get(Pool.CRASH_DUMP_SR);
            long bytes = now.get(vm, VM.MEMORY_STATIC_MAX) + DUMP_TABLES;
            image = disks.create(sr, "Crash dump of " + now.get(vm, VM.NAME_LABEL), bytes, VdiType.CRASHDUMP);
            domain.hypervisor().domains().coreDump(domain.domid(), disks.file(store.snapshot(), image, domain.host()));
            Ref<VDI> vdi = image;
            store.change(tx ->
                    tx.create(Row.of(Crashdump.XEN_CLASS).with(Crashdump.VM, vm).with(Crashdump.VDI, vdi)));
        } catch (HypervisorException | XenApiException e) {
            LOG.error("Domain {}: dump after a crash failed", domain.domid(), e);
            disks.destroyIfThere(image);
        }
    }
}
