package org.jxapi.storage;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;

/** Snapshots of disks: one by itself, or several as they are at one moment. */
final class DiskSnapshots {
    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    private final DiskCopies copies;
    private final Clock clock;

    DiskSnapshots(Store store, Drivers drivers, Operations operations, DiskCopies copies, Clock clock) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
        this.copies = copies;
        this.clock = clock;
    }

    Ref<VDI> one(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_SNAPSHOT), Claims.of(vdi, VdiOperations.SNAPSHOT))) {
            Ref<VDI> snapshot = copies.duplicate(
                    call,
                    operation,
                    DiskSource.whole(vdi),
                    sr,
                    SmFailure.VDI_SNAPSHOT,
                    Repository::snapshot,
                    row -> ofSnapshot(row, vdi));
            noteLostLog(vdi, snapshot);
            return snapshot;
        }
    }

    private Row<VDI> ofSnapshot(Row<VDI> row, Ref<VDI> vdi) {
        return row.with(VDI.IS_A_SNAPSHOT, true)
                .with(VDI.SNAPSHOT_OF, vdi)
                .with(VDI.SNAPSHOT_TIME, XenTime.of(clock.instant()));
    }

    private void noteLostLog(Ref<VDI> vdi, Ref<VDI> snapshot) {
        if (tracked(vdi).orElse(false) && !tracked(snapshot).orElse(true)) {
            store.change(tx -> LostLogs.note(tx, clock, vdi));
        }
    }

    /**
     * Snapshots of several disks as they are at one moment, without a pause of their guest.
     *
     * @return the snapshots by their disks; empty when their repositories cannot do so
     */
    Map<Ref<VDI>, Ref<VDI>> all(Call call, List<Ref<VDI>> vdis) {
        Set<Ref<SR>> srs = new HashSet<>();
        vdis.forEach(vdi -> srs.add(store.snapshot().get(vdi, VDI.SR)));
        if (vdis.size() < 2 || srs.size() > 1) {
            return Map.of();
        }
        Ref<SR> sr = srs.iterator().next();
        List<Claim> claims = new ArrayList<>(List.of(Claims.of(sr, StorageOperations.VDI_SNAPSHOT)));
        vdis.forEach(vdi -> claims.add(Claims.of(vdi, VdiOperations.SNAPSHOT)));
        try (Operation operation = operations.await(call, claims.toArray(Claim[]::new))) {
            return together(operation, sr, vdis);
        }
    }

    private Map<Ref<VDI>, Ref<VDI>> together(Operation operation, Ref<SR> sr, List<Ref<VDI>> vdis) {
        Snapshot before = store.snapshot();
        vdis.forEach(vdi -> DiskRules.refuseUnmanaged(before, vdi));
        AttachedSr place = drivers.of(before, vdis.get(0));
        if (!vdis.stream().allMatch(vdi -> drivers.of(before, vdi).sameMachine(place))) {
            return Map.of();
        }
        Map<Ref<VDI>, NewDisk> disks = new LinkedHashMap<>();
        boolean begun = true;
        try {
            Map<String, String> locations = new LinkedHashMap<>();
            for (Ref<VDI> vdi : vdis) {
                NewDisk disk = new NewDisk(store, place);
                disks.put(vdi, disk);
                disk.place(DiskCopies.carried(before.row(vdi)));
                copies.copying(disk.location(), sr);
                locations.put(place.existing(before.get(vdi, VDI.LOCATION)), disk.location());
            }
            begun = place.repository().snapshotAll(locations);
            if (!begun) {
                return Map.of();
            }
            Map<NewDisk, Row<VDI>> rows = new LinkedHashMap<>();
            for (Map.Entry<Ref<VDI>, NewDisk> made : disks.entrySet()) {
                Row<VDI> row = DiskCopies.row(made.getValue(), DiskCopies.carried(before.row(made.getKey())));
                rows.put(made.getValue(), ofSnapshot(row, made.getKey()));
            }
            Map<NewDisk, Ref<VDI>> finished = NewDisk.finish(operation, place, rows);
            Map<Ref<VDI>, Ref<VDI>> snapshots = new LinkedHashMap<>();
            disks.forEach((vdi, disk) -> snapshots.put(vdi, Objects.requireNonNull(finished.get(disk))));
            snapshots.forEach(this::noteLostLog);
            return snapshots;
        } catch (IOException e) {
            throw SmFailure.VDI_SNAPSHOT.error(e);
        } finally {
            for (NewDisk disk : disks.values()) {
                if (begun) {
                    disk.close();
                }
                copies.copied(disk.location(), sr);
            }
        }
    }

    /** Whether the changes of a disk are tracked; empty if it is gone. */
    private Optional<Boolean> tracked(Ref<VDI> vdi) {
        return store.snapshot().find(vdi).map(found -> found.row().get(VDI.CBT_ENABLED));
    }
}
