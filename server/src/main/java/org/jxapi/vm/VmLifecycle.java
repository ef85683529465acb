package org.jxapi.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Waiting;
import org.jxapi.domain.BiosStrings;
import org.jxapi.domain.DevicePlaces;
import org.jxapi.domain.DomainKinds;
import org.jxapi.domain.DomainWait;
import org.jxapi.domain.Firmware;
import org.jxapi.domain.GuestBuild;
import org.jxapi.domain.Platform;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Trigger;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskAllowedOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Starting, stopping and everything between: each takes the VM's operation, drives the hypervisor, then writes the outcome. */
public final class VmLifecycle {
    /** How long a guest may take to obey a clean shutdown; XAPI's default. */
    private static final long SHUTDOWN_SECONDS = 1200;
    /** How long all guests together may take when the host goes down. */
    private static final long HOST_DOWN_SECONDS = 120;

    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final VmDomains domains;
    private final PowerStates states;
    private final Alerts alerts;

    public VmLifecycle(
            Store store, Disks disks, VmClaims claims, VmDomains domains, PowerStates states, Alerts alerts) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.domains = domains;
        this.states = states;
        this.alerts = alerts;
    }

    /**
     * Boots the VM.
     *
     * @param host null lets it be chosen
     */
    public void start(Call call, Ref<VM> vm, @Nullable Ref<Host> host, boolean paused, boolean force) {
        try (VmClaims.WithDisks taken =
                claims.beginOn(call, vm, host == null ? VmOperations.START : VmOperations.START_ON, host)) {
            try {
                prepare(vm, force);
                VmDomain made = domains.create(vm, VmClaims.chosen(store.snapshot(), vm), null, taken.vbds());
                VmDomains.Arrival arrival =
                        new VmDomains.Arrival(paused, true, taken.vbds(), tx -> states.halted(tx, vm));
                domains.arrive(taken.operation(), vm, made, arrival, tx -> {
                    alerts.write(tx, vm, Alert.VM_STARTED, "started " + Alerts.onHost(tx, made.host()));
                    if (tx.get(vm, VM.START_DELAY) <= 0) {
                        call.end(tx);
                    }
                });
            } catch (RuntimeException | Error e) {
                claims.unschedule(vm);
                throw e;
            }
        }
        domains.follow(vm);
        delay(call, store.snapshot().get(vm, VM.START_DELAY));
    }

    /** Settles what a boot needs and nobody has said. */
    private void prepare(Ref<VM> vm, boolean force) {
        store.change(tx -> {
            Row<VM> row = tx.row(vm);
            if (row.get(VM.DOMAIN_TYPE) == DomainType.UNSPECIFIED) {
                tx.set(vm, VM.DOMAIN_TYPE, row.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM);
            }
            DevicePlaces.settle(tx, vm);
            tx.set(vm, VM.PLATFORM, platform(tx, tx.row(vm)));
            if (!row.get(VM.VUSBS).isEmpty()) {
                new Platform(tx.row(vm)).checkUsb();
            }
            if (row.get(VM.GENERATION_ID).equals(VmCopies.NO_GENERATION)) {
                tx.set(vm, VM.GENERATION_ID, VmCopies.freshGeneration(VmCopies.NO_GENERATION));
            }
            if (row.get(VM.BIOS_STRINGS).isEmpty()) {
                tx.set(vm, VM.BIOS_STRINGS, BiosStrings.GENERIC);
            }
            if (!force && VmConstraints.isTrue(row.get(VM.PLATFORM), Platform.NESTED_VIRT)) {
                VmMemory.checkPinned(
                        row.get(VM.MEMORY_STATIC_MIN),
                        row.get(VM.MEMORY_DYNAMIC_MIN),
                        row.get(VM.MEMORY_DYNAMIC_MAX),
                        row.get(VM.MEMORY_STATIC_MAX),
                        "nested virt");
            }
            new Platform(row).checkNestedVirt();
            tx.set(vm, VM.HA_ALWAYS_RUN, row.get(VM.HA_RESTART_PRIORITY).equals("restart"));
        });
    }

    /** As XAPI writes it down at a start: the device model of an HVM guest, and whether auto means Secure Boot. */
    private static Map<String, String> platform(Transaction tx, Row<VM> vm) {
        Map<String, String> platform = new LinkedHashMap<>(vm.get(VM.PLATFORM));
        if (DomainKinds.of(vm) == org.jxapi.hypervisor.DomainKind.HVM) {
            platform.putIfAbsent("device-model", GuestBuild.uefi(vm) ? "qemu-upstream-uefi" : "qemu-upstream-compat");
        }
        if ("auto".equals(platform.get("secureboot"))) {
            Row<Pool> pool = ThisPool.row(tx);
            platform.put("secureboot", Boolean.toString(Firmware.auto(pool)));
        }
        return platform;
    }

    /** Waits as VM.start_delay and VM.shutdown_delay ask for. */
    private static void delay(Call call, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        if (seconds <= 0) {
            return;
        }
        try (Call.Cancellable cancellable = call.cancellable();
                Waiting waiting = new Waiting(DomainWait.GRACE)) {
            while (System.nanoTime() < end) {
                call.throwIfCancelled();
                waiting.goOn();
                TimeUnit.MILLISECONDS.sleep(Math.min(500, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does something short to a live domain that leaves the VM in that state. */
    void live(Call call, Ref<VM> vm, VmOperations what, Consumer<VmDomain> work, Consumer<Transaction> after) {
        try (Operation operation = claims.begin(call, vm, what)) {
            try {
                work.accept(domains.domain(vm));
            } catch (HypervisorException e) {
                throw domains.failed(vm, e);
            }
            operation.finish(after.andThen(call::end));
        }
    }

    void pause(Call call, Ref<VM> vm) {
        become(call, vm, VmOperations.PAUSE, Domains::pause, VmPowerState.PAUSED, Alert.VM_PAUSED, "paused");
    }

    public void unpause(Call call, Ref<VM> vm) {
        become(call, vm, VmOperations.UNPAUSE, Domains::unpause, VmPowerState.RUNNING, Alert.VM_UNPAUSED, "unpaused");
    }

    private void become(
            Call call,
            Ref<VM> vm,
            VmOperations what,
            ObjIntConsumer<Domains> work,
            VmPowerState state,
            Alert alert,
            String text) {
        live(call, vm, what, domain -> work.accept(domain.hypervisor().domains(), domain.domid()), tx -> {
            tx.set(vm, VM.POWER_STATE, state);
            alerts.write(tx, vm, alert, text);
        });
    }

    public void hardShutdown(Call call, Ref<VM> vm) {
        long seconds;
        try (Operation operation = claims.begin(call, vm, VmOperations.HARD_SHUTDOWN)) {
            cancelOthers(call, vm);
            seconds = halt(call, vm, operation, "shutdown forcibly");
        }
        delay(call, seconds);
    }

    /** Takes domain and suspend image away; returns the VM's shutdown_delay. */
    private long halt(Call call, Ref<VM> vm, Operation operation, String how) {
        Row<VM> row = store.snapshot().row(vm);
        domains.destroy(vm);
        Ref<VDI> image = row.get(VM.SUSPEND_VDI);
        long seconds = row.get(VM.SHUTDOWN_DELAY);
        operation.finish(tx -> {
            tx.set(vm, VM.HA_ALWAYS_RUN, false);
            tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            alerts.write(tx, vm, Alert.VM_SHUTDOWN, how);
            domains.halted(tx, vm);
            if (image.isNull() && seconds <= 0) {
                call.end(tx);
            }
        });
        disks.destroyIfThere(image);
        return seconds;
    }

    /** Cancels the operations in progress on the VM, for one that ends it. */
    private void cancelOthers(Call call, Ref<VM> vm) {
        store.change(tx -> tx.get(vm, VM.CURRENT_OPERATIONS).keySet().forEach(key -> {
            Ref<Task> task = Task.XEN_CLASS.ref(key);
            if (!key.equals(call.task().value()) && tx.find(task).isPresent()) {
                Map<String, TaskAllowedOperations> asked = new LinkedHashMap<>(tx.get(task, Task.CURRENT_OPERATIONS));
                asked.put("cancelling-task", TaskAllowedOperations.CANCEL);
                tx.set(task, Task.CURRENT_OPERATIONS, asked);
            }
        }));
    }

    void cleanShutdown(Call call, Ref<VM> vm) {
        long seconds;
        try (Operation operation = claims.begin(call, vm, VmOperations.CLEAN_SHUTDOWN)) {
            powerOff(call, vm, SHUTDOWN_SECONDS);
            seconds = halt(call, vm, operation, "shutdown");
        }
        delay(call, seconds);
    }

    /** Cleanly if the guest obeys in time, else at once; a suspended VM loses its image. */
    void shutdown(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.SHUTDOWN)) {
            Row<VM> row = store.snapshot().row(vm);
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
        obey(call, vm, seconds, domain -> {
            Domains there = domain.hypervisor().domains();
            try {
                there.shutdown(domain.domid());
            } catch (HypervisorException e) {
                if (e.error() != LibxlError.NOPARAVIRT) {
                    throw e;
                }
                there.trigger(domain.domid(), Trigger.POWER, 0);
            }
        });
    }

    public void cleanReboot(Call call, Ref<VM> vm) {
        try (VmClaims.WithDisks taken = claims.beginWithDisks(call, vm, VmOperations.CLEAN_REBOOT)) {
            obey(
                    call,
                    vm,
                    SHUTDOWN_SECONDS,
                    domain -> domain.hypervisor().domains().reboot(domain.domid()));
            rebuild(vm, taken.operation(), taken.vbds(), "rebooted cleanly");
        }
        domains.follow(vm);
    }

    /** Operations in progress may hold the VM's disks. They release them as soon as they are cancelled. */
    public void hardReboot(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.HARD_REBOOT)) {
            cancelOthers(call, vm);
            try (VmClaims.WithDisks taken = claims.disks(call, vm)) {
                rebuild(vm, operation, taken.vbds(), "rebooted forcibly");
            }
        }
        domains.follow(vm);
    }

    private void rebuild(Ref<VM> vm, Operation operation, Set<Ref<VBD>> vbds, String how) {
        domains.rebuild(
                vm,
                vbds,
                last -> operation.finish(tx -> {
                    last.accept(tx);
                    alerts.write(tx, vm, Alert.VM_REBOOTED, how);
                }));
    }

    /** Asks the guest and waits until it has stopped. */
    private void obey(Call call, Ref<VM> vm, long seconds, Consumer<VmDomain> ask) {
        VmDomain domain = domains.domain(vm);
        try (DomainWait wait = new DomainWait(domain);
                Call.Cancellable cancellable = call.cancellable()) {
            wait.ask(() -> ask.accept(domain));
            if (!wait.until(seconds, call::throwIfCancelled)) {
                throw Errors.vmShutdownTimeout(vm.value(), Long.toString(seconds));
            }
            // Another operation may have taken the domain away, and asked this one to stop.
            call.throwIfCancelled();
        } catch (HypervisorException e) {
            throw e.error() == LibxlError.TIMEDOUT
                    ? Errors.vmFailedShutdownAcknowledgment(vm.value()).causedBy(e)
                    : domains.failed(vm, e);
        }
    }

    /**
     * The VM is halted from now on, and nothing is under way. DOMAIN_EXISTS while its domain runs; HOST_IS_LIVE if another
     * host has it, and answers.
     */
    void reset(Ref<VM> vm) {
        Row<VM> row = store.snapshot().row(vm);
        if (row.get(VM.IS_CONTROL_DOMAIN)) {
            throw Errors.cannotResetControlDomain(vm.value());
        }
        if (PowerStates.withDomain().contains(row.get(VM.POWER_STATE)) && isElsewhere(row.get(VM.RESIDENT_ON))) {
            resetLost(vm, row.get(VM.RESIDENT_ON));
            return;
        }
        Optional<DomainInfo> domain = domains.find(vm);
        if (PowerStates.withDomain().contains(row.get(VM.POWER_STATE))
                && domain.isPresent()
                && !domain.get().shutdown()
                && !domain.get().paused()) {
            throw Errors.domainExists(vm.value(), Integer.toString(domain.get().domid()));
        }
        domains.stop(vm);
        store.change(tx -> {
            if (tx.find(vm).isPresent()) {
                tx.set(vm, VM.CURRENT_OPERATIONS, Map.of());
            }
        });
    }

    private boolean isElsewhere(Ref<Host> host) {
        Snapshot now = store.snapshot();
        return now.find(host).isPresent() && !host.equals(ThisHost.ref(now));
    }

    private void resetLost(Ref<VM> vm, Ref<Host> host) {
        if (domains.answers(host)) {
            throw Errors.hostIsLive(host.value());
        }
        store.change(tx -> {
            if (tx.find(vm).isPresent()) {
                domains.halted(tx, vm);
                tx.update(vm, VM.CURRENT_OPERATIONS, Map.of());
            }
        });
    }

    /** Shows the VMs of a host that does not come back as halted. */
    public void resetAll(Ref<Host> host) {
        for (Stored<VM> vm : List.copyOf(store.snapshot().all(VM.XEN_CLASS))) {
            boolean lost = PowerStates.withDomain().contains(vm.row().get(VM.POWER_STATE))
                    && vm.row().get(VM.RESIDENT_ON).equals(host)
                    && !vm.row().get(VM.IS_CONTROL_DOMAIN);
            if (lost) {
                resetLost(vm.ref(), host);
            }
        }
    }

    /** Stops all VMs of a host that goes down: asks all guests, then takes away what is still there. */
    public void stopAll(Ref<Host> host) {
        List<Ref<VM>> live = new ArrayList<>();
        store.snapshot().all(VM.XEN_CLASS).forEach(s -> {
            if (PowerStates.withDomain().contains(s.row().get(VM.POWER_STATE))
                    && s.row().get(VM.RESIDENT_ON).equals(host)
                    && !s.row().get(VM.IS_CONTROL_DOMAIN)) {
                live.add(s.ref());
            }
        });
        List<DomainWait> waits = new ArrayList<>();
        for (Ref<VM> vm : live) {
            VmDomain domain = domains.domain(vm);
            DomainWait wait = new DomainWait(domain);
            wait.ask(() -> domain.hypervisor().domains().shutdown(domain.domid()));
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
        live.forEach(domains::stop);
    }
}
