package org.jxapi.vm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.WorkerPool;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VMApplianceMessages;
import org.jxapi.xenapi.VmApplianceOperation;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of class VM_appliance: VMs that start and stop together, those of one {@code order} at a time. */
public final class VmApplianceService implements VMApplianceMessages<Call>, Derivation {
    private static final Logger LOG = LoggerFactory.getLogger(VmApplianceService.class);
    /** How many VMs of the same order are started or stopped at once. */
    private static final int AT_ONCE = 4;

    private final Store store;
    private final Operations operations;
    private final VmLifecycle lifecycle;
    private final VmRecovery recovery;

    public VmApplianceService(Store store, Operations operations, VmLifecycle lifecycle, VmRecovery recovery) {
        this.store = store;
        this.operations = operations;
        this.lifecycle = lifecycle;
        this.recovery = recovery;
    }

    public void bind(MessageTable<Call> table) {
        VMApplianceMessages.bind(table, this);
    }

    @Override
    public void start(Call call, Ref<VMAppliance> self, boolean paused) {
        perform(
                call,
                self,
                VmApplianceOperation.START,
                paused ? VmPowerState.PAUSED : VmPowerState.RUNNING,
                (c, vm) -> lifecycle.start(c, vm, null, paused, false));
    }

    @Override
    public void cleanShutdown(Call call, Ref<VMAppliance> self) {
        perform(call, self, VmApplianceOperation.CLEAN_SHUTDOWN, VmPowerState.HALTED, lifecycle::cleanShutdown);
    }

    @Override
    public void hardShutdown(Call call, Ref<VMAppliance> self) {
        perform(call, self, VmApplianceOperation.HARD_SHUTDOWN, VmPowerState.HALTED, lifecycle::hardShutdown);
    }

    @Override
    public void shutdown(Call call, Ref<VMAppliance> self) {
        perform(call, self, VmApplianceOperation.SHUTDOWN, VmPowerState.HALTED, lifecycle::shutdown);
    }

    @Override
    public void assertCanBeRecovered(Call call, Ref<VMAppliance> self, Ref<Session> sessionTo) {
        vms(call, self).forEach(vm -> recovery.check(call, vm, sessionTo));
    }

    private static List<Ref<VM>> vms(Call call, Ref<VMAppliance> self) {
        return call.store().snapshot().get(self, VMAppliance.VMS);
    }

    @Override
    public List<Ref<SR>> getSRsRequiredForRecovery(Call call, Ref<VMAppliance> self, Ref<Session> sessionTo) {
        return vms(call, self).stream()
                .flatMap(vm -> recovery.missing(call, vm, sessionTo).stream())
                .distinct()
                .toList();
    }

    @Override
    public void recover(Call call, Ref<VMAppliance> self, Ref<Session> sessionTo, boolean force) {
        Row<VMAppliance> before = call.store().snapshot().row(self);
        recovery.recover(call, vms(call, self), sessionTo, force, (last, made) -> {
            Ref<VMAppliance> appliance = last.byUuid(VMAppliance.XEN_CLASS, before.get(VMAppliance.UUID))
                    .map(Stored::ref)
                    .orElseGet(() -> last.create(
                            Row.of(VMAppliance.XEN_CLASS).with(VMAppliance.UUID, before.get(VMAppliance.UUID))));
            List.copyOf(last.get(appliance, VMAppliance.VMS)).forEach(vm -> last.set(vm, VM.APPLIANCE, Ref.nil()));
            last.set(appliance, VMAppliance.NAME_LABEL, before.get(VMAppliance.NAME_LABEL));
            last.set(appliance, VMAppliance.NAME_DESCRIPTION, before.get(VMAppliance.NAME_DESCRIPTION));
            made.stream()
                    .filter(vm -> !last.get(vm, VM.IS_A_TEMPLATE))
                    .forEach(vm -> last.set(vm, VM.APPLIANCE, appliance));
        });
    }

    private void perform(
            Call call,
            Ref<VMAppliance> self,
            VmApplianceOperation what,
            VmPowerState wanted,
            BiConsumer<Call, Ref<VM>> action) {
        try (Operation operation = operations.begin(call, self, what, tx -> {
            XenApiException error = error(tx, self, tx.row(self), what);
            if (error != null) {
                throw error;
            }
        })) {
            List<Ref<VM>> targets = new ArrayList<>();
            for (List<Ref<VM>> together : byOrder(self, wanted, what == VmApplianceOperation.START)) {
                together(call, together, action);
                targets.addAll(together);
            }
            List<String> failed = targets.stream()
                    .filter(vm -> store.snapshot()
                            .find(vm)
                            .map(s -> s.row().get(VM.POWER_STATE) != wanted)
                            .orElse(false))
                    .map(Ref::value)
                    .toList();
            if (!failed.isEmpty()) {
                List<String> params = new ArrayList<>(List.of("VM_appliance." + what.wire()));
                params.addAll(failed);
                throw new XenApiException("OPERATION_PARTIALLY_FAILED", params);
            }
            operation.finish(tx -> {});
        }
    }

    /** The VMs that are not yet as wanted, in groups of the same order: rising to start, falling to stop. */
    private Collection<List<Ref<VM>>> byOrder(Ref<VMAppliance> self, VmPowerState wanted, boolean rising) {
        Snapshot snapshot = store.snapshot();
        TreeMap<Long, List<Ref<VM>>> groups = new TreeMap<>();
        for (Ref<VM> vm : snapshot.get(self, VMAppliance.VMS)) {
            if (snapshot.get(vm, VM.POWER_STATE) != wanted) {
                groups.computeIfAbsent(snapshot.get(vm, VM.ORDER), o -> new ArrayList<>())
                        .add(vm);
            }
        }
        return rising ? groups.values() : groups.descendingMap().values();
    }

    /** A VM that fails does not keep the others from going on. */
    private static void together(Call call, List<Ref<VM>> vms, BiConsumer<Call, Ref<VM>> action) {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, vms.size()));
        try {
            vms.forEach(vm -> threads.execute(WorkerPool.sharingPlace(() -> {
                try {
                    action.accept(call.part(), vm);
                } catch (RuntimeException | Error e) {
                    LOG.warn("VM {}: did not follow its appliance: {}", vm.value(), e.getMessage());
                }
            })));
            threads.shutdown();
            threads.awaitTermination(1, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }

    private static @Nullable XenApiException error(
            Snapshot snapshot, Ref<VMAppliance> ref, Row<VMAppliance> appliance, VmApplianceOperation what) {
        Map<String, VmApplianceOperation> current = appliance.get(VMAppliance.CURRENT_OPERATIONS);
        if (!current.isEmpty()) {
            Map.Entry<String, VmApplianceOperation> other =
                    current.entrySet().iterator().next();
            return Errors.otherOperationInProgress(
                    "VM_appliance", ref.value(), other.getValue().wire(), other.getKey());
        }
        List<VmPowerState> states = appliance.get(VMAppliance.VMS).stream()
                .map(vm -> snapshot.get(vm, VM.POWER_STATE))
                .toList();
        if (states.isEmpty()) {
            return Errors.operationNotAllowed("Appliance has no VMs.");
        }
        return switch (what) {
            case START ->
                states.contains(VmPowerState.HALTED)
                        ? null
                        : Errors.operationNotAllowed("There are no halted VMs in this appliance.");
            case CLEAN_SHUTDOWN ->
                states.contains(VmPowerState.RUNNING)
                        ? null
                        : Errors.operationNotAllowed("There are no running VMs in this appliance.");
            case HARD_SHUTDOWN, SHUTDOWN ->
                states.stream().anyMatch(s -> s != VmPowerState.HALTED)
                        ? null
                        : Errors.operationNotAllowed("All VMs in this appliance are halted.");
        };
    }

    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<VMAppliance>> appliances = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (change.model() == VMAppliance.XEN_CLASS) {
                appliances.add(VMAppliance.XEN_CLASS.cast(change.ref()));
            } else if (change.model() == VM.XEN_CLASS) {
                change.rowOf(VM.XEN_CLASS).ifPresent(vm -> appliances.add(vm.get(VM.APPLIANCE)));
            }
        }
        for (Ref<VMAppliance> appliance : appliances) {
            tx.find(appliance)
                    .ifPresent(stored -> tx.set(
                            appliance,
                            VMAppliance.ALLOWED_OPERATIONS,
                            Stream.of(VmApplianceOperation.values())
                                    .filter(op -> error(tx, appliance, stored.row(), op) == null)
                                    .toList()));
        }
    }
}
