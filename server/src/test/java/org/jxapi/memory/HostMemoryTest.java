package org.jxapi.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmLifecycle;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;

/** A host of 8 GiB with 512 MiB free, because its control domain has all the rest. */
class HostMemoryTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    private static final long CONTROL_DOMAIN = 7 * GIB + 512 * MIB;

    @TempDir
    Path folder;

    private SimulatedHypervisor xen;
    private H2Store store;
    private VmLifecycle lifecycle;

    private void open(boolean fixed) {
        xen = SimulatedHypervisor.inMemory(
                new SimulatorSettings(4, 8 * GIB / 1024, CONTROL_DOMAIN / 1024, fixed, Duration.ZERO, Duration.ZERO));
        store = H2Store.open(folder);
        Operations operations = new Operations(store);
        Hosts hosts = Hosts.only(xen);
        StorageModule storage =
                new StorageModule(store, folder, operations, hosts, Clock.systemUTC(), new Measurements());
        new FirstBoot(store, folder, Clock.systemUTC()).run(HostReader.read(xen, new SimulatedMachine(), true), true);
        storage.start();
        PowerStates states = new PowerStates(store, hosts, Clock.systemUTC());
        lifecycle = new VmLifecycle(
                store,
                storage.disks(),
                new VmClaims(store, operations, host -> true),
                new VmDomains(
                        store,
                        hosts,
                        storage.disks(),
                        new DomainConfigs(storage.disks(), Firmware.SIMULATED),
                        states,
                        new PerHost<>(hosts, host -> new MemoryReclaim(store, hosts, host)),
                        (host, bridge) -> true,
                        (vm, domain) -> {},
                        vm -> {}),
                states,
                new Alerts(store, Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        xen.close();
        store.close();
    }

    private Ref<VM> start(long least, long most) {
        Ref<VM> vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)
                .with(VM.NAME_LABEL, "guest")
                .with(VM.HVM_BOOT_POLICY, "BIOS order")
                .with(VM.DOMAIN_TYPE, DomainType.HVM)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.DOMID, -1L)
                .with(VM.VCPUS_MAX, 1L)
                .with(VM.VCPUS_AT_STARTUP, 1L)
                .with(VM.MEMORY_STATIC_MAX, most)
                .with(VM.MEMORY_DYNAMIC_MAX, most)
                .with(VM.MEMORY_DYNAMIC_MIN, least)));
        lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false);
        return vm;
    }

    private Row<VM> controlDomain() {
        Snapshot now = store.snapshot();
        Ref<Host> host = now.all(Host.XEN_CLASS).iterator().next().ref();
        return now.row(now.get(host, Host.CONTROL_DOMAIN));
    }

    private long available() {
        Snapshot now = store.snapshot();
        Ref<Host> host = now.all(Host.XEN_CLASS).iterator().next().ref();
        return HostFreeMemory.available(now, host, Ref.nil());
    }

    @Test
    void aControlDomainWithoutASizeOfItsOwnGivesMemoryToGuests() {
        open(false);
        assertThat(controlDomain().get(VM.MEMORY_DYNAMIC_MIN)).isEqualTo(GIB);
        assertThat(controlDomain().get(VM.MEMORY_TARGET)).isEqualTo(CONTROL_DOMAIN);
        assertThat(available()).isEqualTo(7 * GIB);

        Ref<VM> vm = start(2 * GIB, 2 * GIB);

        assertThat(store.snapshot().get(vm, VM.POWER_STATE)).isEqualTo(VmPowerState.RUNNING);
        long left = xen.memory().target(Hypervisor.DOM0) * 1024;
        assertThat(left).isBetween(5 * GIB, 6 * GIB);
        assertThat(controlDomain().get(VM.MEMORY_TARGET)).isEqualTo(left);
        assertThat(store.snapshot().get(controlDomain().get(VM.METRICS), VMMetrics.MEMORY_ACTUAL))
                .isEqualTo(left);
        assertThat(available()).isBetween(4 * GIB, 5 * GIB);
    }

    @Test
    void itGivesWhatItCanToAGuestThatIsContentWithLess() {
        open(false);

        Ref<VM> vm = start(4 * GIB, 8 * GIB);

        assertThat(xen.memory().target(Hypervisor.DOM0) * 1024).isEqualTo(GIB);
        assertThat(xen.memory().target(Math.toIntExact(store.snapshot().get(vm, VM.DOMID))) * 1024)
                .isBetween(6 * GIB, 7 * GIB);
    }

    @Test
    void aGuestThatNeedsWhatItKeepsIsRefused() {
        open(false);

        assertThatThrownBy(() -> start(7 * GIB, 7 * GIB))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_NOT_ENOUGH_FREE_MEMORY"));
        assertThat(xen.memory().target(Hypervisor.DOM0) * 1024).isEqualTo(CONTROL_DOMAIN);
    }

    @Test
    void aControlDomainWithASizeOnXensCommandLineKeepsIt() {
        open(true);
        assertThat(controlDomain().get(VM.MEMORY_DYNAMIC_MIN)).isEqualTo(CONTROL_DOMAIN);
        assertThat(available()).isEqualTo(512 * MIB);

        assertThatThrownBy(() -> start(2 * GIB, 2 * GIB))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_NOT_ENOUGH_FREE_MEMORY"));
        start(256 * MIB, 256 * MIB);
        assertThat(xen.memory().target(Hypervisor.DOM0) * 1024).isEqualTo(CONTROL_DOMAIN);
    }
}
