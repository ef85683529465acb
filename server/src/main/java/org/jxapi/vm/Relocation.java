package org.jxapi.vm;

import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.GuestConsoles;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.storage.MovingVms;
import org.jxapi.store.Store;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/**
 * Gives running VMs new domains on their hosts, with new device models: their memory is saved and restored. If the daemon
 * is killed in between, its next start finds the VM suspended.
 */
public final class Relocation implements MovingVms {
    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final VmDomains domains;
    private final PowerStates states;
    private final VmSuspension suspension;

    public Relocation(
            Store store, Disks disks, VmClaims claims, VmDomains domains, PowerStates states, VmSuspension suspension) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.domains = domains;
        this.states = states;
        this.suspension = suspension;
    }

    /** Moves a running VM to a new domain on the same host. */
    public void relocate(Call call, Ref<VM> vm, boolean force) {
        try (Operation operation = claims.beginMigration(call, vm, force)) {
            renew(operation, vm, Ref.nil(), () -> {});
        }
    }

    /** The same for new device models; VM_BAD_POWER_STATE unless the VM runs. */
    void restartDeviceModels(Call call, Ref<VM> self) {
        VmPowerState state = store.snapshot().get(self, VM.POWER_STATE);
        if (state != VmPowerState.RUNNING) {
            throw new XenApiException(
                    "VM_BAD_POWER_STATE", List.of(self.value(), VmPowerState.RUNNING.wire(), state.wire()));
        }
        relocate(call, self, false);
    }

    @Override
    public Claim of(Ref<VM> vm) {
        return claims.ofDisksThatMove(vm);
    }

    @Override
    public void renew(Operation operation, Ref<VM> vm, Ref<SR> spare, Runnable change) {
        VmDomain old = domains.domain(vm);
        // The new domain gets exactly the VBDs of the old one. They stay attached, so no other VM can take their disks.
        Set<Ref<VBD>> vbds = VmDisks.attached(store.snapshot(), vm);
        Ref<VDI> image = suspension.save(vm, old, true, spare);
        try {
            change.run();
        } finally {
            goOn(operation, vm, old, image, vbds);
        }
    }

    /** Gives the VM a new domain with its memory. */
    private void goOn(Operation operation, Ref<VM> vm, VmDomain old, Ref<VDI> image, Set<Ref<VBD>> vbds) {
        VmDomain made;
        try {
            made = domains.create(vm, old.host(), disks.file(store.snapshot(), image, old.host()), vbds);
            domains.letRun(vm, old, made);
        } catch (RuntimeException | Error e) {
            // The memory is safe: the VM can be resumed by hand, unless it has been ended meanwhile.
            suspension.orDrop(
                    image,
                    vm,
                    old,
                    () -> operation.finish(tx -> {
                        VmDomains.checkStillHas(tx, vm, old);
                        states.suspended(tx, vm);
                    }));
            throw e;
        }
        suspension.orDrop(
                image,
                vm,
                old,
                () -> domains.takeOver(vm, old, made, operation::finish, tx -> {
                    GuestConsoles.destroy(tx, vm);
                    states.started(tx, vm, made, VmPowerState.RUNNING, false, vbds);
                    tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
                }));
        disks.destroyIfThere(image);
        domains.follow(vm);
    }
}
