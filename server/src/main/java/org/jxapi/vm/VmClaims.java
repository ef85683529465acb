package org.jxapi.vm;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.GuestGpus;
import org.jxapi.host.HostRules;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/** Takes VMs for operations: what VmRules forbid is refused with their error, what is in the way is waited for. */
public final class VmClaims {
    private final Store store;
    private final Operations operations;
    private final Predicate<Ref<Host>> connected;

    /** @param connected whether calls reach a host now */
    public VmClaims(Store store, Operations operations, Predicate<Ref<Host>> connected) {
        this.store = store;
        this.operations = operations;
        this.connected = connected;
    }

    Operation begin(Call call, Ref<VM> vm, VmOperations operation) {
        return operations.await(call, claim(vm, operation));
    }

    /** Takes an operation at once or not at all: for what cannot wait, since it holds others already. */
    Operation beginNow(Call call, Ref<VM> vm, VmOperations operation, Consumer<Transaction> check) {
        return operations.begin(call, vm, operation, check);
    }

    /** Holds a VM while it is exported. */
    public Operation beginExport(Call call, Ref<VM> vm) {
        return begin(call, vm, VmOperations.EXPORT);
    }

    /** Holds VMs while they are looked at, so that no operation changes one of them. */
    public Operation beginMetadataExport(Call call, List<Ref<VM>> vms) {
        return operations.await(
                call,
                vms.stream().map(vm -> claim(vm, VmOperations.METADATA_EXPORT)).toArray(Claim[]::new));
    }

    /** Whether a VM is a template that came with the hosts. */
    public static boolean defaultTemplate(Row<VM> vm) {
        return VmRules.defaultTemplate(vm);
    }

    /** Holds a VM that is being made until its disks have arrived. */
    public Operation beginImport(Call call, Ref<VM> vm) {
        return beginNow(call, vm, VmOperations.IMPORT, tx -> {});
    }

    /** Holds a VM that another one is about to replace; fails as VM.destroy does. */
    public Operation beginReplacement(Call call, Ref<VM> vm) {
        return beginNow(call, vm, VmOperations.DESTROY, tx -> {
            VmRules.check(tx, vm, VmOperations.DESTROY);
            VmRules.refuseDefaultTemplate(tx, vm);
        });
    }

    /**
     * An operation that gives a VM a domain.
     *
     * @param vbds the disks that the domain gets: nobody else can have them until the operation ends
     */
    record WithDisks(Operation operation, Set<Ref<VBD>> vbds) implements AutoCloseable {
        @Override
        public void close() {
            operation.close();
        }
    }

    /**
     * Takes an operation that brings the VM to a host with all its disks, and the memory that it will need there.
     *
     * @param host null lets it be chosen
     */
    WithDisks beginOn(Call call, Ref<VM> vm, VmOperations operation, @Nullable Ref<Host> host) {
        return withDisks(call, VmDisks.all(vm), claim(vm, operation), Claim.also(tx -> {
            Ref<Host> chosen = host;
            if (chosen == null) {
                chosen = Placement.choose(tx, vm, connected);
            } else {
                VmBoot.check(tx, vm, chosen);
            }
            tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, chosen);
            GuestGpus.allocate(tx, vm, chosen);
        }));
    }

    /** Takes an operation that gives the VM a new domain on its host, and all its disks. */
    WithDisks beginWithDisks(Call call, Ref<VM> vm, VmOperations operation) {
        return withDisks(call, VmDisks.all(vm), claim(vm, operation), Claim.also(tx -> {}));
    }

    /** Takes the disks of a VM whose operation has been taken already, and waits for those that it overtakes. */
    WithDisks disks(Call call, Ref<VM> vm) {
        VmDisks disks = VmDisks.all(vm);
        return new WithDisks(operations.await(call, disks), disks.taken());
    }

    /** As XAPI does, it looks at the VM first, then at its disks, then for a host. */
    private WithDisks withDisks(Call call, VmDisks disks, Claim vm, Claim last) {
        Operation operation = operations.await(call, vm, disks, last);
        return new WithDisks(operation, disks.taken());
    }

    private static Claim claim(Ref<VM> vm, VmOperations operation) {
        return Claim.of(vm, operation, tx -> VmRules.check(tx, vm, operation));
    }

    /** The host that {@link #beginOn} took for a VM; VM_HALTED when another operation has given it back. */
    static Ref<Host> chosen(Snapshot snapshot, Ref<VM> vm) {
        Ref<Host> host = snapshot.get(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON);
        if (host.isNull()) {
            throw Errors.vmHalted(vm.value());
        }
        return host;
    }

    /** Gives back what {@link #beginOn} took on the host. */
    void unschedule(Ref<VM> vm) {
        store.change(tx -> {
            if (tx.find(vm).isPresent()) {
                tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, Ref.nil());
                GuestGpus.released(tx, vm);
            }
        });
    }

    /** The claim of a VM whose disks move. */
    Claim ofDisksThatMove(Ref<VM> vm) {
        return claim(vm, VmOperations.MIGRATE_SEND);
    }

    /**
     * Takes the VM's migration within its host, and waits for nothing.
     *
     * @param force whether a VM may go that says it must not
     */
    Operation beginMigration(Call call, Ref<VM> vm, boolean force) {
        return operations.begin(
                call, vm, VmOperations.POOL_MIGRATE, tx -> VmRules.check(tx, vm, VmOperations.POOL_MIGRATE, !force));
    }

    /**
     * Takes the VM's migration to another host, and the memory that it will need there, and waits for nothing.
     *
     * @param force whether a VM may go that says it must not
     */
    Operation beginMigrationTo(Call call, Ref<VM> vm, Ref<Host> host, boolean force) {
        Claim claim =
                Claim.of(vm, VmOperations.POOL_MIGRATE, tx -> VmRules.check(tx, vm, VmOperations.POOL_MIGRATE, !force));
        Claim place = Claim.of(host, HostAllowedOperations.VM_MIGRATE, tx -> {
            VmBoot.check(tx, vm, host);
            HostRules.check(tx, host, HostAllowedOperations.VM_MIGRATE);
            tx.set(vm, VM.SCHEDULED_TO_BE_RESIDENT_ON, host);
        });
        return operations.begin(call, List.of(claim, place));
    }
}
