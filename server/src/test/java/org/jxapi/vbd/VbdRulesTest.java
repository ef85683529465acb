package org.jxapi.vbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;

/** The checks of ocaml/xapi/xapi_vbd_helpers.ml, valid_operations, of drives without a disk. */
class VbdRulesTest extends RulesTest<VbdOperations> {
    private Ref<VM> vm;
    private Ref<VBD> vbd;

    @BeforeEach
    void create() {
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.POWER_STATE, VmPowerState.RUNNING)));
        vbd = store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.TYPE, VbdType.CD)
                .with(VBD.EMPTY, true)
                .with(VBD.UNPLUGGABLE, true)
                .with(VBD.CURRENTLY_ATTACHED, true)));
    }

    @Override
    protected void check(VbdOperations operation) {
        VbdRules.check(store.snapshot(), vbd, operation);
    }

    private List<VbdOperations> allowed() {
        return VbdRules.allowed(store.snapshot(), vbd);
    }

    @Test
    void anEmptyDriveTakesADiscAndGivesNone() {
        assertThat(allowed()).contains(VbdOperations.INSERT, VbdOperations.UNPLUG);
        refuses(VbdOperations.EJECT, "VBD_IS_EMPTY", vbd.value());
        refuses(VbdOperations.PLUG, "DEVICE_ALREADY_ATTACHED", vbd.value());
    }

    @Test
    void onlyDrivesTakeDiscs() {
        store.change(tx -> tx.set(vbd, VBD.TYPE, VbdType.DISK));
        refuses(VbdOperations.INSERT, "VBD_NOT_REMOVABLE_MEDIA", vbd.value());
    }

    @Test
    void aDriveThatIsNotUnpluggableStays() {
        store.change(tx -> tx.set(vbd, VBD.UNPLUGGABLE, false));
        refuses(VbdOperations.UNPLUG, "VBD_NOT_UNPLUGGABLE", vbd.value());
        refuses(VbdOperations.UNPLUG_FORCE, "VBD_NOT_UNPLUGGABLE", vbd.value());
    }

    @Test
    void aHaltedVmPlugsNothing() {
        store.change(tx -> {
            tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
            tx.set(vbd, VBD.CURRENTLY_ATTACHED, false);
        });
        refuses(VbdOperations.PLUG, "VM_BAD_POWER_STATE", vm.value(), "running", "halted");
        assertThat(allowed()).contains(VbdOperations.ATTACH, VbdOperations.INSERT);
    }

    @Test
    void oneOperationAtATimeExceptThatPausingGoesWithPausing() {
        store.change(tx -> tx.set(vbd, VBD.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VbdOperations.PAUSE)));
        refuses(VbdOperations.INSERT, "OTHER_OPERATION_IN_PROGRESS", "VBD", vbd.value(), "pause", "OpaqueRef:task");
        store.change(tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.PAUSED));
        assertThat(allowed()).containsOnly(VbdOperations.PAUSE, VbdOperations.UNPAUSE);
    }
}
