package org.jxapi.vm;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.CurrentDomain;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.ThisPool;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves the memory of guests to disks and lets them go on from there. */
public final class VmSuspension {
    private static final Logger LOG = LoggerFactory.getLogger(VmSuspension.class);
    /** Name of the disks that hold the memory of suspended VMs. */
    public static final String IMAGE = "Suspend image";

    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final VmDomains domains;
    private final PowerStates states;
    private final Alerts alerts;

    public VmSuspension(
            Store store, Disks disks, VmClaims claims, VmDomains domains, PowerStates states, Alerts alerts) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.domains = domains;
        this.states = states;
        this.alerts = alerts;
    }

    public void suspend(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.SUSPEND)) {
            VmDomain domain = domains.domain(vm);
            Ref<VDI> image = save(vm, domain, false, Ref.nil());
            orDrop(
                    image,
                    vm,
                    domain,
                    () -> operation.finish(tx -> {
                        VmDomains.checkStillHas(tx, vm, domain);
                        states.suspended(tx, vm);
                        tx.set(vm, VM.HA_ALWAYS_RUN, false);
                        alerts.write(tx, vm, Alert.VM_SUSPENDED, "suspended");
                    }));
        }
    }

    /**
     * Saves the VM's memory and takes its domain away; when that fails, the guest goes on.
     *
     * @param spare takes the memory if no SR is set for that; the null reference for none
     */
    Ref<VDI> save(Ref<VM> vm, VmDomain domain, boolean live, Ref<SR> spare) {
        Ref<VDI> image = saveImage(vm, spare);
        try {
            domain.hypervisor()
                    .domains()
                    .suspend(domain.domid(), disks.file(store.snapshot(), image, domain.host()), live);
        } catch (HypervisorException e) {
            disks.destroyIfThere(image);
            throw domains.failed(vm, e);
        }
        try {
            // From here on the image is whole: if this daemon dies, the next one finds the VM suspended.
            store.change(tx -> {
                VmDomains.checkStillHas(tx, vm, domain);
                tx.set(vm, VM.SUSPEND_VDI, image);
            });
            domains.destroy(vm);
        } catch (RuntimeException | Error e) {
            goOn(vm, domain);
            disks.destroyIfThere(image);
            throw e;
        }
        return image;
    }

    /** Lets a guest that was saved go on in its domain, if that is still there. */
    private void goOn(Ref<VM> vm, VmDomain domain) {
        try {
            domain.hypervisor().domains().resume(domain.domid(), true);
        } catch (HypervisorException e) {
            LOG.debug("Domain {} has been ended while it was saved: {}", domain.domid(), e.getMessage());
        }
        store.change(tx -> {
            if (CurrentDomain.is(tx, vm, domain)) {
                tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            }
        });
    }

    /** Ends an operation that has saved the VM; the image goes when another operation has ended the VM meanwhile. */
    void orDrop(Ref<VDI> image, Ref<VM> vm, VmDomain domain, Runnable end) {
        try {
            end.run();
        } catch (XenApiException e) {
            if (!CurrentDomain.is(store.snapshot(), vm, domain)) {
                disks.destroyIfThere(image);
            }
            throw e;
        }
    }

    private Ref<VDI> saveImage(Ref<VM> vm, Ref<SR> spare) {
        Snapshot snapshot = store.snapshot();
        Row<VM> row = snapshot.row(vm);
        Row<Pool> pool = ThisPool.row(snapshot);
        Ref<SR> hosts = snapshot.find(row.get(VM.RESIDENT_ON))
                .map(host -> host.row().get(Host.SUSPEND_IMAGE_SR))
                .orElse(Ref.nil());
        for (Ref<SR> sr : List.of(
                row.get(VM.SUSPEND_SR), pool.get(Pool.SUSPEND_IMAGE_SR), hosts, pool.get(Pool.DEFAULT_SR), spare)) {
            if (!sr.isNull() && snapshot.find(sr).isPresent() && reaches(snapshot, row.get(VM.RESIDENT_ON), sr)) {
                long bytes = row.get(VM.MEMORY_STATIC_MAX) + (64L << 20);
                return disks.create(sr, IMAGE, bytes, VdiType.SUSPEND);
            }
        }
        throw Errors.vmNoSuspendSr(vm.value());
    }

    /** Whether a host has a way to a repository, plugged or not. */
    private static boolean reaches(Snapshot snapshot, Ref<Host> host, Ref<SR> sr) {
        return snapshot.get(sr, SR.PBDS).stream()
                .anyMatch(pbd -> snapshot.get(pbd, PBD.HOST).equals(host));
    }

    /**
     * Lets a suspended VM go on.
     *
     * @param host null lets it be chosen
     */
    public void resume(Call call, Ref<VM> vm, @Nullable Ref<Host> host, boolean paused) {
        try (VmClaims.WithDisks taken =
                claims.beginOn(call, vm, host == null ? VmOperations.RESUME : VmOperations.RESUME_ON, host)) {
            Ref<VDI> image = store.snapshot().get(vm, VM.SUSPEND_VDI);
            try {
                if (store.snapshot().find(image).isEmpty()) {
                    throw Errors.vmHasNoSuspendVdi(vm.value());
                }
                Ref<Host> chosen = VmClaims.chosen(store.snapshot(), vm);
                VmDomain made = domains.create(vm, chosen, disks.file(store.snapshot(), image, chosen), taken.vbds());
                Consumer<Transaction> back = tx -> {
                    states.suspended(tx, vm);
                    tx.set(vm, VM.SUSPEND_VDI, image);
                };
                VmDomains.Arrival arrival = new VmDomains.Arrival(paused, false, taken.vbds(), back);
                domains.arrive(taken.operation(), vm, made, arrival, tx -> {
                    tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
                    alerts.write(tx, vm, Alert.VM_RESUMED, "resumed " + Alerts.onHost(tx, made.host()));
                });
            } catch (RuntimeException | Error e) {
                claims.unschedule(vm);
                throw e;
            }
            disks.destroyIfThere(image);
        }
        domains.follow(vm);
    }

    /** Saves the memory of a running VM, for a checkpoint, and lets it go on. */
    Ref<VDI> checkpointImage(Ref<VM> vm) {
        Ref<VDI> image = saveImage(vm, Ref.nil());
        VmDomain domain = domains.domain(vm);
        try {
            domain.hypervisor()
                    .domains()
                    .suspend(domain.domid(), disks.file(store.snapshot(), image, domain.host()), true);
            domain.hypervisor().domains().resume(domain.domid(), true);
            return image;
        } catch (HypervisorException e) {
            disks.destroyIfThere(image);
            throw Errors.vmCheckpointSuspendFailed(vm.value()).causedBy(e);
        }
    }
}
