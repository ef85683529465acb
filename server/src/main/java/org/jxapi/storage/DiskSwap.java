package org.jxapi.storage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;

/**
 * The records of a disk that moves: of the old disk and the new one. The guest of a running disk goes to the new image
 * before the records do, in a moment in which it is paused. A mark in {@code sm_config} of the old disk, with the UUID of
 * the new one, says that this moment has begun. Clients can write {@code sm_config}, so both disks also have a
 * {@code storage_lock}, which only jxapid sets: without it a mark counts for nothing.
 */
final class DiskSwap {
    /** The key of the mark. */
    static final String MOVES_TO = "jxapi-moves-to";

    private DiskSwap() {}

    /** Marks the old disk, and makes the new disk's record. */
    static void begin(Transaction tx, Ref<VDI> old, Ref<VDI> fresh, Row<VDI> row) {
        tx.create(fresh, row.with(VDI.STORAGE_LOCK, true));
        tx.set(old, VDI.STORAGE_LOCK, true);
        Map<String, String> config = new LinkedHashMap<>(tx.get(old, VDI.SM_CONFIG));
        config.put(MOVES_TO, row.get(VDI.UUID));
        tx.set(old, VDI.SM_CONFIG, config);
    }

    /** The new disk of one with a mark; empty if the mark is not jxapid's. */
    static Optional<Stored<VDI>> fresh(Snapshot snapshot, Row<VDI> old) {
        return snapshot.byUuid(VDI.XEN_CLASS, old.get(VDI.SM_CONFIG).getOrDefault(MOVES_TO, ""))
                .filter(fresh -> old.get(VDI.STORAGE_LOCK))
                .filter(fresh -> fresh.row().get(VDI.STORAGE_LOCK))
                .filter(fresh -> fresh.row().get(VDI.VBDS).isEmpty());
    }

    /** The opposite of {@link #begin}: the old disk remains. */
    static void undo(Transaction tx, Ref<VDI> old, Ref<VDI> fresh) {
        tx.destroyIfThere(fresh);
        unmark(tx, old);
    }

    /** Removes the mark. */
    static void unmark(Transaction tx, Ref<VDI> old) {
        if (tx.find(old).isPresent()) {
            Map<String, String> config = new LinkedHashMap<>(tx.get(old, VDI.SM_CONFIG));
            config.remove(MOVES_TO);
            tx.set(old, VDI.SM_CONFIG, config);
            tx.set(old, VDI.STORAGE_LOCK, false);
        }
    }

    /** Lets the new disk take the place of the old one, whose record goes. */
    static void finish(Transaction tx, Ref<VDI> old, Ref<VDI> fresh) {
        for (Ref<VBD> vbd : List.copyOf(tx.get(old, VDI.VBDS))) {
            tx.set(vbd, VBD.VDI, fresh);
        }
        for (Ref<VDI> snapshot : List.copyOf(tx.get(old, VDI.SNAPSHOTS))) {
            tx.set(snapshot, VDI.SNAPSHOT_OF, fresh);
        }
        tx.set(fresh, VDI.STORAGE_LOCK, false);
        // The old disk may have moved itself, or been reverted, since the new disk's record was made.
        tx.set(fresh, VDI.SNAPSHOT_OF, tx.get(old, VDI.SNAPSHOT_OF));
        DiskRules.forget(tx, old);
    }
}
