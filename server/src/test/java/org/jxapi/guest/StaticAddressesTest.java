package org.jxapi.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.H2Store;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmLifecycle;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VmPowerState;

class StaticAddressesTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void aGuestFindsItsAddressAtEveryStart() {
        try (SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
                H2Store store = H2Store.open(folder)) {
            Operations operations = new Operations(store);
            Disks disks =
                    new StorageModule(store, folder, operations, xen, Clock.systemUTC(), new Measurements()).disks();
            new FirstBoot(store, folder, Clock.systemUTC())
                    .run(HostReader.read(xen, new SimulatedMachine(), true), true);
            PowerStates states = new PowerStates(store, xen, Clock.systemUTC());
            VmLifecycle lifecycle = new VmLifecycle(
                    store,
                    xen,
                    disks,
                    new VmClaims(store, operations),
                    new VmDomains(
                            store,
                            xen,
                            disks,
                            new DomainConfigs(disks, Firmware.SIMULATED),
                            states,
                            new MemoryReclaim(store, xen),
                            bridge -> true,
                            started -> {}),
                    states,
                    new Alerts(store, Clock.systemUTC()));
            Ref<VM> vm = vm(store);
            for (int start = 0; start < 2; start++) {
                lifecycle.start(new InternalCall("VM.start", store), vm, null, false, false);
                int domid = Math.toIntExact(store.snapshot().get(vm, VM.DOMID));
                String path = "/local/domain/" + domid + "/xenserver/device/vif/0/static-ip-setting/";
                assertThat(xen.xenstore().read(path + "enabled")).contains("1");
                assertThat(xen.xenstore().read(path + "address")).contains("10.0.0.7/24");
                assertThat(xen.xenstore().read(path + "gateway")).contains("10.0.0.1");
                assertThat(xen.xenstore().read(path + "enabled6")).contains("0");
                xen.guest(domid)
                        .tell(Map.of(
                                "xenserver/device/vif/0/static-ip-setting/error-code", "1",
                                "xenserver/device/vif/0/static-ip-setting/error-msg", "the agent may say so"));
                lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), vm);
            }
        }
    }

    private static Ref<VM> vm(H2Store store) {
        return store.transact(tx -> {
            Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.HVM_BOOT_POLICY, "BIOS order")
                    .with(VM.DOMAIN_TYPE, DomainType.HVM)
                    .with(VM.POWER_STATE, VmPowerState.HALTED)
                    .with(VM.DOMID, -1L)
                    .with(VM.VCPUS_MAX, 1L)
                    .with(VM.VCPUS_AT_STARTUP, 1L)
                    .with(VM.MEMORY_STATIC_MAX, 256 * MIB)
                    .with(VM.MEMORY_DYNAMIC_MAX, 256 * MIB)
                    .with(VM.MEMORY_DYNAMIC_MIN, 128 * MIB));
            tx.create(Row.of(VIF.XEN_CLASS)
                    .with(VIF.VM, vm)
                    .with(
                            VIF.NETWORK,
                            tx.all(Network.XEN_CLASS).iterator().next().ref())
                    .with(VIF.DEVICE, "0")
                    .with(VIF.MAC, "02:00:00:00:00:01")
                    .with(VIF.MTU, 1500L)
                    .with(VIF.IPV4_CONFIGURATION_MODE, VifIpv4ConfigurationMode.STATIC)
                    .with(VIF.IPV4_ADDRESSES, List.of("10.0.0.7/24"))
                    .with(VIF.IPV4_GATEWAY, "10.0.0.1"));
            return vm;
        });
    }
}
