package org.jxapi.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMessages;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The messages of class VM. */
public final class VmService implements VMMessages<Call> {
    private static final int MAX_VBDS = 255;
    private static final int MAX_VIFS = 7;

    private final Store store;
    private final Hypervisor hypervisor;
    private final VmLifecycle lifecycle;
    private final VmCopies copies;
    private final VmMemory memory;
    private final Provision provision;

    VmService(
            Store store,
            Hypervisor hypervisor,
            VmLifecycle lifecycle,
            VmCopies copies,
            VmMemory memory,
            Provision provision) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.lifecycle = lifecycle;
        this.copies = copies;
        this.memory = memory;
        this.provision = provision;
    }

    void bind(MessageTable<Call> table) {
        VMMessages.bind(table, this);
        table.bind("VM.create", (call, args) -> create((Row) args[0]));
        table.bind("VM.destroy", (call, args) -> {
            destroy(call, Ref.of(args[0].toString()));
            return null;
        });
        table.bind("VM.set_is_a_template", (call, args) -> {
            setIsATemplate(Ref.of(args[0].toString()), (Boolean) args[1]);
            return null;
        });
    }

    private Ref<VM> create(Row given) {
        VmMemory.checkOrder(
                given.get(VM.MEMORY_STATIC_MIN),
                given.get(VM.MEMORY_DYNAMIC_MIN),
                given.get(VM.MEMORY_DYNAMIC_MAX),
                given.get(VM.MEMORY_STATIC_MAX));
        if (given.get(VM.VCPUS_AT_STARTUP) < 1 || given.get(VM.VCPUS_MAX) < given.get(VM.VCPUS_AT_STARTUP)) {
            throw Errors.invalidValue("VCPUs_at_startup", Long.toString(given.get(VM.VCPUS_AT_STARTUP)));
        }
        return store.transact(tx -> {
            Ref<VMMetrics> metrics = tx.create(VMMetrics.XEN_CLASS, Row.of(VMMetrics.XEN_CLASS));
            return tx.create(
                    VM.XEN_CLASS,
                    given.with(VM.METRICS, metrics)
                            .with(VM.DOMID, -1L)
                            .with(VM.POWER_STATE, VmPowerState.HALTED)
                            .with(VM.IS_DEFAULT_TEMPLATE, false)
                            .with(VM.IS_CONTROL_DOMAIN, false)
                            .with(VM.DOMAIN_TYPE, domainType(given)));
        });
    }

    private static DomainType domainType(Row given) {
        if (given.get(VM.DOMAIN_TYPE) != DomainType.UNSPECIFIED) {
            return given.get(VM.DOMAIN_TYPE);
        }
        return given.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM;
    }

    private void destroy(Call call, Ref<VM> vm) {
        try (Operation operation = lifecycle.begin(call, vm, VmOperations.DESTROY)) {
            operation.finish(tx -> {
                Row row = tx.row(VM.XEN_CLASS, vm);
                row.get(VM.VBDS).forEach(vbd -> tx.destroy(VBD.XEN_CLASS, vbd));
                row.get(VM.VIFS).forEach(vif -> tx.destroy(VIF.XEN_CLASS, vif));
                if (tx.find(VMMetrics.XEN_CLASS, row.get(VM.METRICS)).isPresent()) {
                    tx.destroy(VMMetrics.XEN_CLASS, row.get(VM.METRICS));
                }
                if (tx.find(VMGuestMetrics.XEN_CLASS, row.get(VM.GUEST_METRICS)).isPresent()) {
                    tx.destroy(VMGuestMetrics.XEN_CLASS, row.get(VM.GUEST_METRICS));
                }
                for (Ref<VM> child : row.get(VM.CHILDREN)) {
                    tx.set(child, VM.PARENT, row.get(VM.PARENT));
                }
                tx.destroy(VM.XEN_CLASS, vm);
            });
        }
    }

    private void setIsATemplate(Ref<VM> vm, boolean value) {
        store.change(tx -> {
            if (value) {
                VmRules.check(tx, vm, VmOperations.MAKE_INTO_TEMPLATE);
            } else if (tx.get(vm, VM.IS_DEFAULT_TEMPLATE)) {
                throw Errors.vmIsTemplate(vm.value(), "set_is_a_template");
            }
            tx.set(vm, VM.IS_A_TEMPLATE, value);
        });
    }

    @Override
    public void start(Call call, Ref<VM> vm, boolean startPaused, boolean force) {
        lifecycle.start(call, vm, startPaused, VmOperations.START);
    }

    @Override
    public void startOn(Call call, Ref<VM> vm, Ref<Host> host, boolean startPaused, boolean force) {
        lifecycle.checkHost(host);
        lifecycle.start(call, vm, startPaused, VmOperations.START_ON);
    }

    @Override
    public void pause(Call call, Ref<VM> vm) {
        lifecycle.pause(call, vm);
    }

    @Override
    public void unpause(Call call, Ref<VM> vm) {
        lifecycle.unpause(call, vm);
    }

    @Override
    public void cleanShutdown(Call call, Ref<VM> vm) {
        lifecycle.cleanShutdown(call, vm);
    }

    @Override
    public void hardShutdown(Call call, Ref<VM> vm) {
        lifecycle.hardShutdown(call, vm);
    }

    @Override
    public void shutdown(Call call, Ref<VM> vm) {
        VmRules.check(store.snapshot(), vm, VmOperations.SHUTDOWN);
        if (store.snapshot().get(vm, VM.POWER_STATE) == VmPowerState.RUNNING) {
            try {
                lifecycle.cleanShutdown(call, vm);
                return;
            } catch (org.jxapi.datamodel.XenApiException e) {
                if (e.code().equals("TASK_CANCELLED")) {
                    throw e;
                }
            }
        }
        lifecycle.hardShutdown(call, vm);
    }

    @Override
    public void cleanReboot(Call call, Ref<VM> vm) {
        lifecycle.reboot(call, vm, true);
    }

    @Override
    public void hardReboot(Call call, Ref<VM> vm) {
        lifecycle.reboot(call, vm, false);
    }

    @Override
    public void powerStateReset(Call call, Ref<VM> vm) {
        if (store.snapshot().get(vm, VM.IS_CONTROL_DOMAIN)) {
            throw Errors.operationNotAllowed("The control domain cannot be reset");
        }
        lifecycle.reset(vm);
    }

    @Override
    public void suspend(Call call, Ref<VM> vm) {
        lifecycle.suspend(call, vm);
    }

    @Override
    public void resume(Call call, Ref<VM> vm, boolean startPaused, boolean force) {
        lifecycle.resume(call, vm, startPaused, VmOperations.RESUME);
    }

    @Override
    public void resumeOn(Call call, Ref<VM> vm, Ref<Host> host, boolean startPaused, boolean force) {
        lifecycle.checkHost(host);
        lifecycle.resume(call, vm, startPaused, VmOperations.RESUME_ON);
    }

    @Override
    public Ref<VM> clone(Call call, Ref<VM> vm, String newName) {
        return copies.copy(call, vm, newName, VmOperations.CLONE, Ref.nil());
    }

    @Override
    public Ref<VM> copy(Call call, Ref<VM> vm, String newName, Ref<SR> sr) {
        return copies.copy(call, vm, newName, VmOperations.COPY, sr);
    }

    @Override
    public Ref<VM> snapshot(Call call, Ref<VM> vm, String newName, List<Ref<VDI>> ignoreVdis) {
        return copies.snapshot(call, vm, newName, ignoreVdis);
    }

    @Override
    public Ref<VM> checkpoint(Call call, Ref<VM> vm, String newName) {
        return copies.checkpoint(call, vm, newName);
    }

    @Override
    public void revert(Call call, Ref<VM> snapshot) {
        VmRules.check(store.snapshot(), snapshot, VmOperations.REVERT);
        copies.revert(call, snapshot);
    }

    @Override
    public void provision(Call call, Ref<VM> vm) {
        provision.run(call, vm);
    }

    @Override
    public void setVCPUsMax(Call call, Ref<VM> self, long value) {
        store.change(tx -> {
            VmRules.check(tx, self, VmOperations.CHANGING_VCPUS);
            if (value < tx.get(self, VM.VCPUS_AT_STARTUP)) {
                throw Errors.invalidValue("VCPUs_max", Long.toString(value));
            }
            tx.set(self, VM.VCPUS_MAX, value);
        });
    }

    @Override
    public void setVCPUsAtStartup(Call call, Ref<VM> self, long value) {
        store.change(tx -> {
            VmRules.check(tx, self, VmOperations.CHANGING_VCPUS);
            if (value < 1 || value > tx.get(self, VM.VCPUS_MAX)) {
                throw Errors.invalidValue("VCPUs_at_startup", Long.toString(value));
            }
            tx.set(self, VM.VCPUS_AT_STARTUP, value);
        });
    }

    @Override
    public void setVCPUsNumberLive(Call call, Ref<VM> self, long nvcpu) {
        if (nvcpu < 1 || nvcpu > store.snapshot().get(self, VM.VCPUS_MAX)) {
            throw Errors.invalidValue("nvcpu", Long.toString(nvcpu));
        }
        Set<Integer> online = new TreeSet<>();
        IntStream.range(0, (int) nvcpu).forEach(online::add);
        lifecycle.live(
                call,
                self,
                VmOperations.CHANGING_VCPUS_LIVE,
                domid -> hypervisor.vcpus().setOnline(domid, online),
                tx -> {
                    tx.set(self, VM.VCPUS_AT_STARTUP, nvcpu);
                    tx.set(tx.get(self, VM.METRICS), VMMetrics.VCPUS_NUMBER, nvcpu);
                });
    }

    @Override
    public long computeMemoryOverhead(Call call, Ref<VM> vm) {
        return store.snapshot().get(vm, VM.MEMORY_OVERHEAD);
    }

    @Override
    public void setMemoryDynamicMax(Call call, Ref<VM> self, long value) {
        memory.dynamicRange(call, self, null, value);
    }

    @Override
    public void setMemoryDynamicMin(Call call, Ref<VM> self, long value) {
        memory.dynamicRange(call, self, value, null);
    }

    @Override
    public void setMemoryDynamicRange(Call call, Ref<VM> self, long min, long max) {
        memory.dynamicRange(call, self, min, max);
    }

    @Override
    public void setMemoryStaticMax(Call call, Ref<VM> self, long value) {
        memory.staticRange(self, null, value);
    }

    @Override
    public void setMemoryStaticMin(Call call, Ref<VM> self, long value) {
        memory.staticRange(self, value, null);
    }

    @Override
    public void setMemoryStaticRange(Call call, Ref<VM> self, long min, long max) {
        memory.staticRange(self, min, max);
    }

    @Override
    public void setMemoryLimits(
            Call call, Ref<VM> self, long staticMin, long staticMax, long dynamicMin, long dynamicMax) {
        memory.limits(self, staticMin, dynamicMin, dynamicMax, staticMax);
    }

    @Override
    public void setMemory(Call call, Ref<VM> self, long value) {
        memory.limits(self, Math.min(value, store.snapshot().get(self, VM.MEMORY_STATIC_MIN)), value, value, value);
    }

    @Override
    public void setMemoryTargetLive(Call call, Ref<VM> self, long target) {
        memory.dynamicRange(call, self, target, target);
    }

    @Override
    public void waitMemoryTargetLive(Call call, Ref<VM> self) {
        lifecycle.live(
                call,
                self,
                VmOperations.AWAITING_MEMORY_LIVE,
                domid -> hypervisor.memory().waitForTarget(domid, 256),
                tx -> {});
    }

    @Override
    public long maximiseMemory(Call call, Ref<VM> self, long total, boolean approximate) {
        return Math.max(0, total - store.snapshot().get(self, VM.MEMORY_OVERHEAD));
    }

    @Override
    public boolean getCooperative(Call call, Ref<VM> self) {
        store.snapshot().row(VM.XEN_CLASS, self);
        return true;
    }

    @Override
    public void sendSysrq(Call call, Ref<VM> vm, String key) {
        if (key.length() != 1) {
            throw Errors.invalidValue("key", key);
        }
        lifecycle.live(
                call, vm, VmOperations.SEND_SYSRQ, d -> hypervisor.domains().sysrq(d, key.charAt(0)), tx -> {});
    }

    @Override
    public void sendTrigger(Call call, Ref<VM> vm, String trigger) {
        Trigger known;
        try {
            known = Trigger.valueOf(trigger.toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Errors.invalidValue("trigger", trigger).causedBy(e);
        }
        lifecycle.live(
                call, vm, VmOperations.SEND_TRIGGER, d -> hypervisor.domains().trigger(d, known, 0), tx -> {});
    }

    @Override
    public void assertOperationValid(Call call, Ref<VM> self, VmOperations op) {
        VmRules.check(store.snapshot(), self, op);
    }

    @Override
    public void updateAllowedOperations(Call call, Ref<VM> self) {
        store.change(tx -> tx.set(self, VM.ALLOWED_OPERATIONS, VmRules.allowed(tx, self)));
    }

    @Override
    public List<String> getAllowedVBDDevices(Call call, Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        Set<String> used = new TreeSet<>();
        snapshot.get(vm, VM.VBDS).forEach(vbd -> used.add(snapshot.get(vbd, VBD.USERDEVICE)));
        return free(used, MAX_VBDS);
    }

    @Override
    public List<String> getAllowedVIFDevices(Call call, Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        Set<String> used = new TreeSet<>();
        snapshot.get(vm, VM.VIFS).forEach(vif -> used.add(snapshot.get(vif, VIF.DEVICE)));
        return free(used, MAX_VIFS);
    }

    private static List<String> free(Set<String> used, int count) {
        return IntStream.range(0, count)
                .mapToObj(Integer::toString)
                .filter(d -> !used.contains(d))
                .toList();
    }

    @Override
    public List<Ref<Host>> getPossibleHosts(Call call, Ref<VM> vm) {
        Row row = store.snapshot().row(VM.XEN_CLASS, vm);
        List<Ref<Host>> hosts = new ArrayList<>();
        if (row.get(VM.MEMORY_STATIC_MIN) <= hypervisor.memory().free() * 1024) {
            store.snapshot()
                    .all(Host.XEN_CLASS)
                    .forEach(h -> hosts.add(Ref.of(h.ref().value())));
        }
        return hosts;
    }

    @Override
    public void assertCanBootHere(Call call, Ref<VM> self, Ref<Host> host) {
        lifecycle.checkHost(host);
        long needed = store.snapshot().get(self, VM.MEMORY_DYNAMIC_MAX);
        long free;
        try {
            free = hypervisor.memory().free() * 1024;
        } catch (HypervisorException e) {
            throw VmLifecycle.failed(e);
        }
        if (needed > free) {
            throw Errors.hostNotEnoughFreeMemory(Long.toString(needed), Long.toString(free));
        }
    }

    @Override
    public void assertAgile(Call call, Ref<VM> self) {
        Snapshot snapshot = store.snapshot();
        for (Ref<VBD> vbd : snapshot.get(self, VM.VBDS)) {
            Ref<VDI> vdi = snapshot.get(vbd, VBD.VDI);
            if (!vdi.isNull() && !snapshot.get(snapshot.get(vdi, VDI.SR), SR.SHARED)) {
                throw new org.jxapi.datamodel.XenApiException(
                        "HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED",
                        List.of(snapshot.get(vdi, VDI.SR).value()));
            }
        }
    }

    private <T> void plain(Ref<VM> vm, Field<T> field, T value) {
        store.change(tx -> tx.set(vm, field, value));
    }

    @Override
    public void setStartDelay(Call call, Ref<VM> self, long value) {
        plain(self, VM.START_DELAY, notNegative("start_delay", value));
    }

    @Override
    public void setShutdownDelay(Call call, Ref<VM> self, long value) {
        plain(self, VM.SHUTDOWN_DELAY, notNegative("shutdown_delay", value));
    }

    @Override
    public void setOrder(Call call, Ref<VM> self, long value) {
        plain(self, VM.ORDER, notNegative("order", value));
    }

    private static long notNegative(String name, long value) {
        if (value < 0) {
            throw Errors.valueNotSupported(name, Long.toString(value), "it must not be negative");
        }
        return value;
    }

    @Override
    public void setHasVendorDevice(Call call, Ref<VM> self, boolean value) {
        halted(self, tx -> tx.set(self, VM.HAS_VENDOR_DEVICE, value));
    }

    @Override
    public void setActionsAfterCrash(Call call, Ref<VM> self, OnCrashBehaviour value) {
        plain(self, VM.ACTIONS_AFTER_CRASH, value);
    }

    @Override
    public void setDomainType(Call call, Ref<VM> self, DomainType value) {
        halted(self, tx -> {
            tx.set(self, VM.DOMAIN_TYPE, value);
            tx.set(self, VM.HVM_BOOT_POLICY, value == DomainType.HVM ? "BIOS order" : "");
        });
    }

    @Override
    public void setHVMBootPolicy(Call call, Ref<VM> self, String value) {
        halted(self, tx -> {
            tx.set(self, VM.HVM_BOOT_POLICY, value);
            tx.set(self, VM.DOMAIN_TYPE, value.isEmpty() ? DomainType.PV : DomainType.HVM);
        });
    }

    private void halted(Ref<VM> vm, java.util.function.Consumer<Transaction> work) {
        store.change(tx -> {
            VmPowerState state = tx.get(vm, VM.POWER_STATE);
            if (state != VmPowerState.HALTED) {
                throw Errors.vmBadPowerState(vm.value(), "halted", state.wire().toLowerCase(java.util.Locale.ROOT));
            }
            work.accept(tx);
        });
    }

    @Override
    public void setBlockedOperations(Call call, Ref<VM> self, Map<VmOperations, String> value) {
        plain(self, VM.BLOCKED_OPERATIONS, value);
    }

    @Override
    public void addToBlockedOperations(Call call, Ref<VM> self, VmOperations key, String value) {
        add(self, VM.BLOCKED_OPERATIONS, key, value);
    }

    @Override
    public void removeFromBlockedOperations(Call call, Ref<VM> self, VmOperations key) {
        remove(self, VM.BLOCKED_OPERATIONS, key);
    }

    @Override
    public void addToOtherConfig(Call call, Ref<VM> self, String key, String value) {
        add(self, VM.OTHER_CONFIG, key, value);
    }

    @Override
    public void removeFromOtherConfig(Call call, Ref<VM> self, String key) {
        remove(self, VM.OTHER_CONFIG, key);
    }

    @Override
    public void setOtherConfig(Call call, Ref<VM> self, Map<String, String> value) {
        plain(self, VM.OTHER_CONFIG, value);
    }

    @Override
    public void addToPlatform(Call call, Ref<VM> self, String key, String value) {
        add(self, VM.PLATFORM, key, value);
    }

    @Override
    public void removeFromPlatform(Call call, Ref<VM> self, String key) {
        remove(self, VM.PLATFORM, key);
    }

    @Override
    public void setPlatform(Call call, Ref<VM> self, Map<String, String> value) {
        plain(self, VM.PLATFORM, value);
    }

    private <K> void add(Ref<VM> vm, Field<Map<K, String>> field, K key, String value) {
        store.change(tx -> {
            Map<K, String> map = new LinkedHashMap<>(tx.get(vm, field));
            if (map.putIfAbsent(key, value) != null) {
                throw Errors.mapDuplicateKey("VM", field.column(), vm.value(), String.valueOf(key));
            }
            tx.set(vm, field, map);
        });
    }

    private <K> void remove(Ref<VM> vm, Field<Map<K, String>> field, K key) {
        store.change(tx -> {
            Map<K, String> map = new LinkedHashMap<>(tx.get(vm, field));
            map.remove(key);
            tx.set(vm, field, map);
        });
    }

    @Override
    public void setIsDefaultTemplate(Call call, Ref<VM> vm, boolean value) {
        store.change(tx -> {
            if (!tx.get(vm, VM.IS_A_TEMPLATE)) {
                throw Errors.operationNotAllowed("Only a template can be a default template");
            }
            tx.set(vm, VM.IS_DEFAULT_TEMPLATE, value);
        });
    }
}
