package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.domain.BiosStrings;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.VendorDevice;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostNumaAffinityPolicy;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Settings of a VM, its VIFs and their networks appear in its domain, or its start is refused. */
class GuestSettingsTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private SimulatedHost host;
    private SimulatedHypervisor xen;
    private H2Store store;

    @BeforeEach
    void open() {
        open(Firmware.SIMULATED);
    }

    private void open(Firmware firmware) {
        host = new SimulatedHost(folder, firmware);
        xen = host.xen;
        store = host.store;
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Row<VM> halted() {
        return Row.of(VM.XEN_CLASS)
                .with(VM.HVM_BOOT_POLICY, "BIOS order")
                .with(VM.HVM_BOOT_PARAMS, Map.of("firmware", "uefi", "order", "dc"))
                .with(VM.DOMAIN_TYPE, DomainType.HVM)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                .with(VM.DOMID, -1L)
                .with(VM.VCPUS_MAX, 2L)
                .with(VM.VCPUS_AT_STARTUP, 1L)
                .with(VM.MEMORY_STATIC_MAX, 256 * MIB)
                .with(VM.MEMORY_DYNAMIC_MAX, 256 * MIB)
                .with(VM.MEMORY_DYNAMIC_MIN, 256 * MIB);
    }

    private Ref<VM> create(Row<VM> row) {
        return store.transact(tx -> tx.create(row));
    }

    private DomainConfig started(Ref<VM> vm) {
        host.start(vm);
        return xen.domains().config(Math.toIntExact(store.snapshot().get(vm, VM.DOMID)));
    }

    private List<String> failure(Ref<VM> vm) {
        try {
            host.start(vm);
            return List.of();
        } catch (XenApiException e) {
            assertThat(store.snapshot().get(vm, VM.POWER_STATE)).isEqualTo(VmPowerState.HALTED);
            assertThat(xen.domains().list()).hasSize(1);
            List<String> all = new java.util.ArrayList<>(List.of(e.code()));
            all.addAll(e.params());
            return all;
        }
    }

    private <T> List<String> failure(Field<VM, T> field, T value) {
        return failure(create(halted().with(field, value)));
    }

    /** As a guest of another tool that is adopted: it runs, so no start gives it one. */
    @Test
    void aRunningGuestWithoutAGenerationIdReboots() {
        Ref<VM> vm = create(halted());
        started(vm);
        store.change(tx -> tx.set(vm, VM.GENERATION_ID, "0:0"));
        host.lifecycle.hardReboot(new InternalCall("VM.hard_reboot", store), vm);
        assertThat(xen.domains()
                        .config(Math.toIntExact(store.snapshot().get(vm, VM.DOMID)))
                        .bInfo()
                        .hvm()
                        .msVmGenid())
                .isNull();
    }

    @Test
    void theVirtualHardwareIsTheOneThatIsSet() {
        Ref<VM> vm = create(halted().with(VM.HAS_VENDOR_DEVICE, true)
                .with(VM.GENERATION_ID, "0:0")
                .with(VM.VCPUS_PARAMS, Map.of("mask", "0;1", "weight", "300"))
                .with(
                        VM.PLATFORM,
                        Map.of(
                                "hvm_serial", "tcp:192.0.2.1:7001",
                                "keymap", "de",
                                "videoram", "32",
                                "nested-virt", "true",
                                "secureboot", "auto",
                                "max_grant_frames", "128",
                                "parallel", "/dev/kmem")));

        DomainConfig config = started(vm);

        HvmInfo hvm = config.bInfo().hvm();
        assertThat(hvm.serial()).isEqualTo("tcp:192.0.2.1:7001");
        assertThat(hvm.keymap()).isEqualTo("de");
        assertThat(hvm.boot()).isEqualTo("dc");
        assertThat(hvm.vendorDevice()).isEqualTo(VendorDevice.XENSERVER);
        assertThat(hvm.msVmGenid()).isNotEqualTo("00000000-0000-0000-0000-000000000000");
        assertThat(config.bInfo().nestedHvm()).isTrue();
        assertThat(config.bInfo().videoMemkb()).isEqualTo(32 * 1024);
        assertThat(config.bInfo().maxGrantFrames()).isEqualTo(128);
        assertThat(config.bInfo().vcpuHardAffinity()).containsExactly(Set.of(0), Set.of(1));
        assertThat(config.cInfo().platformdata()).doesNotContainKey("parallel");
        // upstream: xapi_vm.ml start writes these two down
        assertThat(store.snapshot().get(vm, VM.PLATFORM))
                .containsEntry("device-model", "qemu-upstream-uefi")
                .containsEntry("secureboot", "false");
    }

    @Test
    void enlightenmentsForWindowsAreThoseThatAreSet() {
        Map<String, String> windows = Map.of(
                "viridian", "true",
                "viridian_time_ref_count", "true",
                "viridian_reference_tsc", "true",
                "viridian_stimer", "1",
                "viridian_crash_ctl", "false",
                "mmio_hole_size", Long.toString(1L << 30));
        assertThat(failure(VM.PLATFORM, Map.of("mmio_size_mib", "4096")))
                .containsExactly("INVALID_VALUE", "platform:mmio_size_mib", "4096");
        HvmInfo hvm =
                started(create(halted().with(VM.PLATFORM, windows))).bInfo().hvm();
        assertThat(hvm.viridian()).isTrue();
        // libxl_types.idl: time_ref_count, reference_tsc, synic and stimer; crash_ctl
        assertThat(hvm.viridianEnable()).containsExactlyInAnyOrder(2, 3, 7, 8);
        assertThat(hvm.viridianDisable()).containsExactly(6);
        assertThat(hvm.mmioHoleMemkb()).isEqualTo(1L << 20);

        Map<String, String> off = new HashMap<>(windows);
        off.put("viridian", "false");
        off.put("mmio_hole_size", "0");
        HvmInfo none = started(create(halted().with(VM.PLATFORM, off))).bInfo().hvm();
        assertThat(none.viridianEnable()).isNull();
        assertThat(none.viridianDisable()).isNull();
        assertThat(none.mmioHoleMemkb()).as("the least that there is").isEqualTo(256L << 10);
    }

    /** Upstream: ocaml/xenopsd/xc/domain.ml writes them, Xen's hvmloader reads them. */
    @Test
    void theFirmwareFindsTheBiosStringsAtEveryStart() {
        Map<String, String> strings = new HashMap<>(BiosStrings.GENERIC);
        strings.put("system-manufacturer", "Example");
        Ref<VM> vm = create(halted().with(VM.BIOS_STRINGS, strings));
        for (int start = 0; start < 2; start++) {
            started(vm);
            String path = "/local/domain/" + store.snapshot().get(vm, VM.DOMID) + "/bios-strings/";
            assertThat(xen.xenstore().read(path + "system-manufacturer")).contains("Example");
            assertThat(xen.xenstore().read(path + "bios-vendor")).contains("Xen");
            assertThat(xen.xenstore().read(path + "system-serial-number")).isEmpty();
            host.lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), vm);
        }
    }

    /** Upstream: ocaml/xapi/vm_platform.ml check_restricted_flags, xapi_xenops.ml nvram_uefi_of_vm. */
    @Test
    void whatCannotBeHonouredRefusesTheStart() {
        assertThat(failure(VM.PLATFORM, Map.of("nested-virt", "maybe")))
                .containsExactly("INVALID_VALUE", "platform:nested-virt", "maybe");
        assertThat(failure(VM.NVRAM, Map.of("EFI-variables-on-boot", "zz")))
                .containsExactly("INVALID_VALUE", "NVRAM['EFI-variables-on-boot']", "zz");
        assertThat(failure(VM.HVM_BOOT_PARAMS, Map.of("firmware", "openfirmware")))
                .containsExactly("INVALID_VALUE", "HVM-boot-params['firmware']", "openfirmware");
        assertThat(failure(VM.HVM_BOOT_PARAMS, Map.of("order", "cd,menu=on")))
                .containsExactly("INVALID_VALUE", "HVM-boot-params['order']", "cd,menu=on");
        assertThat(failure(VM.PLATFORM, Map.of("hvm_serial", "tcp:127.0.0.1:1,server=on,logfile=/any/file")))
                .startsWith("INVALID_VALUE", "platform:hvm_serial");
        assertThat(failure(VM.OTHER_CONFIG, Map.of("hvm_serial", "file:/any/file")))
                .startsWith("INVALID_VALUE", "other_config:hvm_serial");
        assertThat(failure(VM.BIOS_STRINGS, Map.of("a/b", "x")))
                .containsExactly("INVALID_VALUE", "bios_strings:a/b", "x");
        assertThat(failure(VM.BIOS_STRINGS, Map.of("oem-1", "x\ny")))
                .containsExactly("INVALID_VALUE", "bios_strings:oem-1", "x\ny");
        assertThat(failure(VM.PLATFORM, Map.of("videoram", "100000")))
                .containsExactly("INVALID_VALUE", "platform:videoram", "100000");
        assertThat(failure(VM.XENSTORE_DATA, Map.of("vm-data/a b", "x")))
                .containsExactly("INVALID_VALUE", "xenstore_data", "vm-data/a b");
        // upstream: xapi_xenops.ml tpm_of_vm, xapi_vtpm.ml assert_not_restricted
        assertThat(failure(VM.PLATFORM, Map.of("vtpm", "true"))).containsExactly("FEATURE_RESTRICTED", "restrict_vtpm");
        assertThat(failure(VM.OTHER_CONFIG, Map.of("pci", "81:00.0")))
                .containsExactly("INVALID_VALUE", "other_config:pci", "81:00.0");
    }

    @Test
    void uefiNeedsAFirmwareWithXensDriversAndSecureBootOneThatEnforcesIt() {
        close();
        open(Firmware.NONE);
        assertThat(failure(create(halted()))).startsWith("VALUE_NOT_SUPPORTED", "HVM-boot-params['firmware']", "uefi");
        assertThat(failure(VM.HVM_BOOT_PARAMS, Map.of("firmware", "bios"))).isEmpty();
        close();
        open(Firmware.of(Path.of("/usr/lib/xen/boot/ovmf.bin")));
        assertThat(failure(VM.PLATFORM, Map.of("secureboot", "true")))
                .startsWith("VALUE_NOT_SUPPORTED", "platform:secureboot", "true");
        assertThat(started(create(halted())).bInfo().hvm().systemFirmware()).isEqualTo("/usr/lib/xen/boot/ovmf.bin");
    }

    /** Upstream: ocaml/xapi/xapi_vm_lifecycle.ml (vm_has_pci_attached). */
    @Test
    void aVmWithPassedThroughDevicesStaysWhereItIs() {
        Ref<VM> vm = create(halted().with(VM.OTHER_CONFIG, Map.of("pci", "0/0000:81:00.0")));
        assertThat(started(vm).pcidevs()).extracting(PciConfig::bdf).containsExactly("0000:81:00.0");
        Ref<PCI> device = store.snapshot().get(vm, VM.ATTACHED_PCIS).get(0);
        assertThat(store.snapshot().get(device, PCI.PCI_ID)).isEqualTo("0000:81:00.0");
        assertThat(store.snapshot().get(device, PCI.ATTACHED_VMS)).containsExactly(vm);
        for (VmOperations refused : List.of(VmOperations.SUSPEND, VmOperations.CHECKPOINT, VmOperations.POOL_MIGRATE)) {
            assertThat(store.snapshot().get(vm, VM.ALLOWED_OPERATIONS)).doesNotContain(refused);
            assertThat(error(vm, refused)).isEqualTo("VM_HAS_PCI_ATTACHED " + vm.value());
        }
        host.lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), vm);
        assertThat(store.snapshot().get(vm, VM.ATTACHED_PCIS)).isEmpty();
        started(vm);
        assertThat(store.snapshot().get(vm, VM.ATTACHED_PCIS)).containsExactly(device);
    }

    private String error(Ref<VM> vm, VmOperations operation) {
        try {
            VmRules.check(store.snapshot(), vm, operation, false);
            return "";
        } catch (XenApiException e) {
            return e.code() + " " + String.join(" ", e.params());
        }
    }

    /** Upstream: ocaml/xapi/xapi_xenops.ml MD.of_vif. */
    @Test
    void anInterfaceHasTheMtuOfItsNetworkOrItsOwnAndItsRate() {
        Ref<Network> network =
                store.snapshot().all(Network.XEN_CLASS).iterator().next().ref();
        Ref<VM> vm = create(halted());
        store.change(tx -> {
            tx.set(network, Network.MTU, 9000L);
            vif(tx, vm, network, "0", Map.of(), Map.of());
            vif(tx, vm, network, "1", Map.of("mtu", "1400"), Map.of("kbps", "1000"));
            vif(tx, vm, network, "2", Map.of("mtu", "much"), Map.of("kbps", "1000", "timeslice_us", "1000000"));
        });
        List<NicConfig> nics = started(vm).nics();
        assertThat(nics).extracting(NicConfig::mtu).containsExactly(9000, 1400, 9000);
        assertThat(nics).extracting(NicConfig::rateBytesPerInterval).containsExactly(0L, 51_200L, 1_024_000L);
        assertThat(nics).extracting(NicConfig::rateIntervalUsecs).containsExactly(0, 50_000, 1_000_000);
        Ref<VM> wrong = create(halted());
        store.change(tx -> vif(tx, wrong, network, "0", Map.of("mtu", "70000"), Map.of()));
        host.lifecycle.hardShutdown(new InternalCall("VM.hard_shutdown", store), vm);
        assertThat(failure(wrong)).containsExactly("INVALID_VALUE", "VIF.other_config:mtu", "70000");
    }

    private static void vif(
            org.jxapi.store.Transaction tx,
            Ref<VM> vm,
            Ref<Network> network,
            String device,
            Map<String, String> config,
            Map<String, String> limit) {
        tx.create(Row.of(VIF.XEN_CLASS)
                .with(VIF.VM, vm)
                .with(VIF.NETWORK, network)
                .with(VIF.DEVICE, device)
                .with(VIF.MTU, 1500L)
                .with(VIF.MAC, "00:16:3e:00:01:0" + device)
                .with(VIF.OTHER_CONFIG, config)
                .with(VIF.QOS_ALGORITHM_TYPE, "ratelimit")
                .with(VIF.QOS_ALGORITHM_PARAMS, limit));
    }

    /** Upstream: ocaml/xapi/xapi_xenops.ml rtc_timeoffset_of_vm. */
    @Test
    void theClockIsAsFarFromUtcAsThePlatformOrADiskThatIsResetSays() {
        Ref<VM> vm = create(halted().with(VM.PLATFORM, Map.of("timeoffset", "-3600")));
        Ref<VDI> kept = disk(vm, "0", OnBoot.PERSIST, "5");
        DomainConfigs configs = host.configs;
        assertThat(configs.of(store.snapshot(), vm).bInfo().rtcTimeoffset()).isEqualTo(-3600);
        Ref<VDI> reset = disk(vm, "1", OnBoot.RESET, "7200");
        assertThat(configs.of(store.snapshot(), vm).bInfo().rtcTimeoffset()).isEqualTo(7200);
        Ref<VDI> other = disk(vm, "2", OnBoot.RESET, "1");
        assertThatThrownBy(() -> configs.of(store.snapshot(), vm)).isInstanceOfSatisfying(XenApiException.class, e -> {
            assertThat(e.code()).isEqualTo("VM_ATTACHED_TO_MORE_THAN_ONE_VDI_WITH_TIMEOFFSET_MARKED_AS_RESET_ON_BOOT");
            assertThat(e.params())
                    .containsExactlyInAnyOrder(vm.value(), reset.value(), other.value())
                    .doesNotContain(kept.value());
        });
    }

    /** Upstream: ocaml/xapi/xapi_xenops.ml MD.of_vbd. */
    @Test
    void aDiskIsWhereItsUserdeviceSaysAtTheNextStart() {
        Ref<VM> vm = create(halted());
        disk(vm, "0", OnBoot.PERSIST, "0");
        disk(vm, "1", OnBoot.PERSIST, "0");
        List<Ref<VBD>> vbds = store.snapshot().get(vm, VM.VBDS);
        for (String wrong : List.of("x", "sdz", "-1")) {
            store.change(tx -> tx.set(vbds.get(0), VBD.USERDEVICE, wrong));
            assertThat(failure(vm)).containsExactly("INVALID_DEVICE", wrong);
        }
        store.change(tx -> tx.set(vbds.get(0), VBD.USERDEVICE, "1"));
        assertThat(failure(vm)).containsExactly("DEVICE_ALREADY_EXISTS", "1");
        store.change(tx -> tx.set(vbds.get(0), VBD.USERDEVICE, "3"));
        assertThat(started(vm).disks()).extracting(DiskConfig::vdev).containsExactly("xvdb", "xvdd");
        assertThat(store.snapshot().get(vbds.get(0), VBD.DEVICE)).isEqualTo("xvdd");
    }

    private Ref<VDI> disk(Ref<VM> vm, String device, OnBoot onBoot, String offset) {
        Ref<SR> sr = SR.XEN_CLASS.ref(store.snapshot()
                .byNameLabel(SR.XEN_CLASS, "Local storage")
                .get(0)
                .value());
        Ref<VDI> vdi = host.disks.create(sr, "clock", MIB, VdiType.USER);
        store.change(tx -> {
            tx.set(vdi, VDI.ON_BOOT, onBoot);
            tx.set(vdi, VDI.OTHER_CONFIG, Map.of("timeoffset", offset));
            tx.create(Row.of(VBD.XEN_CLASS)
                    .with(VBD.VM, vm)
                    .with(VBD.VDI, vdi)
                    .with(VBD.MODE, VbdMode.RW)
                    .with(VBD.DEVICE, "xvd" + (char) ('a' + Integer.parseInt(device)))
                    .with(VBD.USERDEVICE, device));
        });
        return vdi;
    }

    @Test
    void theHostsMaskBoundsTheGuests() {
        Ref<Host> host = store.snapshot().all(Host.XEN_CLASS).iterator().next().ref();
        store.change(tx -> tx.set(host, Host.GUEST_VCPUS_PARAMS, Map.of("mask", "1")));
        assertThat(started(create(halted())).bInfo().vcpuHardAffinity()).containsExactly(Set.of(1), Set.of(1));
    }

    @Test
    void thePolicyOfTheHostPlacesGuestsOnNodes() {
        Ref<Host> host = store.snapshot().all(Host.XEN_CLASS).iterator().next().ref();
        assertThat(started(create(halted())).bInfo().numaPlacement()).isNull();
        store.change(tx -> tx.set(host, Host.NUMA_AFFINITY_POLICY, HostNumaAffinityPolicy.ANY));
        assertThat(started(create(halted())).bInfo().numaPlacement()).isFalse();
        store.change(tx -> tx.set(host, Host.NUMA_AFFINITY_POLICY, HostNumaAffinityPolicy.BEST_EFFORT));
        assertThat(started(create(halted())).bInfo().numaPlacement()).isTrue();
        store.change(tx -> tx.set(host, Host.GUEST_VCPUS_PARAMS, Map.of("mask", "1")));
        assertThat(started(create(halted())).bInfo().numaPlacement())
                .as("with a mask")
                .isNull();
    }
}
