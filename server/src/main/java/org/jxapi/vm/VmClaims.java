package org.jxapi.vm;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/** Takes VMs for operations: what VmRules forbid is refused with their error, what is in the way is waited for. */
final class VmClaims {
    private final Store store;
    private final Operations operations;

    VmClaims(Store store, Operations operations) {
        this.store = store;
        this.operations = operations;
    }

    Operation begin(Call call, Ref<VM> vm, VmOperations operation) {
        return operations.await(call, new Claim(VM.XEN_CLASS, vm, operation, tx -> VmRules.check(tx, vm, operation)));
    }

    /**
     * Takes an operation that brings the VM to a host, and the memory that it will need there.
     *
     * @param host null lets it be chosen
     */
    Operation beginOn(Call call, Ref<VM> vm, VmOperations operation, Ref<Host> host) {
        return operations.await(call, new Claim(VM.XEN_CLASS, vm, operation, tx -> {
            VmRules.check(tx, vm, operation);
            Ref<Host> chosen = host;
            if (chosen == null) {
                chosen = VmBoot.choose(tx, vm);
            } else {
                VmBoot.check(tx, vm, chosen);
            }
            tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, chosen);
        }));
    }

    /** Gives back what {@link #beginOn} took on the host. */
    void unschedule(Ref<VM> vm) {
        store.change(tx -> {
            if (tx.find(VM.XEN_CLASS, vm).isPresent()) {
                tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
            }
        });
    }

    /**
     * Takes the VM's migration, and waits for nothing.
     *
     * @param force whether a VM may go that says it must not
     */
    Operation beginMigration(Call call, Ref<VM> vm, boolean force) {
        return operations.begin(
                call,
                VM.XEN_CLASS,
                vm,
                VmOperations.POOL_MIGRATE,
                tx -> VmRules.check(tx, vm, VmOperations.POOL_MIGRATE, !force));
    }
}
