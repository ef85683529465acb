package org.jxapi.vm;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.BiosStrings;
import org.jxapi.domain.CurrentDomain;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.ForeignRules;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.guest.GuestNodes;
import org.jxapi.guest.StaticAddresses;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.memory.HostMemory;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/**
 * Builds, unpauses and destroys the domains of VMs. Nothing is left behind when a build fails. The caller must hold the
 * VM's operation.
 */
public final class VmDomains {
    private final Store store;
    private final Hypervisor hypervisor;
    private final Disks disks;
    private final DomainConfigs configs;
    private final PowerStates states;
    private final MemoryReclaim reclaim;
    private final HostMemory memory;
    private final GuestNodes guests;
    private final Predicate<String> bridges;
    private final Consumer<Ref<VM>> whenStarted;

    /**
     * @param whenStarted gets each VM that has got a domain
     */
    public VmDomains(
            Store store,
            Hypervisor hypervisor,
            Disks disks,
            DomainConfigs configs,
            PowerStates states,
            MemoryReclaim reclaim,
            Predicate<String> bridges,
            Consumer<Ref<VM>> whenStarted) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.disks = disks;
        this.configs = configs;
        this.states = states;
        this.reclaim = reclaim;
        this.memory = new HostMemory(store, hypervisor);
        this.guests = new GuestNodes(hypervisor);
        this.bridges = bridges;
        this.whenStarted = whenStarted;
    }

    /** Frees memory for domains. */
    /**
     * Builds the domain; nothing is left behind on failure.
     *
     * @param saveFile what its memory is restored from; null for a guest that boots
     * @param vbds the disks that it gets
     */
    int create(Ref<VM> vm, @Nullable Path saveFile, Set<Ref<VBD>> vbds) {
        Snapshot snapshot = store.snapshot();
        Row<VM> row = snapshot.row(vm);
        requireBridges(snapshot, row);
        long needed = row.get(VM.MEMORY_DYNAMIC_MIN) + row.get(VM.MEMORY_OVERHEAD);
        if (saveFile == null) {
            disks.beforeBoot(vbds);
        }
        memory.offer((row.get(VM.MEMORY_DYNAMIC_MAX) + row.get(VM.MEMORY_OVERHEAD)) / 1024);
        try (MemoryReclaim.Reservation reserved = reclaim.room(row)) {
            DomainConfig config = configs.of(snapshot, vm, vbds);
            DomainConfig fitting = config.toBuilder()
                    .bInfo(config.bInfo().toBuilder()
                            .targetMemkb(reserved.kib())
                            .build())
                    .build();
            int domid = saveFile == null
                    ? hypervisor.domains().create(fitting)
                    : hypervisor.domains().restore(fitting, saveFile);
            tellGuest(snapshot, vm, domid);
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

    /** Writes what libxl does not write for a guest that is about to run. */
    private void tellGuest(Snapshot snapshot, Ref<VM> vm, int domid) throws HypervisorException {
        Row<VM> row = snapshot.row(vm);
        guests.prepare(row, domid);
        BiosStrings.tell(hypervisor, row, domid);
        new StaticAddresses(hypervisor).tellAll(snapshot, vm, domid);
    }

    /** The bridge of a network that is not managed is somebody else's to make, before it is used. */
    private void requireBridges(Snapshot snapshot, Row<VM> vm) {
        for (Ref<VIF> vif : vm.get(VM.VIFS)) {
            Row<Network> network = snapshot.row(snapshot.get(vif, VIF.NETWORK));
            if (!network.get(Network.MANAGED) && !bridges.test(network.get(Network.BRIDGE))) {
                throw Errors.bridgeNotAvailable(network.get(Network.BRIDGE));
            }
        }
    }

    private void removeRest(String uuid) {
        find(uuid).ifPresent(d -> destroyRest(d.domid()));
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
     * @param booted whether its guest boots, instead of resuming
     * @param vbds the disks that its domain has
     * @param back makes the VM again what it was, when its guest cannot run
     */
    record Arrival(boolean paused, boolean booted, Set<Ref<VBD>> vbds, Consumer<Transaction> back) {}

    /**
     * Records that the VM has this domain and ends the operation, then unpauses the guest. The order matters, because a
     * booting guest takes the processors. If the daemon is killed in between, the domain has never run, and the next
     * start of the daemon unpauses it.
     */
    void arrive(Operation operation, Ref<VM> vm, int domid, Arrival arrival, Consumer<Transaction> last) {
        VmPowerState state = arrival.paused() ? VmPowerState.PAUSED : VmPowerState.RUNNING;
        orDestroy(
                vm,
                domid,
                () -> operation.finish(tx -> {
                    if (tx.get(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON).isNull()) {
                        throw Errors.vmHalted(vm.value());
                    }
                    states.started(tx, vm, domid, state, arrival.booted(), arrival.vbds());
                    last.accept(tx);
                }));
        if (arrival.paused()) {
            return;
        }
        try {
            hypervisor.domains().unpause(domid);
        } catch (HypervisorException e) {
            // First the VM, then the domain: a running VM whose domain is gone would be taken for one that ended.
            store.insist(tx -> {
                // Another operation may have taken the domain away, and given the VM a new one.
                if (CurrentDomain.is(tx, vm, domid)) {
                    arrival.back().accept(tx);
                }
            });
            destroyRest(domid);
            throw failed(vm, e);
        }
    }

    /** Reads the reports of a new domain's guest, now and from now on. */
    void follow(Ref<VM> vm) {
        states.reports().agentMayHaveSpoken(vm);
        whenStarted.accept(vm);
    }

    /** Whether that domain of a VM has not been unpaused yet. */
    public static boolean arrives(Row<VM> vm, DomainInfo domain) {
        return vm.get(VM.POWER_STATE) == VmPowerState.RUNNING
                && vm.get(VM.DOMID) == domain.domid()
                && hasNotRun(domain);
    }

    public static boolean hasNotRun(DomainInfo domain) {
        return domain.paused() && domain.cpuTime() == 0;
    }

    /** Does what a new domain still lacks, or takes the domain away. */
    private void orDestroy(Ref<VM> vm, int domid, Runnable step) {
        try {
            step.run();
        } catch (HypervisorException e) {
            destroyRest(domid);
            throw failed(vm, e);
        } catch (XenApiException e) {
            destroyRest(domid);
            throw e;
        }
    }

    /** VM_HALTED when another operation, such as a hard shutdown, has taken the VM's domain away. */
    static void checkStillHas(Snapshot snapshot, Ref<VM> vm, int domid) {
        if (!CurrentDomain.is(snapshot, vm, domid)) {
            throw Errors.vmHalted(vm.value());
        }
    }

    /**
     * Writes down that a new domain has taken the place of the one that the VM had, unless the VM has been ended
     * meanwhile.
     *
     * @param finish ends the operation with what it is given
     */
    void takeOver(Ref<VM> vm, int old, int domid, Consumer<Consumer<Transaction>> finish, Consumer<Transaction> last) {
        orDestroy(
                vm,
                domid,
                () -> finish.accept(tx -> {
                    checkStillHas(tx, vm, old);
                    last.accept(tx);
                }));
    }

    /** Unpauses a new domain that replaces an old one, or destroys it on failure. */
    void letRun(Ref<VM> vm, int old, int domid) {
        orDestroy(vm, domid, () -> {
            checkStillHas(store.snapshot(), vm, old);
            hypervisor.domains().unpause(domid);
        });
    }

    /** The domain with a VM's UUID, if there is one. */
    Optional<DomainInfo> find(String uuid) {
        return hypervisor.domains().findByUuid(UUID.fromString(uuid));
    }

    int domid(Ref<VM> vm) {
        return Math.toIntExact(store.snapshot().get(vm, VM.DOMID));
    }

    XenApiException failed(Ref<VM> vm, HypervisorException e) {
        return HypervisorErrors.of(store.snapshot(), vm, e);
    }

    /**
     * Replaces the VM's domain by a new one; VM_HALTED when another operation ends the VM meanwhile.
     *
     * @param vbds the disks that the new domain gets
     */
    public void rebuild(Ref<VM> vm, Set<Ref<VBD>> vbds, Consumer<Consumer<Transaction>> finish) {
        int old = domid(vm);
        store.change(tx -> {
            checkStillHas(tx, vm, old);
            states.between(tx, vm);
        });
        try {
            destroy(vm);
        } catch (XenApiException e) {
            store.change(tx -> {
                if (CurrentDomain.is(tx, vm, old)) {
                    tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
                }
            });
            throw e;
        }
        int domid;
        try {
            domid = create(vm, null, vbds);
            letRun(vm, old, domid);
        } catch (XenApiException e) {
            finish.accept(tx -> {
                if (CurrentDomain.is(tx, vm, old)) {
                    states.halted(tx, vm);
                }
            });
            throw e;
        }
        takeOver(vm, old, domid, finish, tx -> states.started(tx, vm, domid, VmPowerState.RUNNING, true, vbds));
    }

    /** Gives a guest that asked for it a fresh start in its domain; a domain that cannot is replaced. */
    public void softReset(Ref<VM> vm, int domid, Set<Ref<VBD>> vbds, Consumer<Consumer<Transaction>> finish) {
        try {
            Snapshot snapshot = store.snapshot();
            hypervisor.domains().softReset(domid, configs.of(snapshot, vm, vbds));
            guests.prepare(snapshot.row(vm), domid);
            new StaticAddresses(hypervisor).tellAll(snapshot, vm, domid);
            hypervisor.domains().unpause(domid);
            finish.accept(tx -> {
                checkStillHas(tx, vm, domid);
                states.started(tx, vm, domid, VmPowerState.RUNNING, true, vbds);
            });
        } catch (HypervisorException e) {
            rebuild(vm, vbds, finish);
        }
    }

    /** Ends the VM's domain if it has one; somebody else may do so at the same time, or be replacing it. */
    public void destroy(Ref<VM> vm) {
        String uuid = store.snapshot().get(vm, VM.UUID);
        Optional<DomainInfo> domain = find(uuid);
        while (domain.isPresent()) {
            int domid = domain.get().domid();
            try {
                hypervisor.domains().destroy(domid);
                return;
            } catch (HypervisorException e) {
                domain = find(uuid).filter(d -> !d.dying());
                if (domain.filter(d -> d.domid() == domid).isPresent()) {
                    throw failed(vm, e);
                }
            }
        }
    }

    /** Takes the VM's domain away, if it has one. */
    void stop(Ref<VM> vm) {
        removeRest(store.snapshot().get(vm, VM.UUID));
        store.change(tx -> halted(tx, vm));
    }

    /** The VM has no domain any more; one that was another tool's goes with it. */
    void halted(Transaction tx, Ref<VM> vm) {
        states.halted(tx, vm);
        if (ForeignRules.isForeign(tx.row(vm))) {
            VmCreation.remove(tx, vm);
        }
    }
}
