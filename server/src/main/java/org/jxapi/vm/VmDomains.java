package org.jxapi.vm;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
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
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.Unreachable;
import org.jxapi.local.VmDomain;
import org.jxapi.memory.HostMemory;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
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
    private final Hosts hosts;
    private final Disks disks;
    private final DomainConfigs configs;
    private final PowerStates states;
    private final PerHost<MemoryReclaim> reclaim;
    private final PerHost<HostMemory> memory;
    private final BiPredicate<Hypervisor, String> bridges;
    private final BiConsumer<Ref<VM>, VmDomain> plugged;
    private final Consumer<Ref<VM>> whenStarted;

    /**
     * @param bridges whether a host has a bridge of that name
     * @param plugged gives a new domain, whose guest has not run, the devices that libxl does not create with it
     * @param whenStarted gets each VM that has got a domain
     */
    public VmDomains(
            Store store,
            Hosts hosts,
            Disks disks,
            DomainConfigs configs,
            PowerStates states,
            PerHost<MemoryReclaim> reclaim,
            BiPredicate<Hypervisor, String> bridges,
            BiConsumer<Ref<VM>, VmDomain> plugged,
            Consumer<Ref<VM>> whenStarted) {
        this.store = store;
        this.hosts = hosts;
        this.disks = disks;
        this.configs = configs;
        this.states = states;
        this.reclaim = reclaim;
        this.memory = new PerHost<>(hosts, hypervisor -> new HostMemory(store, hosts, hypervisor));
        this.bridges = bridges;
        this.plugged = plugged;
        this.whenStarted = whenStarted;
    }

    /**
     * Builds the domain; nothing is left behind on failure.
     *
     * @param host where
     * @param saveFile what its memory is restored from; null for a guest that boots
     * @param vbds the disks that it gets
     */
    VmDomain create(Ref<VM> vm, Ref<Host> host, @Nullable Path saveFile, Set<Ref<VBD>> vbds) {
        if (saveFile == null) {
            return build(vm, host, vbds, () -> disks.beforeBoot(vbds), configs::of, Domains::create);
        }
        return build(
                vm, host, vbds, () -> {}, configs::resumed, (domains, config) -> domains.restore(config, saveFile));
    }

    /** The same for a guest whose memory another host sends. */
    VmDomain receive(Ref<VM> vm, Ref<Host> host, InputStream memory, Set<Ref<VBD>> vbds) {
        return build(vm, host, vbds, () -> {}, configs::resumed, (domains, config) -> domains.receive(config, memory));
    }

    private interface Parts {
        DomainConfig of(Snapshot snapshot, Ref<VM> vm, Set<Ref<VBD>> vbds);
    }

    private interface Builder {
        int build(Domains domains, DomainConfig config);
    }

    private VmDomain build(
            Ref<VM> vm, Ref<Host> host, Set<Ref<VBD>> vbds, Runnable before, Parts parts, Builder builder) {
        Snapshot snapshot = store.snapshot();
        Row<VM> row = snapshot.row(vm);
        Hypervisor hypervisor = hosts.of(host);
        requireBridges(snapshot, row, hypervisor);
        long needed = row.get(VM.MEMORY_DYNAMIC_MIN) + row.get(VM.MEMORY_OVERHEAD);
        before.run();
        memory.of(hypervisor).offer((row.get(VM.MEMORY_DYNAMIC_MAX) + row.get(VM.MEMORY_OVERHEAD)) / 1024);
        try (MemoryReclaim.Reservation reserved = reclaim.of(hypervisor).room(row)) {
            DomainConfig config = parts.of(snapshot, vm, vbds);
            DomainConfig fitting = config.toBuilder()
                    .bInfo(config.bInfo().toBuilder()
                            .targetMemkb(reserved.kib())
                            .build())
                    .build();
            int domid = builder.build(hypervisor.domains(), fitting);
            VmDomain made = new VmDomain(host, hypervisor, domid);
            tellGuest(snapshot, vm, made);
            plugged.accept(vm, made);
            return made;
        } catch (XenApiException e) {
            removeRest(hypervisor, row.get(VM.UUID));
            throw e;
        } catch (HypervisorException e) {
            removeRest(hypervisor, row.get(VM.UUID));
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
    private static void tellGuest(Snapshot snapshot, Ref<VM> vm, VmDomain made) throws HypervisorException {
        Row<VM> row = snapshot.row(vm);
        new GuestNodes(made.hypervisor()).prepare(row, made.domid());
        BiosStrings.tell(made.hypervisor(), row, made.domid());
        new StaticAddresses(made.hypervisor()).tellAll(snapshot, vm, made.domid());
    }

    /** The bridge of a network that is not managed is somebody else's to make, before it is used. */
    private void requireBridges(Snapshot snapshot, Row<VM> vm, Hypervisor hypervisor) {
        for (Ref<VIF> vif : vm.get(VM.VIFS)) {
            Row<Network> network = snapshot.row(snapshot.get(vif, VIF.NETWORK));
            if (!network.get(Network.MANAGED) && !bridges.test(hypervisor, network.get(Network.BRIDGE))) {
                throw Errors.bridgeNotAvailable(network.get(Network.BRIDGE));
            }
        }
    }

    private static void removeRest(Hypervisor hypervisor, String uuid) {
        hypervisor.domains().findByUuid(UUID.fromString(uuid)).ifPresent(d -> destroyRest(hypervisor, d.domid()));
    }

    private static void destroyRest(Hypervisor hypervisor, int domid) {
        try {
            hypervisor.domains().destroy(domid);
        } catch (HypervisorException e) {
            // The reconciliation takes care of a domain that is still there.
        }
    }

    /** Ends a domain that nothing needs, if it is still there. */
    void drop(VmDomain domain) {
        destroyRest(domain.hypervisor(), domain.domid());
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
    void arrive(Operation operation, Ref<VM> vm, VmDomain domain, Arrival arrival, Consumer<Transaction> last) {
        VmPowerState state = arrival.paused() ? VmPowerState.PAUSED : VmPowerState.RUNNING;
        orDestroy(
                vm,
                domain,
                () -> operation.finish(tx -> {
                    if (tx.get(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON).isNull()) {
                        throw Errors.vmHalted(vm.value());
                    }
                    states.started(tx, vm, domain, state, arrival.booted(), arrival.vbds());
                    last.accept(tx);
                }));
        if (arrival.paused()) {
            return;
        }
        try {
            domain.hypervisor().domains().unpause(domain.domid());
        } catch (HypervisorException e) {
            // First the VM, then the domain: a running VM whose domain is gone would be taken for one that ended.
            store.insist(tx -> {
                // Another operation may have taken the domain away, and given the VM a new one.
                if (CurrentDomain.is(tx, vm, domain)) {
                    arrival.back().accept(tx);
                }
            });
            destroyRest(domain.hypervisor(), domain.domid());
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
    private void orDestroy(Ref<VM> vm, VmDomain domain, Runnable step) {
        try {
            step.run();
        } catch (HypervisorException e) {
            destroyRest(domain.hypervisor(), domain.domid());
            throw failed(vm, e);
        } catch (XenApiException e) {
            destroyRest(domain.hypervisor(), domain.domid());
            throw e;
        }
    }

    /** VM_HALTED when another operation, such as a hard shutdown, has taken the VM's domain away. */
    static void checkStillHas(Snapshot snapshot, Ref<VM> vm, VmDomain domain) {
        if (!CurrentDomain.is(snapshot, vm, domain)) {
            throw Errors.vmHalted(vm.value());
        }
    }

    /**
     * Writes down that a new domain has taken the place of the one that the VM had, unless the VM has been ended
     * meanwhile.
     *
     * @param finish ends the operation with what it is given
     */
    void takeOver(
            Ref<VM> vm,
            VmDomain old,
            VmDomain made,
            Consumer<Consumer<Transaction>> finish,
            Consumer<Transaction> last) {
        orDestroy(
                vm,
                made,
                () -> finish.accept(tx -> {
                    checkStillHas(tx, vm, old);
                    last.accept(tx);
                }));
    }

    /** Unpauses a new domain that replaces an old one, or destroys it on failure. */
    void letRun(Ref<VM> vm, VmDomain old, VmDomain made) {
        orDestroy(vm, made, () -> {
            checkStillHas(store.snapshot(), vm, old);
            made.hypervisor().domains().unpause(made.domid());
        });
    }

    /** The domain with a VM's UUID on that host, if there is one. */
    private static Optional<DomainInfo> find(Hypervisor hypervisor, String uuid) {
        return hypervisor.domains().findByUuid(UUID.fromString(uuid));
    }

    /** The domain with a VM's UUID, if there is one. */
    Optional<DomainInfo> find(Ref<VM> vm) {
        String uuid = store.snapshot().get(vm, VM.UUID);
        AtomicReference<@Nullable DomainInfo> found = new AtomicReference<>();
        atPlaces(vm, hypervisor -> find(hypervisor, uuid).ifPresent(domain -> found.compareAndSet(null, domain)));
        return Optional.ofNullable(found.get());
    }

    /** The domain that the VM has. */
    VmDomain domain(Ref<VM> vm) {
        return hosts.domain(store.snapshot(), vm);
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
        VmDomain old = domain(vm);
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
        VmDomain made;
        try {
            made = create(vm, old.host(), null, vbds);
            letRun(vm, old, made);
        } catch (XenApiException e) {
            finish.accept(tx -> {
                if (CurrentDomain.is(tx, vm, old)) {
                    states.halted(tx, vm);
                }
            });
            throw e;
        }
        takeOver(vm, old, made, finish, tx -> states.started(tx, vm, made, VmPowerState.RUNNING, true, vbds));
    }

    /** Gives a guest that asked for it a fresh start in its domain; a domain that cannot is replaced. */
    public void softReset(Ref<VM> vm, VmDomain domain, Set<Ref<VBD>> vbds, Consumer<Consumer<Transaction>> finish) {
        Hypervisor hypervisor = domain.hypervisor();
        try {
            Snapshot snapshot = store.snapshot();
            hypervisor.domains().softReset(domain.domid(), configs.of(snapshot, vm, vbds));
            new GuestNodes(hypervisor).prepare(snapshot.row(vm), domain.domid());
            new StaticAddresses(hypervisor).tellAll(snapshot, vm, domain.domid());
            hypervisor.domains().unpause(domain.domid());
            finish.accept(tx -> {
                checkStillHas(tx, vm, domain);
                states.started(tx, vm, domain, VmPowerState.RUNNING, true, vbds);
            });
        } catch (HypervisorException e) {
            rebuild(vm, vbds, finish);
        }
    }

    /** Ends the VM's domain if it has one; somebody else may do so at the same time, or be replacing it. */
    public void destroy(Ref<VM> vm) {
        String uuid = store.snapshot().get(vm, VM.UUID);
        atPlaces(vm, hypervisor -> destroy(vm, hypervisor, uuid));
    }

    /** Works wherever a VM's domain can be. The rest on a host that cannot be reached is removed when it can be. */
    private void atPlaces(Ref<VM> vm, Consumer<Hypervisor> work) {
        boolean resident = !store.snapshot().get(vm, VM.RESIDENT_ON).isNull();
        for (Hypervisor hypervisor : places(vm)) {
            try {
                work.accept(hypervisor);
            } catch (XenApiException e) {
                if (resident || !Unreachable.is(e)) {
                    throw e;
                }
            }
        }
    }

    /** Where a VM's domain can be: that of a VM that is on no host, such as one that just starts, on any. */
    private List<Hypervisor> places(Ref<VM> vm) {
        Ref<Host> host = store.snapshot().get(vm, VM.RESIDENT_ON);
        return host.isNull() ? hosts.hypervisors() : List.of(hosts.of(host));
    }

    /** Ends the domain of that UUID on a host, if there is one. */
    public void destroy(Ref<VM> vm, Hypervisor hypervisor, String uuid) {
        Optional<DomainInfo> domain = find(hypervisor, uuid);
        while (domain.isPresent()) {
            int domid = domain.get().domid();
            try {
                hypervisor.domains().destroy(domid);
                return;
            } catch (HypervisorException e) {
                domain = find(hypervisor, uuid).filter(d -> !d.dying());
                if (domain.filter(d -> d.domid() == domid).isPresent()) {
                    throw failed(vm, e);
                }
            }
        }
    }

    /** Whether a host can be asked about its domains now. */
    boolean answers(Ref<Host> host) {
        try {
            hosts.of(host).host().version();
            return true;
        } catch (HypervisorException e) {
            return true;
        } catch (XenApiException e) {
            return false;
        }
    }

    /** Takes the VM's domain away, if it has one. */
    void stop(Ref<VM> vm) {
        String uuid = store.snapshot().get(vm, VM.UUID);
        atPlaces(vm, hypervisor -> removeRest(hypervisor, uuid));
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
