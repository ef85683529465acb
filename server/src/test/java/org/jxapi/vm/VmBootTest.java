package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The checks of ocaml/xapi/xapi_vm_helpers.ml, assert_can_boot_here. */
class VmBootTest extends StoreTest {
    private static final long GIB = 1L << 30;

    private Ref<Host> host;
    private Ref<HostMetrics> metrics;
    private Ref<PBD> pbd;
    private Ref<SR> sr;
    private Ref<VDI> vdi;
    private Ref<VM> vm;

    /** A host of 8 GiB and 4 CPUs, and a VM that it can boot. */
    @BeforeEach
    void create() {
        store.change(tx -> {
            metrics = tx.create(
                    Row.of(HostMetrics.XEN_CLASS).with(HostMetrics.LIVE, true).with(HostMetrics.MEMORY_TOTAL, 8 * GIB));
            host = tx.create(Row.of(Host.XEN_CLASS)
                    .with(Host.ENABLED, true)
                    .with(Host.METRICS, metrics)
                    .with(Host.VIRTUAL_HARDWARE_PLATFORM_VERSIONS, List.of(0L, 1L, 2L))
                    .with(Host.CAPABILITIES, List.of("xen-3.0-x86_64", "hvm-3.0-x86_64"))
                    .with(Host.CPU_INFO, Map.of("cpu_count", "4")));
            sr = tx.create(Row.of(SR.XEN_CLASS));
            pbd = tx.create(
                    Row.of(PBD.XEN_CLASS).with(PBD.HOST, host).with(PBD.SR, sr).with(PBD.CURRENTLY_ATTACHED, true));
            vdi = tx.create(Row.of(VDI.XEN_CLASS).with(VDI.SR, sr));
            vm = tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.DOMAIN_TYPE, DomainType.HVM)
                    .with(VM.POWER_STATE, VmPowerState.HALTED)
                    .with(VM.VCPUS_MAX, 2L)
                    .with(VM.VCPUS_AT_STARTUP, 1L)
                    .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                    .with(VM.MEMORY_STATIC_MAX, 2 * GIB)
                    .with(VM.MEMORY_DYNAMIC_MAX, 2 * GIB)
                    .with(VM.MEMORY_DYNAMIC_MIN, GIB)
                    .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART));
            tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm).with(VBD.VDI, vdi));
        });
    }

    private <T> void is(Field<VM, T> field, T value) {
        store.change(tx -> tx.set(vm, field, value));
    }

    private void check() {
        VmBoot.check(store.snapshot(), vm, host);
    }

    private void boots() {
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    private void refuses(String code, String... params) {
        assertRefused(this::check, code, params);
    }

    private long needed(long guest) {
        return MemoryOverhead.withOverhead(store.snapshot().row(vm), guest);
    }

    @Test
    void aVmThatLacksNothingBoots() {
        boots();
        assertThat(Placement.choose(store.snapshot(), vm)).isEqualTo(host);
        assertThat(VmBoot.possible(store.snapshot(), vm)).containsExactly(host);
    }

    /** Everything is wrong first. Each step puts one thing right. */
    @Test
    void errorsComeInTheOrderOfXapi() {
        store.change(tx -> {
            tx.set(vm, VM.VCPUS_MAX, 0L);
            tx.set(vm, VM.VCPUS_AT_STARTUP, 0L);
            tx.set(vm, VM.MEMORY_STATIC_MIN, 3 * GIB);
            tx.set(vm, VM.HVM_SHADOW_MULTIPLIER, 0.5);
            tx.set(vm, VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RENAME_RESTART);
            tx.set(vm, VM.HARDWARE_PLATFORM_VERSION, 7L);
            tx.set(metrics, HostMetrics.LIVE, false);
            tx.set(host, Host.ENABLED, false);
            tx.set(pbd, PBD.CURRENTLY_ATTACHED, false);
            tx.set(host, Host.CAPABILITIES, List.of("xen-3.0-x86_64"));
            tx.set(metrics, HostMetrics.MEMORY_TOTAL, GIB);
        });
        refuses("INVALID_VALUE", "VCPUs_max", "0");
        is(VM.VCPUS_MAX, 8L);
        refuses("INVALID_VALUE", "VCPUs-at-startup", "0");
        is(VM.VCPUS_AT_STARTUP, 9L);
        refuses("VALUE_NOT_SUPPORTED", "VCPUs-at-startup", "9", "value greater than VCPUs-max");
        is(VM.VCPUS_AT_STARTUP, 8L);
        refuses("MEMORY_CONSTRAINT_VIOLATION");
        is(VM.MEMORY_STATIC_MIN, GIB);
        refuses("INVALID_VALUE", "HVM_shadow_multiplier", "0.5");
        is(VM.HVM_SHADOW_MULTIPLIER, 1.0);
        refuses(
                "VALUE_NOT_SUPPORTED",
                "VM.actions_after_crash",
                "rename_restart",
                "option would leak a domain; VMs and not domains are managed by this API");
        is(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.COREDUMP_AND_RESTART);
        refuses(
                "VALUE_NOT_SUPPORTED",
                "VM.actions_after_crash",
                "coredump_and_restart",
                "cannot invoke a coredump of an HVM, PVH or PV-in-PVH domain");
        is(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART);
        refuses("HOST_NOT_LIVE");
        store.change(tx -> tx.set(metrics, HostMetrics.LIVE, true));
        refuses("HOST_DISABLED", host.value());
        store.change(tx -> tx.set(host, Host.ENABLED, true));
        refuses("VM_HOST_INCOMPATIBLE_VIRTUAL_HARDWARE_PLATFORM_VERSION", host.value(), "[0; 1; 2]", vm.value(), "7");
        is(VM.HARDWARE_PLATFORM_VERSION, 2L);
        refuses("VM_REQUIRES_SR", vm.value(), sr.value());
        store.change(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, true));
        refuses("VM_HVM_REQUIRED", vm.value());
        store.change(tx -> tx.set(host, Host.CAPABILITIES, List.of("hvm-3.0-x86_64")));
        refuses("HOST_NOT_ENOUGH_FREE_MEMORY", Long.toString(needed(GIB)), Long.toString(GIB));
        store.change(tx -> tx.set(metrics, HostMetrics.MEMORY_TOTAL, 8 * GIB));
        refuses("HOST_NOT_ENOUGH_PCPUS", "8", "4");
        is(VM.PLATFORM, Map.of("vcpu-unrestricted", "true"));
        boots();
    }

    @Test
    void aPvGuestNeedsNoHvmAndMayDumpItsCore() {
        store.change(tx -> tx.set(host, Host.CAPABILITIES, List.of("xen-3.0-x86_64")));
        is(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.COREDUMP_AND_DESTROY);
        is(VM.DOMAIN_TYPE, DomainType.PV);
        boots();
        is(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART);
        is(VM.DOMAIN_TYPE, DomainType.PV_IN_PVH);
        refuses("VM_HVM_REQUIRED", vm.value());
    }

    @Test
    void aDisabledHostKeepsItsControlDomainAndTheVmsThatRunThere() {
        store.change(tx -> tx.set(host, Host.ENABLED, false));
        is(VM.RESIDENT_ON, host);
        refuses("HOST_DISABLED", host.value());
        is(VM.POWER_STATE, VmPowerState.RUNNING);
        boots();
        is(VM.POWER_STATE, VmPowerState.HALTED);
        is(VM.IS_CONTROL_DOMAIN, true);
        boots();
    }

    @Test
    void anEmptyDriveNeedsNoSr() {
        store.change(tx -> {
            tx.set(pbd, PBD.CURRENTLY_ATTACHED, false);
            for (Ref<VBD> vbd : tx.get(vm, VM.VBDS)) {
                tx.set(vbd, VBD.EMPTY, true);
            }
        });
        boots();
    }

    @Test
    void theImageOfASuspendedVmNeedsItsSr() {
        Ref<SR> elsewhere = store.transact(tx -> tx.create(Row.of(SR.XEN_CLASS)));
        is(VM.SUSPEND_VDI, store.transact(tx -> tx.create(Row.of(VDI.XEN_CLASS).with(VDI.SR, elsewhere))));
        boots();
        is(VM.POWER_STATE, VmPowerState.SUSPENDED);
        refuses("VM_REQUIRES_SR", vm.value(), elsewhere.value());
    }

    @Test
    void otherVmsOnTheHostAndOnTheirWayTakeTheirLeastMemory() {
        store.change(tx -> {
            tx.create(Row.of(VM.XEN_CLASS).with(VM.RESIDENT_ON, host).with(VM.MEMORY_DYNAMIC_MIN, 4 * GIB));
            tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.SCHEDULED_TO_BE_RESIDENT_ON, host)
                    .with(VM.MEMORY_DYNAMIC_MIN, 3 * GIB));
            tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, host);
        });
        refuses("HOST_NOT_ENOUGH_FREE_MEMORY", Long.toString(needed(GIB)), Long.toString(GIB));
        is(VM.MEMORY_DYNAMIC_MIN, GIB / 2);
        boots();
    }

    /** Upstream: ocaml/xapi/memory_check.ml, vm_compute_required_memory. */
    @Test
    void aPvGuestInPvhNeedsAllItsMemory() {
        is(VM.DOMAIN_TYPE, DomainType.PV_IN_PVH);
        store.change(tx -> tx.set(metrics, HostMetrics.MEMORY_TOTAL, 2 * GIB));
        refuses("HOST_NOT_ENOUGH_FREE_MEMORY", Long.toString(needed(2 * GIB)), Long.toString(2 * GIB));
    }

    @Test
    void aHostIsChosenForEverythingButItsMemory() {
        store.change(tx -> tx.set(metrics, HostMetrics.MEMORY_TOTAL, GIB));
        assertRefused(
                () -> Placement.choose(store.snapshot(), vm),
                "HOST_NOT_ENOUGH_FREE_MEMORY",
                Long.toString(needed(GIB)),
                Long.toString(GIB));
        assertThat(VmBoot.possible(store.snapshot(), vm)).isEmpty();
        is(VM.VCPUS_MAX, 5L);
        assertRefused(() -> Placement.choose(store.snapshot(), vm), "NO_HOSTS_AVAILABLE");
    }

    @Test
    void aHostThatIsBeingEvacuatedIsNotChosen() {
        store.change(
                tx -> tx.set(host, Host.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", HostAllowedOperations.EVACUATE)));
        assertRefused(() -> Placement.choose(store.snapshot(), vm), "NO_HOSTS_AVAILABLE");
        boots();
    }
}
