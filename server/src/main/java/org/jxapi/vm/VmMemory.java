package org.jxapi.vm;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** How much memory a VM may have, in bytes: static limits of a boot, dynamic ones while it runs. */
final class VmMemory {
    private final Store store;
    private final Hypervisor hypervisor;
    private final VmLifecycle lifecycle;

    VmMemory(Store store, Hypervisor hypervisor, VmLifecycle lifecycle) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.lifecycle = lifecycle;
    }

    static void checkOrder(long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        if (!(0 <= staticMin && staticMin <= dynamicMin && dynamicMin <= dynamicMax && dynamicMax <= staticMax)) {
            throw Errors.memoryConstraintViolation("static_min ≤ dynamic_min ≤ dynamic_max ≤ static_max");
        }
    }

    /** Null leaves a limit as it is. */
    void staticRange(Ref<VM> vm, Long min, Long max) {
        Row row = store.snapshot().row(VM.XEN_CLASS, vm);
        limits(
                vm,
                min == null ? row.get(VM.MEMORY_STATIC_MIN) : min,
                row.get(VM.MEMORY_DYNAMIC_MIN),
                row.get(VM.MEMORY_DYNAMIC_MAX),
                max == null ? row.get(VM.MEMORY_STATIC_MAX) : max);
    }

    void limits(Ref<VM> vm, long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        checkOrder(staticMin, dynamicMin, dynamicMax, staticMax);
        store.change(tx -> {
            VmRules.check(tx, vm, VmOperations.CHANGING_MEMORY_LIMITS);
            tx.set(vm, VM.MEMORY_STATIC_MIN, staticMin);
            tx.set(vm, VM.MEMORY_STATIC_MAX, staticMax);
            dynamic(tx, vm, dynamicMin, dynamicMax);
        });
    }

    private static void dynamic(Transaction tx, Ref<VM> vm, long min, long max) {
        tx.set(vm, VM.MEMORY_DYNAMIC_MIN, min);
        tx.set(vm, VM.MEMORY_DYNAMIC_MAX, max);
    }

    /** Null leaves a limit as it is; a running VM gets its new target at once. */
    void dynamicRange(Call call, Ref<VM> vm, Long newMin, Long newMax) {
        Row row = store.snapshot().row(VM.XEN_CLASS, vm);
        long min = newMin == null ? row.get(VM.MEMORY_DYNAMIC_MIN) : newMin;
        long max = newMax == null ? row.get(VM.MEMORY_DYNAMIC_MAX) : newMax;
        checkOrder(row.get(VM.MEMORY_STATIC_MIN), min, max, row.get(VM.MEMORY_STATIC_MAX));
        boolean running = row.get(VM.POWER_STATE) == VmPowerState.RUNNING;
        lifecycle.live(
                call,
                vm,
                VmOperations.CHANGING_DYNAMIC_RANGE,
                domid -> {
                    if (running) {
                        hypervisor.memory().setTarget(domid, max / 1024, false, true);
                    }
                },
                tx -> {
                    dynamic(tx, vm, min, max);
                    if (running) {
                        tx.set(vm, VM.MEMORY_TARGET, max);
                        tx.set(tx.get(vm, VM.METRICS), VMMetrics.MEMORY_ACTUAL, max);
                    }
                });
    }
}
