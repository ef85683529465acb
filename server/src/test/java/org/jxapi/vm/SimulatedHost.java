package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.StorageModule;
import org.jxapi.daemon.VmModule;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.host.HostPlugins;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operations;
import org.jxapi.reconcile.GuestAgentWatcher;
import org.jxapi.reconcile.MemoryBalance;
import org.jxapi.storage.Disks;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VmPowerState;

/** A host of 64 GiB, 4 of them its control domain's, whose guests do everything at once; without a daemon around it. */
public final class SimulatedHost implements AutoCloseable {
    public static final long MIB = 1L << 20;
    public static final long GIB = 1L << 30;

    public final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    public final Hosts hosts = Hosts.only(xen);
    public final H2Store store;
    public final Operations operations;
    public final Disks disks;
    final DomainConfigs configs;
    final PowerStates states;
    public final VmDomains domains;
    public final VmLifecycle lifecycle;
    public final VmSuspension suspension;
    public final Relocation relocation;
    public final VmMemory memory;
    public final MemoryReclaim reclaim;
    public final MemoryBalance balance;
    private final GuestAgentWatcher agents;

    public SimulatedHost(Path folder) {
        this(folder, Firmware.SIMULATED);
    }

    SimulatedHost(Path folder, Firmware firmware) {
        this(folder, firmware, xen -> xen);
    }

    /** One whose storage sees another hypervisor in it. */
    public SimulatedHost(Path folder, UnaryOperator<Hypervisor> ofStorage) {
        this(folder, Firmware.SIMULATED, ofStorage);
    }

    private SimulatedHost(Path folder, Firmware firmware, UnaryOperator<Hypervisor> ofStorage) {
        store = H2Store.open(folder);
        operations = new Operations(store);
        StorageModule storage = new StorageModule(
                store, folder, operations, Hosts.only(ofStorage.apply(xen)), Clock.systemUTC(), new Measurements());
        disks = storage.disks();
        configs = new DomainConfigs(disks, firmware);
        new FirstBoot(store, folder, Clock.systemUTC())
                .run(HostReader.read(xen, new SimulatedMachine(), true), firmware.uefi());
        storage.start();
        store.addDerivation(new MemoryOverhead());
        store.addDerivation(new VmAllowedOperations());
        VmClaims claims = new VmClaims(store, operations, host -> true);
        Alerts alerts = new Alerts(store, Clock.systemUTC());
        states = new PowerStates(store, hosts, Clock.systemUTC());
        agents = new GuestAgentWatcher(store, hosts, states.reports());
        PerHost<MemoryReclaim> reclaims = new PerHost<>(hosts, host -> new MemoryReclaim(store, hosts, host));
        reclaim = reclaims.of(xen);
        domains = new VmDomains(
                store,
                hosts,
                disks,
                configs,
                states,
                reclaims,
                (host, bridge) -> true,
                (vm, domain) -> {},
                agents::follow);
        lifecycle = new VmLifecycle(store, disks, claims, domains, states, alerts);
        suspension = new VmSuspension(store, disks, claims, domains, states, alerts);
        relocation = new Relocation(store, disks, claims, domains, states, suspension);
        balance = new MemoryBalance(xen, reclaim);
        memory = new VmMemory(store, hosts, claims, reclaims, host -> balance.changed());
    }

    /** Everything about VMs, as a daemon has it that is about to start. */
    public VmModule daemon(ExecutorService workers) {
        return new VmModule(
                store,
                hosts,
                operations,
                disks,
                configs,
                Clock.systemUTC(),
                workers,
                new Measurements(),
                (host, bridge) -> true,
                (vm, domain) -> {},
                new HostPlugins(Map.of(), Map.of(), host -> true, new PerHost<>(hosts, none -> {
                    throw new IllegalStateException("nothing here calls plug-ins");
                })));
    }

    public Call call() {
        return new InternalCall("VM.start", store);
    }

    /**
     * A repository of type file that is plugged.
     *
     * @param format of its disks: raw or qcow2
     */
    public Ref<SR> repository(Path location, String format) {
        return store.transact(tx -> {
            Ref<SR> sr = tx.create(Row.of(SR.XEN_CLASS)
                    .with(SR.NAME_LABEL, String.valueOf(location.getFileName()))
                    .with(SR.TYPE, "file")
                    .with(SR.PHYSICAL_SIZE, 1L));
            tx.create(Row.of(PBD.XEN_CLASS)
                    .with(PBD.SR, sr)
                    .with(PBD.HOST, tx.all(Host.XEN_CLASS).iterator().next().ref())
                    .with(PBD.CURRENTLY_ATTACHED, true)
                    .with(
                            PBD.DEVICE_CONFIG,
                            Map.of("location", location.toString(), "preferred-image-formats", format)));
            return sr;
        });
    }

    /** A halted HVM guest of 1 GiB, changed as asked. */
    public Ref<VM> vm(String name, UnaryOperator<Row<VM>> more) {
        return store.transact(tx -> tx.create(more.apply(Row.of(VM.XEN_CLASS)
                .with(VM.NAME_LABEL, name)
                .with(VM.HVM_BOOT_POLICY, "BIOS order")
                .with(VM.DOMAIN_TYPE, DomainType.HVM)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.DOMID, -1L)
                .with(VM.VCPUS_MAX, 1L)
                .with(VM.VCPUS_AT_STARTUP, 1L)
                .with(VM.MEMORY_STATIC_MAX, GIB)
                .with(VM.MEMORY_DYNAMIC_MAX, GIB)
                .with(VM.MEMORY_DYNAMIC_MIN, GIB))));
    }

    /** A halted guest that may balloon between so many GiB. */
    public Ref<VM> vm(String name, long minGib, long maxGib) {
        return vm(
                name,
                row -> row.with(VM.MEMORY_STATIC_MAX, maxGib * GIB)
                        .with(VM.MEMORY_DYNAMIC_MAX, maxGib * GIB)
                        .with(VM.MEMORY_DYNAMIC_MIN, minGib * GIB));
    }

    public Ref<VM> start(Ref<VM> vm) {
        lifecycle.start(call(), vm, null, false, false);
        return vm;
    }

    public <T> T get(Ref<VM> vm, Field<VM, T> field) {
        return store.snapshot().get(vm, field);
    }

    public Row<VMGuestMetrics> guest(Ref<VM> vm) {
        return store.snapshot().row(get(vm, VM.GUEST_METRICS));
    }

    public int domid(Ref<VM> vm) {
        return get(vm, VM.DOMID).intValue();
    }

    private String home(Ref<VM> vm) {
        return Xenstore.domainPath(domid(vm)) + "/";
    }

    public Optional<String> read(Ref<VM> vm, String path) {
        return xen.xenstore().read(home(vm) + path);
    }

    public Optional<XenstorePermissions> permissions(Ref<VM> vm, String path) {
        return xen.xenstore().permissions(home(vm) + path);
    }

    public void remove(Ref<VM> vm, String path) {
        xen.xenstore().remove(home(vm) + path);
    }

    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        balance.stop();
        agents.stop();
        xen.close();
        store.close();
    }
}
