package org.jxapi.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertError;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.TristateType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The checks of the VM in ocaml/xapi/xapi_vbd_helpers.ml and xapi_vif_helpers.ml, valid_operations. */
class HotplugTest extends StoreTest {
    private Ref<VMGuestMetrics> guest;
    private Ref<VM> vm;

    @BeforeEach
    void create() {
        guest = store.transact(tx -> tx.create(Row.of(VMGuestMetrics.XEN_CLASS)
                .with(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.UNSPECIFIED)
                .with(VMGuestMetrics.CAN_USE_HOTPLUG_VIF, TristateType.UNSPECIFIED)));
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)
                .with(VM.POWER_STATE, VmPowerState.RUNNING)
                .with(VM.DOMAIN_TYPE, DomainType.HVM)
                .with(VM.GUEST_METRICS, guest)));
    }

    private XenApiException drivers() {
        return Hotplug.drivers(
                store.snapshot(), vm, store.snapshot().row(vm), VMGuestMetrics.CAN_USE_HOTPLUG_VBD, "VBD");
    }

    private <T> void reports(Field<VMGuestMetrics, T> field, T value) {
        store.change(tx -> tx.set(guest, field, value));
    }

    @Test
    void anHvmGuestNeedsPvDrivers() {
        assertError(drivers(), "VM_MISSING_PV_DRIVERS", vm.value());
        reports(VMGuestMetrics.PV_DRIVERS_DETECTED, true);
        assertThat(drivers()).isNull();
        reports(VMGuestMetrics.PV_DRIVERS_DETECTED, false);
        reports(VMGuestMetrics.PV_DRIVERS_VERSION, Map.of("major", "9"));
        assertError(drivers(), "VM_MISSING_PV_DRIVERS", vm.value());
        reports(VMGuestMetrics.PV_DRIVERS_VERSION, Map.of("major", "9", "minor", "4"));
        assertThat(drivers()).isNull();
    }

    @Test
    void aGuestThatHasNotReportedNeedsThemToo() {
        store.change(tx -> tx.set(vm, VM.GUEST_METRICS, VMGuestMetrics.XEN_CLASS.ref("OpaqueRef:NULL")));
        assertError(drivers(), "VM_MISSING_PV_DRIVERS", vm.value());
    }

    @Test
    void theGuestsOwnClaimComesFirst() {
        reports(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.YES);
        assertThat(drivers()).isNull();
        reports(VMGuestMetrics.PV_DRIVERS_DETECTED, true);
        reports(VMGuestMetrics.CAN_USE_HOTPLUG_VIF, TristateType.NO);
        reports(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.NO);
        assertError(drivers(), "OPERATION_NOT_ALLOWED", "VM states it does not support VBD hotplug.");
    }

    @Test
    void aPvGuestOrAVmThatDoesNotRunNeedsNoDrivers() {
        store.change(tx -> tx.set(vm, VM.DOMAIN_TYPE, DomainType.PVH));
        assertThat(drivers()).isNull();
        store.change(tx -> {
            tx.set(vm, VM.DOMAIN_TYPE, DomainType.HVM);
            tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
        });
        assertThat(drivers()).isNull();
    }

    private XenApiException stopping(VmOperations operation) {
        store.change(tx -> tx.set(vm, VM.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", operation)));
        return Hotplug.stopping(vm, store.snapshot().row(vm));
    }

    @ParameterizedTest
    @EnumSource(names = {"CLEAN_SHUTDOWN", "HARD_SHUTDOWN", "SUSPEND", "PAUSE"})
    void aVmThatStopsPlugsNothing(VmOperations operation) {
        assertError(
                stopping(operation),
                "OPERATION_NOT_ALLOWED",
                "Current operation on VM:" + vm.value() + " is " + operation.wire());
    }

    @ParameterizedTest
    @EnumSource(names = {"CLEAN_REBOOT", "SNAPSHOT", "POOL_MIGRATE"})
    void otherOperationsDoNotMatter(VmOperations operation) {
        assertThat(stopping(operation)).isNull();
    }
}
