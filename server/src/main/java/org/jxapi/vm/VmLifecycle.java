package org.jxapi.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Starting, stopping and everything between: each takes the VM's operation, drives the hypervisor, then writes the outcome. */
final class VmLifecycle {
    /** How long a guest may take to obey a clean shutdown; XAPI's default. */
    private static final long SHUTDOWN_SECONDS = 1200;
    /** Name of the disks that hold the memory of suspended VMs. */
    static final String SUSPEND_IMAGE = "Suspend image";

    /** How long all guests together may take when the host goes down. */
    private static final long HOST_DOWN_SECONDS = 120;

    private final Store store;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final Disks disks;
    private final DomainConfigs configs;
    private final PowerStates states;
    private final Alerts alerts;
    private final Squeeze squeeze;
    private final HostMemory memory;
    private Consumer<Ref<VM>> whenStarted = vm -> {};

    VmLifecycle(
            Store store, Hypervisor hypervisor, Operations operations, Disks disks, PowerStates states, Alerts alerts) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.operations = operations;
        this.disks = disks;
        this.configs = new DomainConfigs(disks);
        this.states = states;
        this.alerts = alerts;
        this.squeeze = new Squeeze(store, hypervisor);
        this.memory = new HostMemory(store, hypervisor);
    }

    /** Has somebody told of each VM that has got a domain. */
    void whenStarted(Consumer<Ref<VM>> listener) {
        whenStarted = listener;
    }

    /** What the guest of a new domain has told is read, now and from now on. */
    private void follow(Ref<VM> vm) {
        states.guestMayHaveSpoken(vm);
        whenStarted.accept(vm);
    }

    Operation begin(Call call, Ref<VM> vm, VmOperations operation) {
        return operations.await(call, new Claim(VM.XEN_CLASS, vm, operation, tx -> VmRules.check(tx, vm, operation)));
    }

    /** Takes an operation that brings the VM to a host, and the memory that it will need there. */
    private Operation beginOn(Call call, Ref<VM> vm, VmOperations operation, Ref<Host> host) {
        return operations.await(call, new Claim(VM.XEN_CLASS, vm, operation, tx -> {
            VmRules.check(tx, vm, operation);
            Ref<Host> chosen = host;
            if (chosen == null) {
                chosen = VmBoot.choose(tx, vm);
            } else {
                VmBoot.check(tx, vm, chosen);
            }
            tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, chosen);
        }));
    }

    private void unschedule(Ref<VM> vm) {
        store.change(tx -> {
            if (tx.find(VM.XEN_CLASS, vm).isPresent()) {
                tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
            }
        });
    }

    /**
     * Boots the VM.
     *
     * @param host null lets it be chosen
     */
    void start(Call call, Ref<VM> vm, Ref<Host> host, boolean paused, boolean force) {
        try (Operation operation = beginOn(call, vm, host == null ? VmOperations.START : VmOperations.START_ON, host)) {
            try {
                prepare(vm, force);
                int domid = create(vm, null);
                arrive(operation, vm, domid, new Arrival(paused, true, tx -> states.halted(tx, vm)), tx -> {
                    alerts.write(tx, vm, Alert.VM_STARTED, "started " + Alerts.onHost(tx));
                    if (tx.get(vm, VM.START_DELAY) <= 0) {
                        call.end(tx);
                    }
                });
            } catch (RuntimeException e) {
                unschedule(vm);
                throw e;
            }
        }
        whenStarted.accept(vm);
        delay(call, store.snapshot().get(vm, VM.START_DELAY));
    }

    /** Settles what a boot needs and nobody has said. */
    private void prepare(Ref<VM> vm, boolean force) {
        store.change(tx -> {
            Row row = tx.row(VM.XEN_CLASS, vm);
            if (row.get(VM.DOMAIN_TYPE) == DomainType.UNSPECIFIED) {
                tx.set(vm, VM.DOMAIN_TYPE, row.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM);
            }
            if (row.get(VM.BIOS_STRINGS).isEmpty()) {
                tx.set(vm, VM.BIOS_STRINGS, BiosStrings.GENERIC);
            }
            if (!force && VmConstraints.isTrue(row.get(VM.PLATFORM), "nested-virt")) {
                VmMemory.checkPinned(
                        row.get(VM.MEMORY_STATIC_MIN),
                        row.get(VM.MEMORY_DYNAMIC_MIN),
                        row.get(VM.MEMORY_DYNAMIC_MAX),
                        row.get(VM.MEMORY_STATIC_MAX),
                        "nested virt");
            }
            tx.set(vm, VM.HA_ALWAYS_RUN, row.get(VM.HA_RESTART_PRIORITY).equals("restart"));
        });
    }

    /** Waits as VM.start_delay and VM.shutdown_delay ask for. */
    private static void delay(Call call, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        if (seconds <= 0) {
            return;
        }
        try (Call.Cancellable cancellable = call.cancellable()) {
            while (System.nanoTime() < end) {
                call.throwIfCancelled();
                TimeUnit.MILLISECONDS.sleep(Math.min(500, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Builds the domain, from a save file when there is one; nothing is left behind on failure. */
    private int create(Ref<VM> vm, Path saveFile) {
        Snapshot snapshot = store.snapshot();
        Row row = snapshot.row(VM.XEN_CLASS, vm);
        long needed = row.get(VM.MEMORY_DYNAMIC_MIN) + row.get(VM.MEMORY_OVERHEAD);
        if (saveFile == null) {
            disks.beforeBoot(vm);
        }
        memory.offer((row.get(VM.MEMORY_DYNAMIC_MAX) + row.get(VM.MEMORY_OVERHEAD)) / 1024);
        try {
            long target = squeeze.room(row, row.get(VM.MEMORY_OVERHEAD));
            DomainConfig config = configs.of(snapshot, vm);
            DomainConfig fitting = config.toBuilder()
                    .bInfo(config.bInfo().toBuilder().targetMemkb(target / 1024).build())
                    .build();
            int domid = saveFile == null
                    ? hypervisor.domains().create(fitting)
                    : hypervisor.domains().restore(fitting, saveFile);
            new StaticAddresses(hypervisor).tellAll(snapshot, vm, domid);
            return domid;
        } catch (HypervisorException e) {
            removeRest(row.get(VM.UUID));
            if (HypervisorErrors.noMemory(e)) {
                throw Errors.hostNotEnoughFreeMemory(
                                Long.toString(needed),
                                Long.toString(hypervisor.memory().free() * 1024))
                        .causedBy(e);
            }
            throw failed(vm, e);
        }
    }

    private void removeRest(String uuid) {
        domain(uuid).ifPresent(d -> destroyRest(d.domid()));
    }

    private void destroyRest(int domid) {
        try {
            hypervisor.domains().destroy(domid);
        } catch (HypervisorException e) {
            // The reconciliation takes care of a domain that is still there.
        }
    }

    /**
     * How a VM comes to a host.
     *
     * @param paused whether its guest waits
     * @param booted whether its guest begins anew, instead of going on
     * @param back makes the VM again what it was, when its guest cannot run
     */
    private record Arrival(boolean paused, boolean booted, Consumer<Transaction> back) {}

    /**
     * Writes down that the VM has this domain and ends the operation, then lets its guest run. In this order, because a
     * guest that boots takes the processors. What a daemon leaves that is killed in between is a domain that has never run:
     * {@link Leftovers} lets it.
     */
    private void arrive(Operation operation, Ref<VM> vm, int domid, Arrival arrival, Consumer<Transaction> last) {
        VmPowerState state = arrival.paused() ? VmPowerState.PAUSED : VmPowerState.RUNNING;
        operation.finish(tx -> {
            states.started(tx, vm, domid, state, arrival.booted());
            last.accept(tx);
        });
        if (arrival.paused()) {
            return;
        }
        try {
            hypervisor.domains().unpause(domid);
        } catch (HypervisorException e) {
            // First the VM, then the domain: a running VM whose domain is gone would be taken for one that ended.
            store.insist(tx -> {
                // Another operation may have taken the domain away, and given the VM a new one.
                if (tx.find(VM.XEN_CLASS, vm).isPresent() && tx.get(vm, VM.DOMID) == domid) {
                    arrival.back().accept(tx);
                }
            });
            destroyRest(domid);
            throw failed(vm, e);
        }
        if (states.agentHasSpoken(domid)) {
            states.guestMayHaveSpoken(vm);
        }
    }

    /** Whether that domain of a VM is about to be let run for the first time. */
    static boolean arrives(Row vm, DomainInfo domain) {
        return vm.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && vm.get(VM.DOMID) == domain.domid()
                && hasNotRun(domain);
    }

    static boolean hasNotRun(DomainInfo domain) {
        return domain.paused() && domain.cpuTime() == 0;
    }

    private void letGo(Ref<VM> vm, int domid) {
        try {
            hypervisor.domains().unpause(domid);
        } catch (HypervisorException e) {
            destroyRest(domid);
            throw failed(vm, e);
        }
    }

    /** The VM's domain, if it has one. */
    Optional<DomainInfo> domain(String uuid) {
        return hypervisor.domains().findByUuid(UUID.fromString(uuid));
    }

    private int domid(Ref<VM> vm) {
        return (int) (long) store.snapshot().get(vm, VM.DOMID);
    }

    private XenApiException failed(Ref<VM> vm, HypervisorException e) {
        return HypervisorErrors.of(store.snapshot(), vm, e);
    }

    /** Does something short to a live domain that leaves the VM in that state. */
    void live(Call call, Ref<VM> vm, VmOperations what, Consumer<Integer> work, Consumer<Transaction> after) {
        try (Operation operation = begin(call, vm, what)) {
            try {
                work.accept(domid(vm));
            } catch (HypervisorException e) {
                throw failed(vm, e);
            }
            operation.finish(after.andThen(call::end));
        }
    }

    void pause(Call call, Ref<VM> vm) {
        live(call, vm, VmOperations.PAUSE, hypervisor.domains()::pause, tx -> {
            tx.set(vm, VM.POWER_STATE, VmPowerState.PAUSED);
            alerts.write(tx, vm, Alert.VM_PAUSED, "paused");
        });
    }

    void unpause(Call call, Ref<VM> vm) {
        live(call, vm, VmOperations.UNPAUSE, hypervisor.domains()::unpause, tx -> {
            tx.set(vm, VM.POWER_STATE, VmPowerState.RUNNING);
            alerts.write(tx, vm, Alert.VM_UNPAUSED, "unpaused");
        });
    }

    void hardShutdown(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.HARD_SHUTDOWN)) {
            cancelOthers(call, vm);
            halt(call, vm, operation, "shutdown forcibly");
        }
        delay(call, store.snapshot().get(vm, VM.SHUTDOWN_DELAY));
    }

    /** Takes domain and suspend image away. */
    private void halt(Call call, Ref<VM> vm, Operation operation, String how) {
        Row row = store.snapshot().row(VM.XEN_CLASS, vm);
        destroyDomain(vm);
        Ref<VDI> image = row.get(VM.SUSPEND_VDI);
        operation.finish(tx -> {
            states.halted(tx, vm);
            tx.set(vm, VM.HA_ALWAYS_RUN, false);
            tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            alerts.write(tx, vm, Alert.VM_SHUTDOWN, how);
            if (image.isNull() && row.get(VM.SHUTDOWN_DELAY) <= 0) {
                call.end(tx);
            }
        });
        dropImage(image);
    }

    /** What is under way on the VM gives way to an operation that ends it. */
    private void cancelOthers(Call call, Ref<VM> vm) {
        store.change(tx -> tx.get(vm, VM.CURRENT_OPERATIONS).keySet().forEach(key -> {
            Ref<Task> task = Ref.of(key);
            if (!key.equals(call.task().value())
                    && tx.find(Task.XEN_CLASS, task).isPresent()) {
                Map<String, TaskAllowedOperations> asked = new LinkedHashMap<>(tx.get(task, Task.CURRENT_OPERATIONS));
                asked.put("cancelling-task", TaskAllowedOperations.CANCEL);
                tx.set(task, Task.CURRENT_OPERATIONS, asked);
            }
        }));
    }

    /** Ends the VM's domain if it has one; somebody else may do so at the same time. */
    void destroyDomain(Ref<VM> vm) {
        String uuid = store.snapshot().get(vm, VM.UUID);
        Optional<DomainInfo> domain = domain(uuid);
        if (domain.isPresent()) {
            try {
                hypervisor.domains().destroy(domain.get().domid());
            } catch (HypervisorException e) {
                if (domain(uuid).filter(d -> !d.dying()).isPresent()) {
                    throw failed(vm, e);
                }
            }
        }
    }

    void dropImage(Ref<VDI> image) {
        if (!image.isNull() && store.snapshot().find(VDI.XEN_CLASS, image).isPresent()) {
            disks.destroy(image);
        }
    }

    void cleanShutdown(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.CLEAN_SHUTDOWN)) {
            powerOff(call, vm, SHUTDOWN_SECONDS);
            halt(call, vm, operation, "shutdown");
        }
        delay(call, store.snapshot().get(vm, VM.SHUTDOWN_DELAY));
    }

    /** Cleanly if the guest obeys in time, else at once; a suspended VM loses its image. */
    void shutdown(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.SHUTDOWN)) {
            Row row = store.snapshot().row(VM.XEN_CLASS, vm);
            if (row.get(VM.POWER_STATE) == VmPowerState.RUNNING) {
                try {
                    powerOff(call, vm, row.get(VM.SHUTDOWN_DELAY) > 0 ? row.get(VM.SHUTDOWN_DELAY) : SHUTDOWN_SECONDS);
                } catch (XenApiException e) {
                    if (e.code().equals("TASK_CANCELLED")) {
                        throw e;
                    }
                }
            }
            halt(call, vm, operation, "shutdown");
        }
    }

    /** A guest without PV drivers gets its power button pressed. */
    private void powerOff(Call call, Ref<VM> vm, long seconds) {
        obey(call, vm, seconds, domid -> {
            try {
                hypervisor.domains().shutdown(domid);
            } catch (HypervisorException e) {
                if (e.error() != LibxlError.NOPARAVIRT) {
                    throw e;
                }
                hypervisor.domains().trigger(domid, Trigger.POWER, 0);
            }
        });
    }

    void reboot(Call call, Ref<VM> vm, boolean clean) {
        try (Operation operation = begin(call, vm, clean ? VmOperations.CLEAN_REBOOT : VmOperations.HARD_REBOOT)) {
            if (clean) {
                obey(call, vm, SHUTDOWN_SECONDS, hypervisor.domains()::reboot);
            } else {
                cancelOthers(call, vm);
            }
            rebuild(
                    vm,
                    last -> operation.finish(tx -> {
                        last.accept(tx);
                        alerts.write(tx, vm, Alert.VM_REBOOTED, clean ? "rebooted cleanly" : "rebooted forcibly");
                    }));
        }
        follow(vm);
    }

    /** Replaces the VM's domain by a new one. */
    void rebuild(Ref<VM> vm, Consumer<Consumer<Transaction>> finish) {
        destroyDomain(vm);
        store.change(tx -> states.between(tx, vm));
        int domid;
        try {
            domid = create(vm, null);
            letGo(vm, domid);
        } catch (XenApiException e) {
            finish.accept(tx -> states.halted(tx, vm));
            throw e;
        }
        finish.accept(tx -> states.started(tx, vm, domid, VmPowerState.RUNNING, true));
    }

    /** Gives a guest that asked for it a fresh start in its domain; a domain that cannot is replaced. */
    void softReset(Ref<VM> vm, int domid, Consumer<Consumer<Transaction>> finish) {
        try {
            hypervisor.domains().softReset(domid, configs.of(store.snapshot(), vm));
            hypervisor.domains().unpause(domid);
            finish.accept(tx -> states.started(tx, vm, domid, VmPowerState.RUNNING, true));
        } catch (HypervisorException e) {
            rebuild(vm, finish);
        }
    }

    /** Asks the guest and waits until it has stopped. */
    private void obey(Call call, Ref<VM> vm, long seconds, Consumer<Integer> ask) {
        int domid = domid(vm);
        try (DomainWait wait = new DomainWait(hypervisor, domid);
                Call.Cancellable cancellable = call.cancellable()) {
            wait.ask(() -> ask.accept(domid));
            if (!wait.until(seconds, call::throwIfCancelled)) {
                throw Errors.vmShutdownTimeout(vm.value(), Long.toString(seconds));
            }
            // Another operation may have taken the domain away, and asked this one to stop.
            call.throwIfCancelled();
        } catch (HypervisorException e) {
            throw e.error() == LibxlError.TIMEDOUT
                    ? Errors.vmFailedShutdownAcknowledgment(vm.value()).causedBy(e)
                    : failed(vm, e);
        }
    }

    void suspend(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.SUSPEND)) {
            Ref<VDI> image = save(vm, false);
            operation.finish(tx -> {
                states.suspended(tx, vm);
                tx.set(vm, VM.SUSPEND_VDI, image);
                tx.set(vm, VM.HA_ALWAYS_RUN, false);
                alerts.write(tx, vm, Alert.VM_SUSPENDED, "suspended");
            });
        }
    }

    /** Saves the VM's memory and takes its domain away; when that fails, the guest goes on. */
    private Ref<VDI> save(Ref<VM> vm, boolean live) {
        Ref<VDI> image = saveImage(vm);
        int domid = domid(vm);
        try {
            hypervisor.domains().suspend(domid, disks.file(store.snapshot(), image), live);
        } catch (HypervisorException e) {
            dropImage(image);
            throw failed(vm, e);
        }
        // From here on the image is whole: if this daemon dies, the next one finds the VM suspended.
        store.change(tx -> tx.set(vm, VM.SUSPEND_VDI, image));
        try {
            destroyDomain(vm);
        } catch (XenApiException e) {
            hypervisor.domains().resume(domid, true);
            store.change(tx -> tx.set(vm, VM.SUSPEND_VDI, Ref.nil()));
            dropImage(image);
            throw e;
        }
        return image;
    }

    private Ref<VDI> saveImage(Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        Row row = snapshot.row(VM.XEN_CLASS, vm);
        Row pool = snapshot.all(Pool.XEN_CLASS).iterator().next().row();
        for (Ref<SR> sr : List.of(row.get(VM.SUSPEND_SR), pool.get(Pool.SUSPEND_IMAGE_SR), pool.get(Pool.DEFAULT_SR))) {
            if (!sr.isNull() && snapshot.find(SR.XEN_CLASS, sr).isPresent()) {
                long bytes = row.get(VM.MEMORY_STATIC_MAX) + (64L << 20);
                return disks.create(sr, SUSPEND_IMAGE, bytes, VdiType.SUSPEND);
            }
        }
        throw Errors.vmNoSuspendSr(vm.value());
    }

    /**
     * Lets a suspended VM go on.
     *
     * @param host null lets it be chosen
     */
    void resume(Call call, Ref<VM> vm, Ref<Host> host, boolean paused) {
        try (Operation operation =
                beginOn(call, vm, host == null ? VmOperations.RESUME : VmOperations.RESUME_ON, host)) {
            Ref<VDI> image = store.snapshot().get(vm, VM.SUSPEND_VDI);
            try {
                if (store.snapshot().find(VDI.XEN_CLASS, image).isEmpty()) {
                    throw Errors.vmHasNoSuspendVdi(vm.value());
                }
                int domid = create(vm, disks.file(store.snapshot(), image));
                Consumer<Transaction> back = tx -> {
                    states.suspended(tx, vm);
                    tx.set(vm, VM.SUSPEND_VDI, image);
                };
                arrive(operation, vm, domid, new Arrival(paused, false, back), tx -> {
                    tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
                    alerts.write(tx, vm, Alert.VM_RESUMED, "resumed " + Alerts.onHost(tx));
                });
            } catch (RuntimeException e) {
                unschedule(vm);
                throw e;
            }
            dropImage(image);
        }
        whenStarted.accept(vm);
    }

    /** Moves a running VM to a new domain on the same host: its memory is saved and restored, its device model is a new one. */
    void relocate(Call call, Ref<VM> vm, boolean force) {
        try (Operation operation = operations.begin(
                call,
                VM.XEN_CLASS,
                vm,
                VmOperations.POOL_MIGRATE,
                tx -> VmRules.check(tx, vm, VmOperations.POOL_MIGRATE, !force))) {
            Ref<VDI> image = save(vm, true);
            int domid;
            try {
                domid = create(vm, disks.file(store.snapshot(), image));
                letGo(vm, domid);
            } catch (RuntimeException e) {
                // The memory is safe: the VM can be resumed by hand.
                operation.finish(tx -> {
                    states.suspended(tx, vm);
                    tx.set(vm, VM.SUSPEND_VDI, image);
                });
                throw e;
            }
            operation.finish(tx -> {
                VmConsoles.destroy(tx, vm);
                states.started(tx, vm, domid, VmPowerState.RUNNING, false);
                tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            });
            dropImage(image);
        }
        follow(vm);
    }

    /** Saves the memory of a running VM, for a checkpoint, and lets it go on. */
    Ref<VDI> checkpointImage(Ref<VM> vm) {
        Ref<VDI> image = saveImage(vm);
        try {
            hypervisor.domains().suspend(domid(vm), disks.file(store.snapshot(), image), true);
            hypervisor.domains().resume(domid(vm), true);
            return image;
        } catch (HypervisorException e) {
            dropImage(image);
            throw Errors.vmCheckpointSuspendFailed(vm.value()).causedBy(e);
        }
    }

    /** The VM is halted from now on, and nothing is under way; DOMAIN_EXISTS while its domain runs. */
    void reset(Ref<VM> vm) {
        Row row = store.snapshot().row(VM.XEN_CLASS, vm);
        if (row.get(VM.IS_CONTROL_DOMAIN)) {
            throw Errors.cannotResetControlDomain(vm.value());
        }
        Optional<DomainInfo> domain = domain(row.get(VM.UUID));
        if (PowerStates.withDomain().contains(row.get(VM.POWER_STATE))
                && domain.isPresent()
                && !domain.get().shutdown()
                && !domain.get().paused()) {
            throw new XenApiException("DOMAIN_EXISTS", List.of(vm.value()));
        }
        stop(vm);
        store.change(tx -> tx.set(vm, VM.CURRENT_OPERATIONS, Map.of()));
    }

    /** Takes the VM's domain away, if it has one. */
    void stop(Ref<VM> vm) {
        removeRest(store.snapshot().get(vm, VM.UUID));
        store.change(tx -> states.halted(tx, vm));
    }

    /** Stops all VMs for a host that goes down: asks all guests, then takes away what is still there. */
    void stopAll() {
        List<Ref<VM>> live = new ArrayList<>();
        store.snapshot().all(VM.XEN_CLASS).forEach(s -> {
            if (PowerStates.withDomain().contains(s.row().get(VM.POWER_STATE))
                    && !s.row().get(VM.IS_CONTROL_DOMAIN)) {
                live.add(Ref.of(s.ref().value()));
            }
        });
        List<DomainWait> waits = new ArrayList<>();
        for (Ref<VM> vm : live) {
            int domid = domid(vm);
            DomainWait wait = new DomainWait(hypervisor, domid);
            wait.ask(() -> hypervisor.domains().shutdown(domid));
            waits.add(wait);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HOST_DOWN_SECONDS);
        for (DomainWait wait : waits) {
            try {
                wait.until(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime())), () -> {});
            } catch (HypervisorException e) {
                // A guest that cannot be asked is stopped below.
            }
            wait.close();
        }
        live.forEach(this::stop);
    }
}
