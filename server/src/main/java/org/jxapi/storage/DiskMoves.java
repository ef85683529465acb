package org.jxapi.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disks that go to other repositories of this host, as new disks that take the place of the old ones in one step, once all
 * of them are complete. If one cannot move, none does.
 */
public final class DiskMoves {
    private static final Logger LOG = LoggerFactory.getLogger(DiskMoves.class);

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

    /** The VMs whose disks move. */
    public interface Owner {
        /** The claim of a VM, with the rules of {@code VM.migrate_send}. */
        Claim of(Ref<VM> vm);

        /**
         * Gives a running VM a new domain on its host, and ends the operation.
         *
         * @param operation has claimed the VM
         * @param spare takes the VM's memory for that time, if no SR is set for it; the null reference for none
         * @param change may change the disks of the VM's VBDs, while the VM has no domain. If it throws, the guest goes on, and
         *     then this throws the same.
         */
        void renew(Operation operation, Ref<VM> vm, Ref<SR> spare, Runnable change);
    }

    /** Moves a disk of a VM with its snapshots, and returns the new disk. */
    Ref<VDI> move(Call call, Ref<VDI> vdi, Ref<SR> sr, Map<String, String> options, Owner owner) {
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
            Call call, Owner owner, Ref<VM> vm, Function<Snapshot, List<MovePlan.Move>> plan) {
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
            Call call, Operation operation, Owner owner, Ref<VM> vm, Map<MovePlan.Move, DiskUsers> users) {
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
            if (renews) {
                swapInNewDomain(call, operation, owner, vm, moves);
            } else {
                swapAll(call, operation, moves);
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

    private void swapAll(Call call, Operation operation, List<DiskMove> moves) {
        List<DiskMove> live = moves.stream().filter(DiskMove::isLive).toList();
        Map<DiskMove, Row<VDI>> rows = rows(moves);
        moves.forEach(DiskMove::markOld);
        Map<DiskMove, XenApiException> failed =
                live.isEmpty() ? commit(operation, moves, rows) : swapLive(call, operation, moves, live, rows);
        moves.stream().filter(move -> !failed.containsKey(move)).forEach(DiskMove::removeOld);
        record(moves);
        failed.values().stream().findFirst().ifPresent(error -> {
            throw error;
        });
    }

    private static Map<DiskMove, Row<VDI>> rows(List<DiskMove> moves) {
        Map<DiskMove, Row<VDI>> rows = new LinkedHashMap<>();
        moves.forEach(move -> rows.put(move, move.newRow()));
        return rows;
    }

    /**
     * Makes the new disks the VM's when its guest has saved its memory, and has no domain. If one cannot be, the guest goes on
     * with the old ones.
     */
    private void swapInNewDomain(Call call, Operation operation, Owner owner, Ref<VM> vm, List<DiskMove> moves) {
        try (Operation idle = operations.await(call, idle(moves))) {
            moves.forEach(move -> move.checkUnobstructed(store.snapshot()));
            owner.renew(operation, vm, moves.get(0).target(), () -> {
                moves.forEach(DiskMove::finishCopy);
                Map<DiskMove, Row<VDI>> rows = rows(moves);
                moves.forEach(DiskMove::markOld);
                store.change(tx -> rows.forEach((move, row) -> {
                    move.checkUnobstructed(tx);
                    finish(tx, move, row, null);
                }));
                moves.forEach(DiskMove::settle);
            });
        } finally {
            moves.stream().filter(DiskMove::isSettled).forEach(DiskMove::removeOld);
            record(moves);
        }
    }

    /** The claims of the VBDs by which guests have the disks: nothing else is done to them meanwhile. */
    private static Claim[] idle(List<DiskMove> moves) {
        return moves.stream()
                .flatMap(move -> move.users().vbds().stream())
                .map(vbd -> Claim.of(vbd, VbdOperations.PAUSE, tx -> checkIdle(tx, vbd)))
                .toArray(Claim[]::new);
    }

    /** The same when guests write to some of the disks, and nothing else is done to their VBDs meanwhile. */
    private Map<DiskMove, XenApiException> swapLive(
            Call call, Operation operation, List<DiskMove> moves, List<DiskMove> live, Map<DiskMove, Row<VDI>> rows) {
        try (Operation paused = operations.await(call, idle(live))) {
            store.change(tx -> rows.forEach((move, row) -> {
                checkReady(tx, move);
                if (move.isLive()) {
                    DiskSwap.begin(tx, move.old(), move.fresh(), row);
                }
            }));
            try {
                return pivot(operation, moves, live, rows);
            } catch (RuntimeException | Error e) {
                store.insist(tx -> live.stream()
                        .filter(move -> !move.isSettled())
                        .forEach(move -> DiskSwap.undo(tx, move.old(), move.fresh())));
                throw e;
            }
        }
    }

    /** Throws OTHER_OPERATION_IN_PROGRESS while something else is done to a VBD. */
    private static void checkIdle(Transaction tx, Ref<VBD> vbd) {
        tx.get(vbd, VBD.CURRENT_OPERATIONS).forEach((key, other) -> {
            throw Errors.otherOperationInProgress("VBD", vbd.value(), other.wire(), key);
        });
    }

    private static void checkReady(Transaction tx, DiskMove move) {
        if (!move.isLive()) {
            move.users().checkNoOthers(tx);
        } else if (!move.users().same(tx)) {
            throw Errors.mirrorFailed(move.old().value());
        }
    }

    /** Moves the guests to the new images while they stand still: what they have written is in both images then. */
    private Map<DiskMove, XenApiException> pivot(
            Operation operation, List<DiskMove> moves, List<DiskMove> live, Map<DiskMove, Row<VDI>> rows) {
        try (PausedWriters.Held held =
                writers.of(live.stream().map(DiskMove::old).toList())) {
            try {
                live.forEach(DiskMove::pivot);
            } catch (HypervisorException e) {
                LOG.error(
                        "A guest stays paused: its QEMU does not say which image it uses. Restart jxapid or the VM.",
                        e);
                held.keep();
                moves.forEach(DiskMove::leave);
                throw Errors.mirrorFailed(live.get(0).old().value()).causedBy(e);
            }
            return commit(operation, moves, rows);
        }
    }

    /**
     * Makes the new disks the VM's, in one step. If one cannot be, none is, unless a guest uses some of them already.
     *
     * @return those that could not be
     */
    private static Map<DiskMove, XenApiException> commit(
            Operation operation, List<DiskMove> moves, Map<DiskMove, Row<VDI>> rows) {
        Map<DiskMove, XenApiException> failed = new LinkedHashMap<>();
        operation.finish(tx -> {
            failed.clear();
            moves.forEach(move -> {
                XenApiException obstacle = move.obstacle(tx);
                if (obstacle != null) {
                    failed.put(move, obstacle);
                }
            });
            if (!failed.isEmpty() && moves.stream().noneMatch(DiskMove::hasPivoted)) {
                throw failed.values().iterator().next();
            }
            for (DiskMove move : moves) {
                finish(tx, move, rows.get(move), failed.get(move));
            }
        });
        moves.forEach(DiskMove::settle);
        return failed;
    }

    private static void finish(
            Transaction tx, DiskMove move, @Nullable Row<VDI> row, @Nullable XenApiException obstacle) {
        if (obstacle != null) {
            DiskSwap.undo(tx, move.old(), move.fresh());
            return;
        }
        if (!move.isLive() && row != null) {
            tx.create(move.fresh(), row);
        }
        DiskSwap.finish(tx, move.old(), move.fresh());
    }

    /** Writes down the space that the new volumes take, and the old ones no longer. */
    private void record(List<DiskMove> moves) {
        try {
            List<DiskMove.Ended> usages = moves.stream().map(DiskMove::usages).toList();
            store.change(tx -> usages.forEach(usage -> usage.record(tx)));
        } catch (XenApiException e) {
            LOG.warn("The space of SRs is not known after disks moved: {}", e.getMessage());
        }
    }
}
