package org.jxapi.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.StorageModule;
import org.jxapi.daemon.VmModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.host.HostPlugins;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.simulator.Faults;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.vbd.VbdService;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmLifecycle;
import org.jxapi.vm.VmSuspension;
import org.jxapi.xenapi.Crashdump;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** VMs follow domains, whichever tool changes these. The test plays the other tools on the host. */
class ReconciliationTest {
    private static final long PATIENCE_MS = 15_000;
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private H2Store store;
    private Operations operations;
    private Disks disks;
    private VmLifecycle lifecycle;
    private VmSuspension suspension;
    private VmModule vms;
    private Hosts hosts;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        operations = new Operations(store);
        hosts = Hosts.only(xen);
        StorageModule storage =
                new StorageModule(store, folder, operations, hosts, Clock.systemUTC(), new Measurements());
        disks = storage.disks();
        new FirstBoot(store, folder, Clock.systemUTC()).run(HostReader.read(xen, new SimulatedMachine(), true), true);
        storage.start();
        daemon();
    }

    /** A daemon that has just been started. */
    private void daemon() {
        PowerStates states = new PowerStates(store, hosts, Clock.systemUTC());
        Alerts alerts = new Alerts(store, Clock.systemUTC());
        VmClaims claims = new VmClaims(store, operations, host -> true);
        VmDomains domains = new VmDomains(
                store,
                hosts,
                disks,
                new DomainConfigs(disks, Firmware.SIMULATED),
                states,
                new PerHost<>(hosts, host -> new MemoryReclaim(store, hosts, host)),
                (host, bridge) -> true,
                (vm, domain) -> {},
                vm -> {});
        lifecycle = new VmLifecycle(store, disks, claims, domains, states, alerts);
        suspension = new VmSuspension(store, disks, claims, domains, states, alerts);
        vms = new VmModule(
                store,
                hosts,
                operations,
                disks,
                new DomainConfigs(disks, Firmware.SIMULATED),
                Clock.systemUTC(),
                workers,
                new Measurements(),
                (host, bridge) -> true,
                (vm, domain) -> {},
                new HostPlugins(Map.of(), Map.of(), host -> true, new PerHost<>(hosts, none -> {
                    throw new IllegalStateException("nothing here calls plug-ins");
                })));
    }

    @AfterEach
    void close() {
        vms.stop();
        workers.shutdownNow();
        xen.close();
        store.close();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(end);
            Thread.yield();
        }
    }

    private Ref<VM> vm(String name) {
        return store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)
                .with(VM.NAME_LABEL, name)
                .with(VM.HVM_BOOT_POLICY, "BIOS order")
                .with(VM.DOMAIN_TYPE, org.jxapi.xenapi.DomainType.HVM)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.DOMID, -1L)
                .with(VM.VCPUS_MAX, 2L)
                .with(VM.VCPUS_AT_STARTUP, 2L)
                .with(VM.MEMORY_STATIC_MAX, 256 * MIB)
                .with(VM.MEMORY_DYNAMIC_MAX, 256 * MIB)
                .with(VM.MEMORY_DYNAMIC_MIN, 128 * MIB)
                .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.RESTART)
                .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART)));
    }

    private Ref<VM> running(String name) {
        Ref<VM> vm = vm(name);
        lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false);
        return vm;
    }

    private VmPowerState state(Ref<VM> vm) {
        return store.snapshot().get(vm, VM.POWER_STATE);
    }

    private int domid(Ref<VM> vm) {
        return Math.toIntExact(store.snapshot().get(vm, VM.DOMID));
    }

    private void awaitState(Ref<VM> vm, VmPowerState state) {
        await(vm + " is " + state, () -> state(vm) == state && operations(vm).isEmpty());
    }

    private Map<String, VmOperations> operations(Ref<VM> vm) {
        return store.snapshot().get(vm, VM.CURRENT_OPERATIONS);
    }

    static NicConfig nic() {
        return NicConfig.builder()
                .devid(0)
                .mac("00:16:3e:01:02:03")
                .bridge("xenbr0")
                .build();
    }

    static DomainConfig.Builder domain(String name) {
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(DomainKind.PV)
                        .name(name)
                        .uuid(UUID.randomUUID())
                        .build())
                .bInfo(DomainBuildInfo.builder()
                        .maxVcpus(2)
                        .maxMemkb(131_072L)
                        .targetMemkb(65_536L)
                        .kernel("/boot/vmlinuz")
                        .cmdline("quiet")
                        .build());
    }

    private Ref<VM> shown(String name) {
        await(
                name + " is shown",
                () -> !store.snapshot().byNameLabel(VM.XEN_CLASS, name).isEmpty());
        return store.snapshot().byNameLabel(VM.XEN_CLASS, name).get(0);
    }

    /** {@code xl list} and {@code xe vm-list} say the same. */
    private void assertListsAgree() {
        Snapshot now = store.snapshot();
        assertThat(xen.domains().list().stream()
                        .map(DomainInfo::domid)
                        .filter(domid -> domid != 0)
                        .map(domid -> domid + " " + xen.domains().name(domid)))
                .containsExactlyInAnyOrderElementsOf(now.all(VM.XEN_CLASS).stream()
                        .map(Stored::row)
                        .filter(row -> row.get(VM.DOMID) > 0)
                        .map(row -> row.get(VM.DOMID) + " " + row.get(VM.NAME_LABEL))
                        .toList());
    }

    @Test
    void aDomainOfAnotherToolIsAMarkedVmThatGoesWithItsDomain() throws IOException {
        vms.start();
        Path other = Files.createFile(folder.resolve("other.img"));
        Ref<SR> sr = SR.XEN_CLASS.ref(store.snapshot()
                .byNameLabel(SR.XEN_CLASS, "Local storage")
                .get(0)
                .value());
        Ref<VDI> ours = disks.create(sr, "ours", MIB, VdiType.USER);
        int domid = xen.domains()
                .create(
                        domain("made-by-xl")
                                .disks(List.of(
                                        DiskConfig.disk(other.toString(), "xvda", DiskFormat.RAW),
                                        DiskConfig.disk(
                                                disks.file(store.snapshot(), ours)
                                                        .toString(),
                                                "xvdb",
                                                DiskFormat.RAW)))
                                .nics(List.of(nic()))
                                .build(),
                        false);
        Ref<VM> vm = shown("made-by-xl");
        Row<VM> row = store.snapshot().row(vm);
        assertThat(row.get(VM.OTHER_CONFIG)).containsEntry("foreign", "true");
        await("it runs", () -> state(vm) == VmPowerState.RUNNING);
        assertThat(domid(vm)).isEqualTo(domid);
        assertThat(row.get(VM.PV_KERNEL)).isEqualTo("/boot/vmlinuz");
        assertThat(row.get(VM.MEMORY_STATIC_MAX)).isEqualTo(128 * MIB);
        assertThat(row.get(VM.ALLOWED_OPERATIONS)).contains(VmOperations.HARD_SHUTDOWN);
        Snapshot now = store.snapshot();
        assertThat(row.get(VM.VBDS)).hasSize(2).anySatisfy(vbd -> {
            assertThat(now.get(vbd, VBD.DEVICE)).isEqualTo("xvda");
            assertThat(now.get(vbd, VBD.VDI).isNull()).isTrue();
            assertThat(now.get(vbd, VBD.OTHER_CONFIG)).containsEntry("path", other.toString());
        });
        assertThat(now.get(ours, VDI.VBDS)).hasSize(1);
        assertThat(row.get(VM.VIFS)).singleElement().satisfies(vif -> {
            assertThat(now.get(vif, VIF.MAC)).isEqualTo("00:16:3e:01:02:03");
            assertThat(now.get(now.get(vif, VIF.NETWORK), Network.BRIDGE)).isEqualTo("xenbr0");
        });
        assertListsAgree();

        xen.domains().destroy(domid);
        await("it is gone", () -> store.snapshot().find(vm).isEmpty());
        assertThat(store.snapshot().count(VBD.XEN_CLASS)).isZero();
        assertThat(store.snapshot().count(VIF.XEN_CLASS)).isZero();
        assertThat(store.snapshot().find(ours)).isPresent();
        assertListsAgree();
    }

    @Test
    void aForeignVmCanBeStoppedAndAnAdoptedOneStays() {
        vms.start();
        int domid = xen.domains().create(domain("stranger").build(), false);
        Ref<VM> stranger = shown("stranger");
        await("it runs", () -> state(stranger) == VmPowerState.RUNNING);
        lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), stranger);
        assertThat(xen.domains().list()).noneMatch(d -> d.domid() == domid);
        assertThat(store.snapshot().find(stranger)).isEmpty();
        assertThat(store.snapshot().count(VMGuestMetrics.XEN_CLASS)).isZero();

        int other = xen.domains().create(domain("child").build(), false);
        Ref<VM> child = shown("child");
        store.change(tx -> tx.set(child, VM.OTHER_CONFIG, Map.of()));
        xen.domains().destroy(other);
        awaitState(child, VmPowerState.HALTED);
    }

    @Test
    void aForeignVmIsNeitherRebootedNorSavedAndMarkingAHaltedVmDoesNotRemoveIt() throws Exception {
        vms.start();
        int domid = xen.domains().create(domain("stranger").build(), false);
        Ref<VM> stranger = shown("stranger");
        await("it runs", () -> state(stranger) == VmPowerState.RUNNING);
        assertThat(store.snapshot().get(stranger, VM.ALLOWED_OPERATIONS))
                .contains(VmOperations.PAUSE, VmOperations.CLEAN_SHUTDOWN, VmOperations.HARD_SHUTDOWN)
                .doesNotContain(VmOperations.HARD_REBOOT, VmOperations.SUSPEND, VmOperations.SNAPSHOT);
        assertRefused("OPERATION_NOT_ALLOWED", () -> lifecycle.hardReboot(call(), stranger));
        assertRefused("OPERATION_NOT_ALLOWED", () -> suspension.suspend(call(), stranger));
        assertThat(xen.domains().info(domid).shutdown()).isFalse();

        Ref<VM> halted = vm("halted");
        store.change(tx -> tx.set(halted, VM.OTHER_CONFIG, Map.of("foreign", "true")));
        assertRefused("OPERATION_NOT_ALLOWED", () -> lifecycle.start(call(), halted, null, false, false));
        xen.domains().destroy(domid);
        await("the other has gone", () -> store.snapshot().find(stranger).isEmpty());
        assertThat(state(halted)).isEqualTo(VmPowerState.HALTED);
    }

    @Test
    void anAdoptedVmIsNotBuiltAnewWithoutTheDisksThatOnlyItsToolKnew() throws Exception {
        vms.start();
        Path disk = Files.createFile(folder.resolve("other.img"));
        int domid = xen.domains()
                .create(
                        domain("child")
                                .disks(List.of(DiskConfig.disk(disk.toString(), "xvda", DiskFormat.RAW)))
                                .build(),
                        false);
        Ref<VM> child = shown("child");
        await("it runs", () -> state(child) == VmPowerState.RUNNING);
        store.change(tx -> tx.set(child, VM.OTHER_CONFIG, Map.of()));
        assertRefused("VBD_IS_EMPTY", () -> lifecycle.hardReboot(call(), child));
        assertThat(xen.domains().info(domid).shutdown()).isFalse();
        xen.guest(domid).reboot();
        awaitState(child, VmPowerState.HALTED);
        assertRefused("VBD_IS_EMPTY", () -> lifecycle.start(call(), child, null, false, false));
    }

    private Call call() {
        return new InternalCall("VM.start", store);
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aVmWhoseDomainOthersDestroyPauseOrResizeIsWhatTheDomainIs() {
        vms.start();
        Ref<VM> vm = running("target");
        int domid = domid(vm);
        assertListsAgree();
        xen.domains().pause(domid);
        awaitState(vm, VmPowerState.PAUSED);
        xen.domains().unpause(domid);
        awaitState(vm, VmPowerState.RUNNING);
        xen.memory().setTarget(domid, 131_072, false, true);
        xen.vcpus().setOnline(domid, Set.of(0));
        Ref<VMMetrics> metrics = store.snapshot().get(vm, VM.METRICS);
        await(
                "its size is seen",
                () -> store.snapshot().get(metrics, VMMetrics.MEMORY_ACTUAL) == 128 * MIB
                        && store.snapshot().get(metrics, VMMetrics.VCPUS_NUMBER) == 1
                        && store.snapshot().get(vm, VM.MEMORY_TARGET) == 128 * MIB);
        xen.domains().destroy(domid);
        awaitState(vm, VmPowerState.HALTED);
        assertThat(domid(vm)).isEqualTo(-1);
        assertThat(store.snapshot().get(vm, VM.CONSOLES)).isEmpty();
        assertListsAgree();
    }

    @Test
    void aVmWhoseGuestIsAboutToRunIsNotTakenForPaused() throws Exception {
        vms.start();
        Ref<VM> another = running("another");
        Ref<VM> vm = vm("about-to-run");
        CountDownLatch release = new CountDownLatch(1);
        xen.faults().inject("unpause", new Faults.Fault.Hang(release));
        Future<?> start =
                workers.submit(() -> lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false));
        awaitState(vm, VmPowerState.RUNNING);
        // The look that sees the other one gone sees this one too.
        xen.domains().destroy(domid(another));
        awaitState(another, VmPowerState.HALTED);
        assertThat(state(vm)).isEqualTo(VmPowerState.RUNNING);
        release.countDown();
        start.get();
        assertThat(xen.domains().info(domid(vm)).paused()).isFalse();
    }

    @Test
    void aVmHasTheVirtualCpusThatItsGuestIsAskedToHaveThoughItNeverObeys() {
        vms.start();
        Ref<VM> vm = running("stubborn");
        int domid = domid(vm);
        Ref<VMMetrics> metrics = store.snapshot().get(vm, VM.METRICS);
        assertThat(store.snapshot().get(metrics, VMMetrics.VCPUS_NUMBER)).isEqualTo(2);
        xen.guest(domid).hang();
        xen.vcpus().setOnline(domid, Set.of(0));
        // the next look at all domains
        xen.domains().destroy(domid(running("another")));
        await("it is seen", () -> store.snapshot().get(metrics, VMMetrics.VCPUS_NUMBER) == 1);
        assertThat(xen.domains().info(domid).vcpuOnline()).isEqualTo(2);
    }

    @Test
    void aDomainHasTheNameOfItsVmAsFarAsThatIsUnique() {
        vms.start();
        Ref<VM> first = running("web");
        assertThat(xen.domains().name(domid(first))).isEqualTo("web");
        Ref<VM> second = running("web");
        String uuid = store.snapshot().get(second, VM.UUID);
        assertThat(xen.domains().name(domid(second))).isEqualTo("web-" + uuid.substring(0, 8));
        Ref<VM> number = running("42");
        assertThat(xen.domains().name(domid(number))).startsWith("42-");
        store.change(tx -> tx.set(second, VM.NAME_LABEL, "shop"));
        await("the domain is renamed", () -> xen.domains().name(domid(second)).equals("shop"));
    }

    @Test
    void whatAGuestDoesItselfIsAnsweredAsItsVmSays() {
        vms.start();
        Ref<VM> vm = running("own-will");
        int first = domid(vm);
        xen.guest(first).reboot();
        await("it has a new domain", () -> domid(vm) > first && operations(vm).isEmpty());
        assertThat(state(vm)).isEqualTo(VmPowerState.RUNNING);
        int second = domid(vm);
        xen.guest(second).crash();
        await("it was restarted", () -> domid(vm) > second && operations(vm).isEmpty());
        store.change(tx -> tx.set(vm, VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.COREDUMP_AND_DESTROY));
        xen.guest(domid(vm)).crash();
        awaitState(vm, VmPowerState.HALTED);
        assertThat(store.snapshot().all(Crashdump.XEN_CLASS)).singleElement().satisfies(dump -> {
            Path file = disks.file(store.snapshot(), dump.row().get(Crashdump.VDI));
            assertThat(Files.readString(file)).contains("simulated core");
        });
        // XAPI starts no HVM guest that would have to be dumped.
        store.change(tx -> tx.set(vm, VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.DESTROY));
        lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false);
        xen.guest(domid(vm)).powerOff();
        awaitState(vm, VmPowerState.HALTED);
        assertThat(xen.domains().list()).hasSize(1);
    }

    @Test
    void aPreservedCrashStaysUntilSomebodyEndsIt() {
        vms.start();
        Ref<VM> vm = running("kept");
        store.change(tx -> tx.set(vm, VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.PRESERVE));
        int domid = domid(vm);
        xen.guest(domid).crash();
        awaitState(vm, VmPowerState.PAUSED);
        assertThat(xen.domains().info(domid).shutdownReason()).isEqualTo(ShutdownReason.CRASH);
        lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), vm);
        assertThat(xen.domains().list()).hasSize(1);
    }

    @Test
    void whatDiedRebootedOrStoppedWhileNoDaemonRanIsTrueAfterTheStart() {
        Ref<VM> died = running("died");
        Ref<VM> stopped = running("stopped");
        Ref<VM> lives = running("lives");
        Ref<VM> crashed = running("crashed");
        Ref<VM> paused = running("paused");
        xen.domains().pause(domid(paused));
        xen.domains().destroy(domid(died));
        xen.guest(domid(stopped)).powerOff();
        int before = domid(crashed);
        xen.guest(before).crash();
        xen.domains().create(domain("meanwhile").build(), false);
        int same = domid(lives);

        vms.start();

        assertThat(state(died)).isEqualTo(VmPowerState.HALTED);
        assertThat(state(lives)).isEqualTo(VmPowerState.RUNNING);
        assertThat(domid(lives)).isEqualTo(same);
        assertThat(state(paused)).isEqualTo(VmPowerState.PAUSED);
        awaitState(stopped, VmPowerState.HALTED);
        await(
                "the crashed one is restarted",
                () -> domid(crashed) > before && operations(crashed).isEmpty());
        shown("meanwhile");
        assertListsAgree();
    }

    @Test
    void anInterruptedStartIsTakenBackAndAnInterruptedRebootDone() {
        Ref<VM> starting = vm("starting");
        DomainConfigs configs = new DomainConfigs(disks, Firmware.SIMULATED);
        xen.domains().create(configs.of(store.snapshot(), starting));
        Ref<Host> host = store.snapshot().all(Host.XEN_CLASS).iterator().next().ref();
        store.change(tx -> tx.set(starting, VM.SCHEDULED_TO_BE_RESIDENT_ON, host));
        Ref<VM> rebooting = running("rebooting");
        xen.domains().destroy(domid(rebooting));
        int half = xen.domains().create(configs.of(store.snapshot(), rebooting));

        vms.start();

        assertThat(state(starting)).isEqualTo(VmPowerState.HALTED);
        assertThat(store.snapshot()
                        .get(starting, VM.SCHEDULED_TO_BE_RESIDENT_ON)
                        .isNull())
                .isTrue();
        assertThat(state(rebooting)).isEqualTo(VmPowerState.RUNNING);
        assertThat(domid(rebooting)).isGreaterThan(half);
        assertThat(xen.domains().list()).hasSize(2);
    }

    @Test
    void anInterruptedSuspendIsTakenBackOrDone() {
        Ref<VM> saving = running("saving");
        Ref<VM> saved = running("saved");
        Ref<VM> gone = running("gone");
        String boot = xen.bootId(domid(saving));
        Ref<SR> sr = SR.XEN_CLASS.ref(store.snapshot()
                .byNameLabel(SR.XEN_CLASS, "Local storage")
                .get(0)
                .value());
        Ref<VDI> half = disks.create(sr, VmSuspension.IMAGE, MIB, VdiType.SUSPEND);
        xen.domains().suspend(domid(saving), disks.file(store.snapshot(), half), false);
        for (Ref<VM> vm : List.of(saved, gone)) {
            Ref<VDI> image = disks.create(sr, VmSuspension.IMAGE, MIB, VdiType.SUSPEND);
            xen.domains().suspend(domid(vm), disks.file(store.snapshot(), image), false);
            store.change(tx -> tx.set(vm, VM.SUSPEND_VDI, image));
        }
        xen.domains().destroy(domid(gone));
        String savedBoot = xen.bootId(domid(saved));

        vms.start();

        assertThat(state(saving)).isEqualTo(VmPowerState.RUNNING);
        assertThat(xen.domains().info(domid(saving)).shutdown()).isFalse();
        assertThat(xen.bootId(domid(saving))).isEqualTo(boot);
        assertThat(store.snapshot().find(half)).isEmpty();
        assertThat(state(saved)).isEqualTo(VmPowerState.SUSPENDED);
        assertThat(state(gone)).isEqualTo(VmPowerState.SUSPENDED);
        suspension.resume(new InternalCall("VM.start", store), saved, null, false);
        assertThat(xen.bootId(domid(saved))).isEqualTo(savedBoot);
    }

    @Test
    void aResumeThatWasInterruptedAfterTheGuestWentOnLeavesNoImage() {
        Ref<VM> vm = running("resumed");
        suspension.suspend(new InternalCall("VM.suspend", store), vm);
        Ref<VDI> image = store.snapshot().get(vm, VM.SUSPEND_VDI);
        DomainConfig config = new DomainConfigs(disks, Firmware.SIMULATED).of(store.snapshot(), vm);
        xen.domains().restore(config, disks.file(store.snapshot(), image), false);

        vms.start();

        assertThat(state(vm)).isEqualTo(VmPowerState.RUNNING);
        assertThat(store.snapshot().get(vm, VM.SUSPEND_VDI).isNull()).isTrue();
        assertThat(store.snapshot().find(image)).isEmpty();
    }

    @Test
    void aStartThatFailsLeavesNothingAndSaysWhy() {
        Ref<VM> vm = vm("no-disk");
        Ref<SR> sr = SR.XEN_CLASS.ref(store.snapshot()
                .byNameLabel(SR.XEN_CLASS, "Local storage")
                .get(0)
                .value());
        Ref<VDI> vdi = disks.create(sr, "lost", MIB, VdiType.USER);
        store.change(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, vdi)
                .with(VBD.DEVICE, "xvda")
                .with(VBD.USERDEVICE, "0")));
        assertThat(disks.file(store.snapshot(), vdi).toFile().delete()).isTrue();
        assertThat(failure(vm)).isEqualTo("SR_BACKEND_FAILURE_46");
        Ref<VM> kernel = vm("no-kernel");
        store.change(tx -> {
            tx.set(kernel, VM.DOMAIN_TYPE, org.jxapi.xenapi.DomainType.PV);
            tx.set(kernel, VM.PV_KERNEL, "/boot/there-is-none");
        });
        assertThat(failure(kernel)).isEqualTo("INVALID_VALUE");
        store.change(tx -> tx.set(kernel, VM.PV_BOOTLOADER, "eliloader"));
        assertThat(failure(kernel)).isEqualTo("UNKNOWN_BOOTLOADER");
        assertThat(xen.domains().list()).hasSize(1);
        assertThat(state(vm)).isEqualTo(VmPowerState.HALTED);
        assertThat(operations(kernel)).isEmpty();
    }

    private String failure(Ref<VM> vm) {
        try {
            lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false);
            return "";
        } catch (XenApiException e) {
            return e.code();
        }
    }

    @Test
    void aGuestWithoutEmulatedDrivesSeesADiscAsADisk() throws IOException {
        Path kernel = Files.createDirectories(folder.resolve("boot")).resolve("vmlinuz");
        Files.createFile(kernel);
        Ref<VM> vm = vm("pv");
        Ref<SR> sr = SR.XEN_CLASS.ref(store.snapshot()
                .byNameLabel(SR.XEN_CLASS, "Local storage")
                .get(0)
                .value());
        Ref<VDI> disc = disks.create(sr, "disc", MIB, VdiType.USER);
        Ref<VBD> drive = store.transact(tx -> {
            tx.set(vm, VM.DOMAIN_TYPE, org.jxapi.xenapi.DomainType.PV);
            tx.set(vm, VM.PV_KERNEL, kernel.toString());
            return tx.create(Row.of(VBD.XEN_CLASS)
                    .with(VBD.VM, vm)
                    .with(VBD.TYPE, VbdType.CD)
                    .with(VBD.EMPTY, true)
                    .with(VBD.DEVICE, "xvdd")
                    .with(VBD.USERDEVICE, "3"));
        });
        DomainConfigs configs = new DomainConfigs(
                disks, Firmware.SIMULATED, List.of(folder.resolve("boot").toRealPath()));
        int domid = xen.domains().create(configs.of(store.snapshot(), vm), false);
        store.change(tx -> {
            tx.set(vm, VM.DOMID, (long) domid);
            tx.set(vm, VM.POWER_STATE, VmPowerState.RUNNING);
        });
        assertThat(xen.devices().list(domid, DiskConfig.class)).isEmpty();
        VbdService vbds = new VbdService(store, hosts, operations, configs);
        vbds.insert(new InternalCall("VM.start", store), drive, disc);
        assertThat(xen.devices().list(domid, DiskConfig.class)).singleElement().satisfies(disk -> {
            assertThat(disk.isCdrom()).isFalse();
            assertThat(disk.readwrite()).isFalse();
        });
        vbds.eject(new InternalCall("VM.start", store), drive);
        assertThat(xen.devices().list(domid, DiskConfig.class)).isEmpty();
    }
}
