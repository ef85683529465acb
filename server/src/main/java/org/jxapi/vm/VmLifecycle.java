package org.jxapi.vm;

import java.nio.file.Path;
import java.util.ArrayList;
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
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Starting, stopping and everything between: each takes the VM's operation, drives the hypervisor, then writes the outcome. */
final class VmLifecycle {
    /** How long a guest may take to obey a clean shutdown; XAPI's default. */
    private static final long SHUTDOWN_SECONDS = 1200;

    /** How long all guests together may take when the host goes down. */
    private static final long HOST_DOWN_SECONDS = 120;

    private final Store store;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final Disks disks;
    private final DomainConfigs configs;
    private final PowerStates states;

    VmLifecycle(Store store, Hypervisor hypervisor, Operations operations, Disks disks, PowerStates states) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.operations = operations;
        this.disks = disks;
        this.configs = new DomainConfigs(disks);
        this.states = states;
    }

    Operation begin(Call call, Ref<VM> vm, VmOperations operation) {
        return operations.begin(call, VM.XEN_CLASS, vm, operation, tx -> VmRules.check(tx, vm, operation));
    }

    void start(Call call, Ref<VM> vm, boolean paused, VmOperations as) {
        try (Operation operation = begin(call, vm, as)) {
            int domid = create(vm, null);
            letGo(vm, domid, paused);
            operation.finish(tx -> {
                states.started(tx, vm, domid, paused ? VmPowerState.PAUSED : VmPowerState.RUNNING, true);
            });
        }
        states.guestMayHaveSpoken(vm);
    }

    /** Builds the domain, from a save file when there is one; nothing is left behind on failure. */
    private int create(Ref<VM> vm, Path saveFile) {
        Snapshot snapshot = store.snapshot();
        Row row = snapshot.row(VM.XEN_CLASS, vm);
        long needed = row.get(VM.MEMORY_DYNAMIC_MAX);
        long free = hypervisor.memory().free() * 1024;
        if (needed > free) {
            throw Errors.hostNotEnoughFreeMemory(Long.toString(needed), Long.toString(free));
        }
        if (saveFile == null) {
            disks.beforeBoot(vm);
        }
        try {
            return saveFile == null
                    ? hypervisor.domains().create(configs.of(snapshot, vm))
                    : hypervisor.domains().restore(configs.of(snapshot, vm), saveFile);
        } catch (HypervisorException e) {
            removeRest(row.get(VM.UUID));
            if (e.error() == LibxlError.NOMEM) {
                throw Errors.hostNotEnoughFreeMemory(
                                Long.toString(needed),
                                Long.toString(hypervisor.memory().free() * 1024))
                        .causedBy(e);
            }
            throw failed(e);
        }
    }

    private void removeRest(String uuid) {
        domain(uuid).ifPresent(d -> {
            try {
                hypervisor.domains().destroy(d.domid());
            } catch (HypervisorException e) {
                // The reconciliation takes care of a domain that is still there.
            }
        });
    }

    private void letGo(Ref<VM> vm, int domid, boolean paused) {
        if (paused) {
            return;
        }
        try {
            hypervisor.domains().unpause(domid);
        } catch (HypervisorException e) {
            hypervisor.domains().destroy(domid);
            throw failed(e);
        }
    }

    /** The VM's domain, if it has one. */
    Optional<DomainInfo> domain(String uuid) {
        return hypervisor.domains().findByUuid(UUID.fromString(uuid));
    }

    private int domid(Ref<VM> vm) {
        return (int) (long) store.snapshot().get(vm, VM.DOMID);
    }

    static XenApiException failed(HypervisorException e) {
        List<String> said = new ArrayList<>(List.of(e.getMessage()));
        said.addAll(e.log());
        return Errors.internalError("xenopsd error: " + String.join("; ", said)).causedBy(e);
    }

    /** Does something short to a live domain that leaves the VM in that state. */
    void live(Call call, Ref<VM> vm, VmOperations what, Consumer<Integer> work, Consumer<Transaction> after) {
        try (Operation operation = begin(call, vm, what)) {
            try {
                work.accept(domid(vm));
            } catch (HypervisorException e) {
                throw failed(e);
            }
            operation.finish(after);
        }
    }

    void pause(Call call, Ref<VM> vm) {
        live(
                call,
                vm,
                VmOperations.PAUSE,
                hypervisor.domains()::pause,
                tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.PAUSED));
    }

    void unpause(Call call, Ref<VM> vm) {
        live(
                call,
                vm,
                VmOperations.UNPAUSE,
                hypervisor.domains()::unpause,
                tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.RUNNING));
    }

    void hardShutdown(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.HARD_SHUTDOWN)) {
            Row row = store.snapshot().row(VM.XEN_CLASS, vm);
            destroyDomain(row.get(VM.UUID));
            Ref<VDI> image = row.get(VM.SUSPEND_VDI);
            operation.finish(tx -> {
                states.halted(tx, vm);
                tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            });
            dropImage(image);
        }
    }

    private void destroyDomain(String uuid) {
        Optional<DomainInfo> domain = domain(uuid);
        if (domain.isPresent()) {
            try {
                hypervisor.domains().destroy(domain.get().domid());
            } catch (HypervisorException e) {
                throw failed(e);
            }
        }
    }

    private void dropImage(Ref<VDI> image) {
        if (!image.isNull() && store.snapshot().find(VDI.XEN_CLASS, image).isPresent()) {
            disks.destroy(image);
        }
    }

    void cleanShutdown(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.CLEAN_SHUTDOWN)) {
            obey(call, vm, hypervisor.domains()::shutdown);
            destroyDomain(store.snapshot().get(vm, VM.UUID));
            operation.finish(tx -> states.halted(tx, vm));
        }
    }

    void reboot(Call call, Ref<VM> vm, boolean clean) {
        try (Operation operation = begin(call, vm, clean ? VmOperations.CLEAN_REBOOT : VmOperations.HARD_REBOOT)) {
            if (clean) {
                obey(call, vm, hypervisor.domains()::reboot);
            }
            rebuild(vm, operation::finish);
        }
        states.guestMayHaveSpoken(vm);
    }

    /** Replaces the VM's domain by a new one. */
    void rebuild(Ref<VM> vm, Consumer<Consumer<Transaction>> finish) {
        destroyDomain(store.snapshot().get(vm, VM.UUID));
        store.change(tx -> states.between(tx, vm));
        int domid;
        try {
            domid = create(vm, null);
            letGo(vm, domid, false);
        } catch (XenApiException e) {
            finish.accept(tx -> states.halted(tx, vm));
            throw e;
        }
        finish.accept(tx -> states.started(tx, vm, domid, VmPowerState.RUNNING, true));
    }

    /** Asks the guest and waits until it has stopped. */
    private void obey(Call call, Ref<VM> vm, Consumer<Integer> ask) {
        int domid = domid(vm);
        try (DomainWait wait = new DomainWait(hypervisor, domid)) {
            ask.accept(domid);
            if (!wait.until(SHUTDOWN_SECONDS, call::throwIfCancelled)) {
                throw Errors.vmShutdownTimeout(vm.value(), Long.toString(SHUTDOWN_SECONDS));
            }
        } catch (HypervisorException e) {
            throw failed(e);
        }
    }

    void suspend(Call call, Ref<VM> vm) {
        try (Operation operation = begin(call, vm, VmOperations.SUSPEND)) {
            Ref<VDI> image = saveImage(vm);
            try {
                hypervisor.domains().suspend(domid(vm), disks.file(store.snapshot(), image), false);
                hypervisor.domains().destroy(domid(vm));
            } catch (HypervisorException e) {
                dropImage(image);
                throw failed(e);
            }
            operation.finish(tx -> {
                states.halted(tx, vm);
                tx.set(vm, VM.POWER_STATE, VmPowerState.SUSPENDED);
                tx.set(vm, VM.SUSPEND_VDI, image);
            });
        }
    }

    private Ref<VDI> saveImage(Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        Row row = snapshot.row(VM.XEN_CLASS, vm);
        Row pool = snapshot.all(Pool.XEN_CLASS).iterator().next().row();
        for (Ref<SR> sr : List.of(row.get(VM.SUSPEND_SR), pool.get(Pool.SUSPEND_IMAGE_SR), pool.get(Pool.DEFAULT_SR))) {
            if (!sr.isNull() && snapshot.find(SR.XEN_CLASS, sr).isPresent()) {
                long bytes = row.get(VM.MEMORY_STATIC_MAX) + (64L << 20);
                return disks.create(sr, "Suspend image", bytes, VdiType.SUSPEND);
            }
        }
        throw Errors.vmNoSuspendSr(vm.value());
    }

    void resume(Call call, Ref<VM> vm, boolean paused, VmOperations as) {
        try (Operation operation = begin(call, vm, as)) {
            Ref<VDI> image = store.snapshot().get(vm, VM.SUSPEND_VDI);
            if (store.snapshot().find(VDI.XEN_CLASS, image).isEmpty()) {
                throw Errors.vmHasNoSuspendVdi(vm.value());
            }
            int domid = create(vm, disks.file(store.snapshot(), image));
            letGo(vm, domid, paused);
            operation.finish(tx -> {
                states.started(tx, vm, domid, paused ? VmPowerState.PAUSED : VmPowerState.RUNNING, false);
                tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            });
            dropImage(image);
        }
        states.guestMayHaveSpoken(vm);
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

    /** Whatever the hypervisor says: the VM is halted from now on, and nothing is under way. */
    void reset(Ref<VM> vm) {
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
            try {
                waits.add(new DomainWait(hypervisor, domid(vm)));
                hypervisor.domains().shutdown(domid(vm));
            } catch (HypervisorException e) {
                // A guest that cannot be asked is stopped below.
            }
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HOST_DOWN_SECONDS);
        for (DomainWait wait : waits) {
            wait.until(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime())), () -> {});
            wait.close();
        }
        live.forEach(this::stop);
    }

    /** This host, for messages that name one; HANDLE_INVALID for any other. */
    void checkHost(Ref<Host> host) {
        store.snapshot().row(Host.XEN_CLASS, host);
    }
}
