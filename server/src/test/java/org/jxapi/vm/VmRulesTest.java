package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The checks of ocaml/xapi/xapi_vm_lifecycle.ml. */
class VmRulesTest extends RulesTest<VmOperations> {
    private Ref<VM> vm;

    @BeforeEach
    void create() {
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.POWER_STATE, VmPowerState.HALTED)));
    }

    @Override
    protected void check(VmOperations operation) {
        VmRules.check(store.snapshot(), vm, operation);
    }

    private void is(VmPowerState state) {
        store.change(tx -> tx.set(vm, VM.POWER_STATE, state));
    }

    @Test
    void eachPowerStateHasItsOperations() {
        allows(VmOperations.START, VmOperations.CLONE, VmOperations.DESTROY, VmOperations.EXPORT);
        refuses(VmOperations.CLEAN_SHUTDOWN, "VM_BAD_POWER_STATE", vm.value(), "running", "halted");
        refuses(VmOperations.PAUSE, "VM_BAD_POWER_STATE", vm.value(), "running", "halted");
        refuses(VmOperations.UNPAUSE, "VM_BAD_POWER_STATE", vm.value(), "paused", "halted");
        refuses(VmOperations.RESUME, "VM_BAD_POWER_STATE", vm.value(), "suspended", "halted");
        is(VmPowerState.RUNNING);
        allows(VmOperations.PAUSE, VmOperations.HARD_SHUTDOWN, VmOperations.HARD_REBOOT);
        refuses(VmOperations.START, "VM_BAD_POWER_STATE", vm.value(), "halted", "running");
        refuses(VmOperations.DESTROY, "VM_BAD_POWER_STATE", vm.value(), "halted, suspended", "running");
        is(VmPowerState.PAUSED);
        allows(VmOperations.UNPAUSE, VmOperations.HARD_SHUTDOWN);
        is(VmPowerState.SUSPENDED);
        allows(VmOperations.RESUME, VmOperations.HARD_SHUTDOWN);
    }

    @Test
    void aBlockedOperationSaysWhy() {
        store.change(tx -> tx.set(vm, VM.BLOCKED_OPERATIONS, Map.of(VmOperations.START, "maintenance")));
        refuses(VmOperations.START, "OPERATION_BLOCKED", vm.value(), "maintenance");
        allows(VmOperations.CLONE);
    }

    @Test
    void oneOperationExcludesTheOthers() {
        store.change(tx -> tx.set(vm, VM.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VmOperations.START)));
        assertThat(VmRules.allowed(store.snapshot(), vm)).doesNotContain(VmOperations.START, VmOperations.DESTROY);
        refuses(VmOperations.DESTROY, "OTHER_OPERATION_IN_PROGRESS", "VM", vm.value(), "start", "OpaqueRef:task");
    }

    @Test
    void templatesDoNotStart() {
        store.change(tx -> tx.set(vm, VM.IS_A_TEMPLATE, true));
        refuses(VmOperations.START, "VM_IS_TEMPLATE", vm.value(), "start");
        allows(VmOperations.CLONE, VmOperations.PROVISION);
        List<VmOperations> allowed = VmRules.allowed(store.snapshot(), vm);
        assertThat(allowed).contains(VmOperations.CLONE).doesNotContain(VmOperations.START, VmOperations.SUSPEND);
    }
}
