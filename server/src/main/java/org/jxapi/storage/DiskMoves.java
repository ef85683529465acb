package org.jxapi.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.local.Hosts;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiType;

/**
 * Disks that go to other repositories of this host, as new disks that take the place of the old ones in one step, once all
 * of them are complete. If one cannot move, none does.
 */
public final class DiskMoves {
    /** As many storage migrations as XAPI runs at a time: with_migrate in xapi_vm_migrate.ml. */
    private static final int MOST = 3;

    /** The part of a task that the copies are. */
    private static final double COPYING = 0.9;

    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    private final DiskCopies copies;
    private final PausedWriters writers;
    private final Hosts hosts;
    private final Semaphore free = new Semaphore(MOST);

    DiskMoves(
            Store store,
            Drivers drivers,
            Operations operations,
            DiskCopies copies,
            PausedWriters writers,
            Hosts hosts) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
        this.copies = copies;
        this.writers = writers;
        this.hosts = hosts;
    }

    /** Moves a disk of a VM with its snapshots, and returns the new disk. */
    Ref<VDI> move(Call call, Ref<VDI> vdi, Ref<SR> sr, Map<String, String> options, MovingVms owner) {
        Snapshot before = store.snapshot();
        Ref<VM> vm = user(before, vdi);
        String format = options.getOrDefault("dest-img-format", "");
        return move(call, owner, vm, now -> {
                    now.require(sr);
                    if (now.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA) {
                        throw Errors.vdiIncompatibleType(vdi.value(), VdiTypes.named(VdiType.CBT_METADATA));
                    }
                    Map<Ref<VDI>, Ref<SR>> map = new LinkedHashMap<>();
                    MovePlan.disks(now, vm).forEach(disk -> map.put(disk, now.get(disk, VDI.SR)));
                    map.put(vdi, sr);
                    return MovePlan.of(now, vm, map, Map.of(vdi, format));
                })
                .getOrDefault(vdi, vdi);
    }

    /** The VM that has the disk now, or may have it; VDI_NEEDS_VM_FOR_MIGRATE for none. */
    private static Ref<VM> user(Snapshot snapshot, Ref<VDI> vdi) {
        List<Row<VBD>> vbds =
                snapshot.get(vdi, VDI.VBDS).stream().map(snapshot::row).toList();
        return vbds.stream()
                .filter(vbd -> vbd.get(VBD.CURRENTLY_ATTACHED))
                .findFirst()
                .or(() -> vbds.stream().findFirst())
                .map(vbd -> vbd.get(VBD.VM))
                .orElseThrow(() -> Errors.vdiNeedsVmForMigrate(vdi.value()));
    }

    /**
     * Moves disks of a VM with their snapshots.
     *
     * @param plan finds the disks; throws the XenAPI error when one cannot move
     * @return the new disks, by the old ones
     */
    public Map<Ref<VDI>, Ref<VDI>> move(
            Call call, MovingVms owner, Ref<VM> vm, Function<Snapshot, List<MovePlan.Move>> plan) {
        MoveClaim disks = new MoveClaim(plan);
        try (Operation operation = operations.await(call, owner.of(vm), disks)) {
            if (!free.tryAcquire()) {
                throw Errors.tooManyStorageMigrates(Integer.toString(MOST));
            }
            try {
                return run(call, operation, owner, vm, disks.users());
            } finally {
                free.release();
            }
        }
    }

    private Map<Ref<VDI>, Ref<VDI>> run(
            Call call, Operation operation, MovingVms owner, Ref<VM> vm, Map<MovePlan.Move, DiskUsers> users) {
        List<DiskMove> moves = new ArrayList<>();
        try {
            Snapshot now = store.snapshot();
            users.forEach((plan, used) -> {
                AttachedSr from = drivers.of(now, plan.vdi());
                NewDisk made =
                        new NewDisk(store, used.any() ? at(now, plan.sr(), vm) : drivers.attached(now, plan.sr()));
                moves.add(new DiskMove(plan, now, from, made, used, vm, hosts));
                copies.copying(made.uuid(), plan.sr());
            });
            moves.forEach(DiskMove::create);
            boolean renews = moves.stream().anyMatch(DiskMove::needsFollowing);
            if (renews) {
                moves.forEach(move -> move.follow(store, copies));
            }
            copyAll(call, moves);
            DiskReplacement replacement = new DiskReplacement(store, operations, writers, call, operation, moves);
            if (renews) {
                replacement.runInNewDomain(owner, vm);
            } else {
                replacement.run();
            }
        } finally {
            moves.forEach(DiskMove::close);
            moves.forEach(move -> copies.copied(move.key(), move.target()));
        }
        return moves.stream().collect(Collectors.toMap(DiskMove::old, DiskMove::fresh));
    }

    /** A repository at the host of a running VM; VM_REQUIRES_SR when it is not plugged there. */
    private AttachedSr at(Snapshot snapshot, Ref<SR> sr, Ref<VM> vm) {
        try {
            return drivers.attachedAt(snapshot, sr, snapshot.get(vm, VM.RESIDENT_ON));
        } catch (XenApiException e) {
            throw e.code().equals("SR_HAS_NO_PBDS") ? Errors.vmRequiresSr(vm.value(), sr.value()) : e;
        }
    }

    private static void copyAll(Call call, List<DiskMove> moves) {
        double all = Math.max(1, moves.stream().mapToLong(DiskMove::bytes).sum());
        long before = 0;
        try (Call.Cancellable cancellable = call.cancellable()) {
            for (DiskMove move : moves) {
                double begin = before / all;
                double part = move.bytes() / all;
                call.throwIfCancelled();
                move.copy(done -> {
                    call.throwIfCancelled();
                    call.progress(COPYING * (begin + part * done));
                });
                before += move.bytes();
            }
            call.throwIfCancelled();
        }
    }
}
