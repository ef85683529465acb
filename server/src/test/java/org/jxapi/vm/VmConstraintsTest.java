package org.jxapi.vm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VTPM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/**
 * The checks of ocaml/xapi/xapi_vm_lifecycle.ml, check_operation_error, from is_mobile on, of a running HVM guest that
 * has all PV drivers.
 */
class VmConstraintsTest extends RulesTest<VmOperations> {
    private static final VmOperations[] MOVES = {
        VmOperations.SUSPEND, VmOperations.CHECKPOINT, VmOperations.POOL_MIGRATE, VmOperations.MIGRATE_SEND
    };

    private Ref<VM> vm;
    private Ref<VMMetrics> metrics;
    private Ref<VMGuestMetrics> guest;
    private boolean strict = true;

    @BeforeEach
    void create() {
        store.change(tx -> {
            metrics = tx.create(Row.of(VMMetrics.XEN_CLASS).with(VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.HVM));
            guest = tx.create(Row.of(VMGuestMetrics.XEN_CLASS)
                    .with(VMGuestMetrics.PV_DRIVERS_VERSION, Map.of("major", "9", "minor", "4")));
            vm = tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.POWER_STATE, VmPowerState.RUNNING)
                    .with(VM.METRICS, metrics)
                    .with(VM.GUEST_METRICS, guest));
        });
    }

    @Override
    protected void check(VmOperations operation) {
        Row<VM> row = store.snapshot().row(vm);
        XenApiException error = VmConstraints.mobility(store.snapshot(), vm, row, operation, strict);
        if (error == null) {
            error = VmConstraints.error(store.snapshot(), vm, row, operation, strict);
        }
        if (error != null) {
            throw error;
        }
    }

    private void refusesMoves(String code, String... params) {
        for (VmOperations move : MOVES) {
            refuses(move, code, params);
        }
    }

    private <T> void is(Field<VM, T> field, T value) {
        store.change(tx -> tx.set(vm, field, value));
    }

    private void withoutDrivers(String... announced) {
        Map<String, String> told = new HashMap<>();
        for (String feature : announced) {
            told.put(feature, "1");
        }
        store.change(tx -> {
            tx.set(guest, VMGuestMetrics.PV_DRIVERS_VERSION, Map.of());
            tx.set(guest, VMGuestMetrics.OTHER, told);
        });
    }

    private Ref<VDI> disk(OnBoot onBoot) {
        return store.transact(tx -> {
            Ref<VDI> vdi = tx.create(Row.of(VDI.XEN_CLASS).with(VDI.ON_BOOT, onBoot));
            tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm).with(VBD.VDI, vdi));
            return vdi;
        });
    }

    @Test
    void aGuestWithPvDriversDoesEverything() {
        allows(MOVES);
        allows(VmOperations.CLEAN_SHUTDOWN, VmOperations.CLEAN_REBOOT, VmOperations.CHANGING_VCPUS_LIVE);
        allows(VmOperations.SNAPSHOT, VmOperations.CHANGING_DYNAMIC_RANGE, VmOperations.MAKE_INTO_TEMPLATE);
        allows(VmOperations.CREATE_VTPM);
    }

    @Test
    void aGuestWithoutDriversDoesWhatItHasAnnounced() {
        withoutDrivers();
        refusesMoves("VM_LACKS_FEATURE", vm.value());
        refuses(VmOperations.CLEAN_SHUTDOWN, "VM_LACKS_FEATURE", vm.value());
        refuses(VmOperations.CLEAN_REBOOT, "VM_LACKS_FEATURE", vm.value());
        refuses(VmOperations.CHANGING_VCPUS_LIVE, "VM_LACKS_FEATURE", vm.value());
        allows(VmOperations.HARD_SHUTDOWN, VmOperations.PAUSE, VmOperations.SNAPSHOT);
        withoutDrivers("feature-suspend");
        allows(MOVES);
        withoutDrivers("feature-shutdown");
        allows(VmOperations.CLEAN_SHUTDOWN, VmOperations.CLEAN_REBOOT);
        withoutDrivers("feature-poweroff", "feature-vcpu-hotplug");
        allows(VmOperations.CLEAN_SHUTDOWN, VmOperations.CHANGING_VCPUS_LIVE);
        refuses(VmOperations.CLEAN_REBOOT, "VM_LACKS_FEATURE", vm.value());
        withoutDrivers("feature-reboot");
        allows(VmOperations.CLEAN_REBOOT);
        refuses(VmOperations.CLEAN_SHUTDOWN, "VM_LACKS_FEATURE", vm.value());
    }

    @Test
    void aPvKernelOrAVmThatDoesNotRunNeedsNoDrivers() {
        withoutDrivers();
        store.change(tx -> tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.PVH));
        allows(VmOperations.SUSPEND, VmOperations.CLEAN_SHUTDOWN, VmOperations.CHANGING_VCPUS_LIVE);
        store.change(tx -> tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.UNSPECIFIED));
        refuses(VmOperations.SUSPEND, "VM_LACKS_FEATURE", vm.value());
        is(VM.POWER_STATE, VmPowerState.SUSPENDED);
        allows(VmOperations.CHECKPOINT, VmOperations.MIGRATE_SEND);
    }

    @Test
    void aCheckThatIsNotStrictTrustsTheGuestExceptWithItsProcessors() {
        withoutDrivers();
        strict = false;
        allows(MOVES);
        allows(VmOperations.CLEAN_SHUTDOWN, VmOperations.CLEAN_REBOOT);
        refuses(VmOperations.CHANGING_VCPUS_LIVE, "VM_LACKS_FEATURE", vm.value());
    }

    @Test
    void aGuestThatSaysWhyItCannotBeSuspendedIsNotMoved() {
        store.change(tx -> tx.set(guest, VMGuestMetrics.OTHER, Map.of("data-cant-suspend-reason", "no driver")));
        refusesMoves("VM_NON_SUSPENDABLE", vm.value(), "no driver");
        strict = false;
        refusesMoves("VM_NON_SUSPENDABLE", vm.value(), "no driver");
        is(VM.POWER_STATE, VmPowerState.HALTED);
        allows(VmOperations.MIGRATE_SEND);
    }

    @Test
    void aVmIsBoundToItsHostAsItWasStarted() {
        is(VM.PLATFORM, Map.of("nomigrate", "true", "nested-virt", "true"));
        allows(MOVES);
        store.change(tx -> tx.set(metrics, VMMetrics.NOMIGRATE, true));
        refusesMoves("VM_IS_IMMOBILE", vm.value());
        allows(VmOperations.CHANGING_DYNAMIC_RANGE, VmOperations.SNAPSHOT);
        store.change(tx -> {
            tx.set(metrics, VMMetrics.NOMIGRATE, false);
            tx.set(metrics, VMMetrics.NESTED_VIRT, true);
        });
        refusesMoves("VM_IS_IMMOBILE", vm.value());
        refuses(VmOperations.CHANGING_DYNAMIC_RANGE, "VM_IS_USING_NESTED_VIRT", vm.value());
        strict = false;
        allows(MOVES);
        allows(VmOperations.CHANGING_DYNAMIC_RANGE);
    }

    @Test
    void thePlatformBindsAVmThatHasNoMetrics() {
        is(VM.METRICS, VMMetrics.XEN_CLASS.ref("OpaqueRef:NULL"));
        allows(MOVES);
        is(VM.PLATFORM, Map.of("nomigrate", "1"));
        refusesMoves("VM_IS_IMMOBILE", vm.value());
        is(VM.PLATFORM, Map.of("nested-virt", "1"));
        refuses(VmOperations.CHANGING_DYNAMIC_RANGE, "VM_IS_USING_NESTED_VIRT", vm.value());
    }

    @Test
    void noSnapshotIsTakenOfADiskThatIsResetAtEachBoot() {
        Ref<VDI> vdi = disk(OnBoot.PERSIST);
        allows(VmOperations.SNAPSHOT);
        store.change(tx -> tx.set(vdi, VDI.ON_BOOT, OnBoot.RESET));
        for (VmOperations keeping : List.of(VmOperations.SNAPSHOT, VmOperations.CHECKPOINT, VmOperations.SUSPEND)) {
            refuses(keeping, "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        }
        allows(VmOperations.POOL_MIGRATE, VmOperations.MIGRATE_SEND);
        store.change(tx -> tx.set(vdi, VDI.ALLOW_CACHING, true));
        refuses(VmOperations.POOL_MIGRATE, "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        allows(VmOperations.MIGRATE_SEND);
    }

    @Test
    void devicesOfTheHostKeepAVmThere() {
        store.change(tx -> tx.create(Row.of(VUSB.XEN_CLASS).with(VUSB.VM, vm)));
        refusesMoves("VM_HAS_VUSBS", vm.value());
        refuses(VmOperations.SNAPSHOT, "VM_HAS_VUSBS", vm.value());
        store.change(tx -> tx.create(Row.of(VGPU.XEN_CLASS).with(VGPU.VM, vm)));
        refusesMoves("VM_HAS_VGPU", vm.value());
        Ref<PCI> pci = store.transact(tx -> tx.create(Row.of(PCI.XEN_CLASS)));
        is(VM.ATTACHED_PCIS, List.of(pci));
        refusesMoves("VM_HAS_PCI_ATTACHED", vm.value());
        refuses(VmOperations.SNAPSHOT, "VM_HAS_VUSBS", vm.value());
        allows(VmOperations.CLEAN_REBOOT);
        disk(OnBoot.RESET);
        refuses(VmOperations.SUSPEND, "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        withoutDrivers();
        refuses(VmOperations.SUSPEND, "VM_LACKS_FEATURE", vm.value());
        store.change(tx -> tx.set(metrics, VMMetrics.NOMIGRATE, true));
        refuses(VmOperations.SUSPEND, "VM_IS_IMMOBILE", vm.value());
    }

    @Test
    void aVirtualGpuThatHoldsNoStateMayMove() {
        store.change(tx -> tx.create(Row.of(VGPU.XEN_CLASS).with(VGPU.VM, vm)));
        is(VM.POWER_STATE, VmPowerState.SUSPENDED);
        allows(VmOperations.CHECKPOINT);
        refuses(VmOperations.MIGRATE_SEND, "VM_HAS_VGPU", vm.value());
        is(VM.POWER_STATE, VmPowerState.HALTED);
        allows(VmOperations.MIGRATE_SEND);
        refuses(VmOperations.CHECKPOINT, "VM_HAS_VGPU", vm.value());
    }

    @Test
    void aMemberOfAnApplianceOrAScheduleDoesNotBecomeATemplate() {
        Ref<VMSS> schedule = store.transact(tx -> tx.create(Row.of(VMSS.XEN_CLASS)));
        is(VM.SNAPSHOT_SCHEDULE, schedule);
        refuses(VmOperations.MAKE_INTO_TEMPLATE, "VM_ASSIGNED_TO_SNAPSHOT_SCHEDULE", vm.value(), schedule.value());
        Ref<VMAppliance> appliance = store.transact(tx -> tx.create(Row.of(VMAppliance.XEN_CLASS)));
        is(VM.APPLIANCE, appliance);
        refuses(VmOperations.MAKE_INTO_TEMPLATE, "VM_IS_PART_OF_AN_APPLIANCE", vm.value(), appliance.value());
        allows(VmOperations.CLONE);
    }

    @Test
    void onlyASystemDomainTellsItsServices() {
        refuses(VmOperations.QUERY_SERVICES, "NOT_SYSTEM_DOMAIN", vm.value());
        is(VM.OTHER_CONFIG, Map.of("is_system_domain", "true"));
        allows(VmOperations.QUERY_SERVICES);
    }

    @Test
    void aVmHasOneVirtualTpm() {
        store.change(tx -> tx.create(Row.of(VTPM.XEN_CLASS).with(VTPM.VM, vm)));
        refuses(VmOperations.CREATE_VTPM, "VTPM_MAX_AMOUNT_REACHED", "1");
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "HALTED"})
    void snapshotsWithVssAreGone(VmPowerState state) {
        is(VM.POWER_STATE, state);
        refuses(VmOperations.SNAPSHOT_WITH_QUIESCE, "VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED", vm.value());
    }
}
