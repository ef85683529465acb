package org.jxapi.vm;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Waiting;
import org.jxapi.domain.DomainWait;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.guest.GuestNodes;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.VmDomain;
import org.jxapi.memory.Balloons;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** How much memory a VM may have, in bytes: static limits of a boot, dynamic ones while it runs. */
public final class VmMemory {
    /** How long a guest may take to reach its target, and how near it must come; XAPI's values. */
    private static final long WAIT_SECONDS = 256;

    private static final long TOLERANCE_KIB = 1024;
    private static final long LOOK_MS = 500;

    private final Store store;
    private final Hosts hosts;
    private final VmClaims claims;
    private final PerHost<MemoryReclaim> reclaim;
    private final Consumer<Hypervisor> whenChanged;

    /**
     * @param whenChanged gets the hypervisor of a running guest whose limits have changed
     */
    public VmMemory(
            Store store,
            Hosts hosts,
            VmClaims claims,
            PerHost<MemoryReclaim> reclaim,
            Consumer<Hypervisor> whenChanged) {
        this.store = store;
        this.hosts = hosts;
        this.claims = claims;
        this.reclaim = reclaim;
        this.whenChanged = whenChanged;
    }

    /** The order that limits must have; where memory cannot be taken away while the VM runs, all are the same. */
    static void check(Snapshot snapshot, Row<VM> vm, long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        if (vm.get(VM.IS_CONTROL_DOMAIN)) {
            checkPinned(staticMin, dynamicMin, dynamicMax, staticMax, "control domain");
        } else if (VmConstraints.nestedVirt(snapshot, vm)) {
            checkPinned(staticMin, dynamicMin, dynamicMax, staticMax, "nested virt");
        } else if (!(0 <= staticMin
                && staticMin <= dynamicMin
                && dynamicMin <= dynamicMax
                && dynamicMax <= staticMax)) {
            throw Errors.memoryConstraintViolationOrder();
        }
    }

    static void checkPinned(long staticMin, long dynamicMin, long dynamicMax, long staticMax, String reason) {
        if (!(0 <= staticMin && staticMin <= dynamicMin && dynamicMin == dynamicMax && dynamicMax == staticMax)) {
            throw Errors.memoryConstraintViolationMaxpin(reason);
        }
    }

    /** Null leaves a limit as it is. */
    void staticRange(Call call, Ref<VM> vm, @Nullable Long newMin, @Nullable Long newMax) {
        set(call, vm, VmOperations.CHANGING_STATIC_RANGE, (tx, row) -> {
            long min = newMin == null ? row.get(VM.MEMORY_STATIC_MIN) : newMin;
            long max = newMax == null ? row.get(VM.MEMORY_STATIC_MAX) : newMax;
            check(tx, row, min, row.get(VM.MEMORY_DYNAMIC_MIN), row.get(VM.MEMORY_DYNAMIC_MAX), max);
            tx.set(vm, VM.MEMORY_STATIC_MIN, min);
            tx.set(vm, VM.MEMORY_STATIC_MAX, max);
        });
    }

    void limits(Call call, Ref<VM> vm, long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        set(call, vm, VmOperations.CHANGING_MEMORY_LIMITS, (tx, row) -> {
            check(tx, row, staticMin, dynamicMin, dynamicMax, staticMax);
            all(tx, vm, staticMin, dynamicMin, dynamicMax, staticMax);
        });
    }

    /** One value for all limits but the lowest. */
    void all(Call call, Ref<VM> vm, long value) {
        set(call, vm, VmOperations.CHANGING_MEMORY_LIMITS, (tx, row) -> {
            check(tx, row, row.get(VM.MEMORY_STATIC_MIN), value, value, value);
            all(tx, vm, row.get(VM.MEMORY_STATIC_MIN), value, value, value);
        });
    }

    private static void all(
            Transaction tx, Ref<VM> vm, long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        tx.set(vm, VM.MEMORY_STATIC_MIN, staticMin);
        tx.set(vm, VM.MEMORY_STATIC_MAX, staticMax);
        tx.set(vm, VM.MEMORY_DYNAMIC_MIN, dynamicMin);
        tx.set(vm, VM.MEMORY_DYNAMIC_MAX, dynamicMax);
        tx.set(vm, VM.MEMORY_TARGET, dynamicMin);
    }

    private interface Change {
        void make(Transaction tx, Row<VM> vm);
    }

    /** The control domain keeps what it has until the next boot. */
    private void set(Call call, Ref<VM> vm, VmOperations what, Change change) {
        try (Operation operation = claims.begin(call, vm, what)) {
            operation.finish(tx -> {
                Row<VM> row = tx.row(vm);
                change.make(tx, row);
                if (row.get(VM.IS_CONTROL_DOMAIN) && row.get(VM.POWER_STATE) == VmPowerState.RUNNING) {
                    tx.set(vm, VM.REQUIRES_REBOOT, true);
                }
            });
        }
    }

    /** Null leaves a limit as it is; a running VM gets its new target at once: as much as the limits and the host allow. */
    public void dynamicRange(Call call, Ref<VM> vm, @Nullable Long newMin, @Nullable Long newMax) {
        Hypervisor where;
        try (Operation operation = claims.begin(call, vm, VmOperations.CHANGING_DYNAMIC_RANGE)) {
            Snapshot snapshot = store.snapshot();
            Row<VM> row = snapshot.row(vm);
            where = hosts.domain(row).hypervisor();
            long min = newMin == null ? row.get(VM.MEMORY_DYNAMIC_MIN) : newMin;
            long max = newMax == null ? row.get(VM.MEMORY_DYNAMIC_MAX) : newMax;
            check(snapshot, row, row.get(VM.MEMORY_STATIC_MIN), min, max, row.get(VM.MEMORY_STATIC_MAX));
            boolean running = row.get(VM.POWER_STATE) == VmPowerState.RUNNING;
            long target = running ? balloon(snapshot, row, min, max) : min;
            operation.finish(tx -> {
                tx.set(vm, VM.MEMORY_DYNAMIC_MIN, min);
                tx.set(vm, VM.MEMORY_DYNAMIC_MAX, max);
                tx.set(vm, VM.MEMORY_TARGET, target);
                if (running) {
                    tx.set(tx.get(vm, VM.METRICS), VMMetrics.MEMORY_ACTUAL, target);
                }
            });
        }
        whenChanged.accept(where);
    }

    /** Gives the domain its new target and returns it. */
    private long balloon(Snapshot snapshot, Row<VM> vm, long min, long max) {
        Ref<Host> host = vm.get(VM.RESIDENT_ON);
        long more = min - vm.get(VM.MEMORY_DYNAMIC_MIN);
        long available = HostFreeMemory.available(snapshot, host, Ref.nil());
        if (more > available) {
            // XAPI gives KiB here, unlike everywhere else.
            throw Errors.hostNotEnoughFreeMemory(Long.toString(more / 1024), Long.toString(available / 1024));
        }
        VmDomain domain = hosts.domain(vm);
        Hypervisor hypervisor = domain.hypervisor();
        int domid = domain.domid();
        try {
            long has = hypervisor.domains().info(domid).currentMemkb() * 1024;
            long target = Math.max(
                    min, Math.min(max, has + Math.max(0, reclaim.of(hypervisor).unclaimed()) * 1024));
            new GuestNodes(hypervisor).memoryRange(domid, min, max);
            hypervisor.memory().setTarget(domid, target / 1024, false, true);
            return target;
        } catch (HypervisorException e) {
            throw HypervisorErrors.internal(e);
        }
    }

    /** A target is what the limits make it: setting it alone does nothing, as in XAPI. */
    void targetLive(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.CHANGING_MEMORY_LIVE)) {
            operation.finish(tx -> {});
        }
    }

    /** Returns when the domain has about what it is asked to have. */
    void awaitTarget(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.AWAITING_MEMORY_LIVE);
                Call.Cancellable cancellable = call.cancellable();
                Waiting waiting = new Waiting(DomainWait.GRACE)) {
            VmDomain domain = hosts.domain(store.snapshot(), vm);
            Hypervisor hypervisor = domain.hypervisor();
            int domid = domain.domid();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
            long has = 0;
            while (domid != Hypervisor.DOM0) {
                has = hypervisor.domains().info(domid).currentMemkb();
                if (Math.abs(has - Balloons.targetKib(hypervisor, domid)) <= TOLERANCE_KIB) {
                    break;
                }
                call.throwIfCancelled();
                if (System.nanoTime() > end) {
                    throw Errors.vmMemoryTargetWaitTimeout(call.task().value());
                }
                waiting.goOn();
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            }
            long actual = has * 1024;
            operation.finish(tx -> {
                if (actual > 0) {
                    tx.set(tx.get(vm, VM.METRICS), VMMetrics.MEMORY_ACTUAL, actual);
                }
            });
        } catch (HypervisorException e) {
            throw HypervisorErrors.internal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.taskCancelled(call.task().value()).causedBy(e);
        }
    }
}
