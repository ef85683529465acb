package org.jxapi.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.operation.Claim;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VdiOperations;

/** All disks that move together. They are found and checked in the transaction that takes them. */
final class MoveClaim implements Claim {
    private final Function<Snapshot, List<MovePlan.Move>> plan;
    private final Map<MovePlan.Move, DiskUsers> users = new LinkedHashMap<>();
    private final List<Claim> parts = new ArrayList<>();

    /** @param plan finds the disks; throws the XenAPI error when one cannot move */
    MoveClaim(Function<Snapshot, List<MovePlan.Move>> plan) {
        this.plan = plan;
    }

    @Override
    public void take(Transaction tx, String key) {
        users.clear();
        parts.clear();
        for (MovePlan.Move move : plan.apply(tx)) {
            DiskRules.refuseUnmanaged(tx, move.vdi());
            DiskUsers used = new DiskUsers(move.vdi());
            users.put(move, used);
            parts.add(Claims.of(move.vdi(), VdiOperations.MIRROR));
            parts.add(used);
        }
        parts.forEach(part -> part.take(tx, key));
    }

    @Override
    public void giveBack(Transaction tx, String key) {
        parts.forEach(part -> part.giveBack(tx, key));
    }

    @Override
    public boolean of(Ref<?> ref) {
        return parts.stream().anyMatch(part -> part.of(ref));
    }

    /** The disks that were taken, and the domains that use them. */
    Map<MovePlan.Move, DiskUsers> users() {
        return users;
    }
}
