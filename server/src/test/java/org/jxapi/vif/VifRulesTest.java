package org.jxapi.vif;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VifOperations;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The checks of ocaml/xapi/xapi_vif_helpers.ml, valid_operations, in its order. */
class VifRulesTest extends RulesTest<VifOperations> {
    private Ref<VM> vm;
    private Ref<VIF> vif;

    @BeforeEach
    void create() {
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.POWER_STATE, VmPowerState.RUNNING)));
        vif = store.transact(tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.VM, vm)));
    }

    @Override
    protected void check(VifOperations operation) {
        VifRules.check(store.snapshot(), vif, operation);
    }

    private List<VifOperations> allowed() {
        return VifRules.allowed(store.snapshot(), vif);
    }

    @Test
    void aRunningVmPlugsAVifOnceAndUnplugsIt() {
        assertThat(allowed()).contains(VifOperations.PLUG).doesNotContain(VifOperations.UNPLUG);
        refuses(VifOperations.UNPLUG, "DEVICE_ALREADY_DETACHED", vif.value());
        store.change(tx -> tx.set(vif, VIF.CURRENTLY_ATTACHED, true));
        assertThat(allowed()).contains(VifOperations.UNPLUG).doesNotContain(VifOperations.PLUG);
        refuses(VifOperations.PLUG, "DEVICE_ALREADY_ATTACHED", vif.value());
    }

    @Test
    void aHaltedVmOnlyAttaches() {
        store.change(tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED));
        assertThat(allowed()).containsExactly(VifOperations.ATTACH);
        refuses(VifOperations.PLUG, "VM_BAD_POWER_STATE", vm.value(), "running", "halted");
    }

    @Test
    void oneOperationAtATime() {
        store.change(tx -> tx.set(vif, VIF.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VifOperations.PLUG)));
        assertThat(allowed()).isEmpty();
        refuses(VifOperations.ATTACH, "OTHER_OPERATION_IN_PROGRESS", "VIF", vif.value(), "{plug}", "{OpaqueRef:task}");
    }

    @Test
    void theControlDomainHasNoHotplug() {
        store.change(tx -> tx.set(vm, VM.IS_CONTROL_DOMAIN, true));
        refuses(VifOperations.PLUG, "OPERATION_NOT_ALLOWED", "Control domain does not support hotplug");
    }

    @Test
    void aVmThatStopsPlugsNothing() {
        store.change(tx -> tx.set(vm, VM.CURRENT_OPERATIONS, Map.of("t", VmOperations.CLEAN_SHUTDOWN)));
        refuses(
                VifOperations.PLUG,
                "OPERATION_NOT_ALLOWED",
                "Current operation on VM:" + vm.value() + " is clean_shutdown");
    }

    @Test
    void aVifWhoseVmIsGoneIsRefused() {
        Ref<VM> gone = VM.XEN_CLASS.ref("OpaqueRef:gone");
        store.change(tx -> tx.set(vif, VIF.VM, gone));
        refuses(VifOperations.ATTACH, "HANDLE_INVALID", "VM", gone.value());
    }

    @Test
    void anAllowedOperationPassesTheCheck() {
        allows(allowed().toArray(VifOperations[]::new));
    }
}
