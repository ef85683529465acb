package org.jxapi.usb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.harness.XenApiErrors;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;
import org.jxapi.xenapi.VusbOperations;

/** The checks of ocaml/xapi/xapi_vusb_helpers.ml, valid_operations, and of xapi_vusb.ml, create, in their order. */
class VusbRulesTest extends RulesTest<VusbOperations> {
    private Ref<VM> vm;
    private Ref<VUSB> vusb;

    @BeforeEach
    void create() {
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.POWER_STATE, VmPowerState.RUNNING)));
        vusb = store.transact(tx -> tx.create(Row.of(VUSB.XEN_CLASS).with(VUSB.VM, vm)));
    }

    @Override
    protected void check(VusbOperations operation) {
        VusbRules.check(store.snapshot(), vusb, operation);
    }

    @Test
    void aRunningVmUnplugsWhatItHas() {
        refuses(VusbOperations.UNPLUG, "DEVICE_ALREADY_DETACHED", vusb.value());
        store.change(tx -> tx.set(vusb, VUSB.CURRENTLY_ATTACHED, true));
        assertThat(VusbRules.allowed(store.snapshot(), vusb))
                .containsExactly(VusbOperations.ATTACH, VusbOperations.UNPLUG);
        refuses(VusbOperations.PLUG, "DEVICE_ALREADY_ATTACHED", vusb.value());
    }

    @Test
    void aHaltedVmUnplugsNothing() {
        store.change(tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED));
        refuses(VusbOperations.UNPLUG, "VM_BAD_POWER_STATE", vm.value(), "running", "halted");
        allows(VusbOperations.ATTACH);
    }

    @Test
    void oneOperationAtATime() {
        store.change(tx -> tx.set(vusb, VUSB.CURRENT_OPERATIONS, Map.of("OpaqueRef:t", VusbOperations.UNPLUG)));
        refuses(
                VusbOperations.ATTACH,
                "OTHER_OPERATION_IN_PROGRESS",
                "VUSB",
                vusb.value(),
                "{unplug}",
                "{OpaqueRef:t}");
    }

    @Test
    void aVmThatStopsUnplugsNothing() {
        store.change(tx -> {
            tx.set(vusb, VUSB.CURRENTLY_ATTACHED, true);
            tx.set(vm, VM.CURRENT_OPERATIONS, Map.of("t", VmOperations.SUSPEND));
        });
        refuses(
                VusbOperations.UNPLUG,
                "OPERATION_NOT_ALLOWED",
                "Current operation on VM:" + vm.value() + " is suspend");
    }

    @Test
    void aVusbWhoseVmIsGoneIsRefused() {
        Ref<VM> gone = VM.XEN_CLASS.ref("OpaqueRef:gone");
        store.change(tx -> tx.set(vusb, VUSB.VM, gone));
        refuses(VusbOperations.ATTACH, "HANDLE_INVALID", "VM", gone.value());
    }

    @Test
    void aVmGetsSixVusbsOfDifferentGroups() {
        Ref<USBGroup> group = store.transact(tx -> tx.create(Row.of(USBGroup.XEN_CLASS)));
        Runnable another = () -> VusbRules.checkNew(store.snapshot(), vm, group);
        store.change(tx -> tx.set(vm, VM.HA_RESTART_PRIORITY, "restart"));
        XenApiErrors.assertRefused(
                another::run,
                "OPERATION_NOT_ALLOWED",
                "VM " + vm.value() + " ha_restart_priority has been set to 'restart', cannot create VUSB for it. ");
        store.change(tx -> tx.set(vusb, VUSB.USB_GROUP, group));
        XenApiErrors.assertRefused(another::run, "USB_GROUP_CONFLICT", group.value());
        store.change(tx -> {
            for (int i = 1; i < VusbRules.MOST; i++) {
                tx.create(Row.of(VUSB.XEN_CLASS).with(VUSB.VM, vm));
            }
        });
        XenApiErrors.assertRefused(another::run, "TOO_MANY_VUSBS", "6");
    }
}
