package org.jxapi.storage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last step of a move: new disks, whose contents are there, take the place of the old ones together. */
final class DiskReplacement {
    private static final Logger LOG = LoggerFactory.getLogger(DiskReplacement.class);

    private final Store store;
    private final Operations operations;
    private final PausedWriters writers;
    private final Call call;
    private final Operation operation;
    private final List<DiskMove> moves;

    /** @param operation has claimed the VM and the disks */
    DiskReplacement(
            Store store,
            Operations operations,
            PausedWriters writers,
            Call call,
            Operation operation,
            List<DiskMove> moves) {
        this.store = store;
        this.operations = operations;
        this.writers = writers;
        this.call = call;
        this.operation = operation;
        this.moves = moves;
    }

    /**
     * Ends the operation with the new disks in place. If one cannot be, none is, unless a guest uses some of them already:
     * then the error comes at the end.
     */
    void run() {
        List<DiskMove> live = moves.stream().filter(DiskMove::isLive).toList();
        Map<DiskMove, Row<VDI>> rows = rows();
        moves.forEach(DiskMove::markOld);
        Map<DiskMove, XenApiException> failed = live.isEmpty() ? commit(rows) : runLive(live, rows);
        moves.stream().filter(move -> !failed.containsKey(move)).forEach(DiskMove::removeOld);
        record();
        failed.values().stream().findFirst().ifPresent(error -> {
            throw error;
        });
    }

    private Map<DiskMove, Row<VDI>> rows() {
        Map<DiskMove, Row<VDI>> rows = new LinkedHashMap<>();
        moves.forEach(move -> rows.put(move, move.newRow()));
        return rows;
    }

    /**
     * Makes the new disks the VM's when its guest has saved its memory, and has no domain. If one cannot be, the guest goes on
     * with the old ones.
     */
    void runInNewDomain(MovingVms owner, Ref<VM> vm) {
        try (Operation idle = operations.await(call, idle(moves))) {
            moves.forEach(move -> move.checkUnobstructed(store.snapshot()));
            owner.renew(operation, vm, moves.get(0).target(), () -> {
                moves.forEach(DiskMove::finishCopy);
                Map<DiskMove, Row<VDI>> rows = rows();
                moves.forEach(DiskMove::markOld);
                store.change(tx -> rows.forEach((move, row) -> {
                    move.checkUnobstructed(tx);
                    finish(tx, move, row, null);
                }));
                moves.forEach(DiskMove::settle);
            });
        } finally {
            if (moves.stream().allMatch(DiskMove::isSettled)) {
                moves.forEach(DiskMove::removeOld);
                record();
            }
        }
    }

    /** The claims of the VBDs by which guests have the disks: nothing else is done to them meanwhile. */
    private static Claim[] idle(List<DiskMove> moves) {
        return moves.stream()
                .flatMap(move -> move.users().vbds().stream())
                .map(vbd -> Claim.of(vbd, VbdOperations.PAUSE, tx -> checkIdle(tx, vbd)))
                .toArray(Claim[]::new);
    }

    /** Does it while guests write to some of the disks. */
    private Map<DiskMove, XenApiException> runLive(List<DiskMove> live, Map<DiskMove, Row<VDI>> rows) {
        try (Operation paused = operations.await(call, idle(live))) {
            store.change(tx -> rows.forEach((move, row) -> {
                checkReady(tx, move);
                if (move.isLive()) {
                    DiskSwap.begin(tx, move.old(), move.fresh(), row);
                }
            }));
            try {
                return pivot(live, rows);
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
    private Map<DiskMove, XenApiException> pivot(List<DiskMove> live, Map<DiskMove, Row<VDI>> rows) {
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
            return commit(rows);
        }
    }

    /**
     * Makes the new disks the VM's, in one step. If one cannot be, none is, unless a guest uses some of them already.
     *
     * @return those that could not be
     */
    private Map<DiskMove, XenApiException> commit(Map<DiskMove, Row<VDI>> rows) {
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
    private void record() {
        try {
            List<DiskMove.Ended> usages = moves.stream().map(DiskMove::usages).toList();
            store.change(tx -> usages.forEach(usage -> usage.record(tx)));
        } catch (XenApiException e) {
            LOG.warn("The space of SRs is not known after disks moved: {}", e.getMessage());
        }
    }
}
