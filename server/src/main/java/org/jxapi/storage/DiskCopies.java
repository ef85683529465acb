package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;

/** Disks with the contents of others: snapshots, clones, copies, and the way back to a snapshot. */
final class DiskCopies {
    private final Store store;
    private final Operations operations;
    private final PausedWriters stillness;
    private final Clock clock;
    private final Map<String, Ref<SR>> targets = new ConcurrentHashMap<>();

    DiskCopies(Store store, Operations operations, PausedWriters stillness, Clock clock) {
        this.store = store;
        this.operations = operations;
        this.stillness = stillness;
        this.clock = clock;
    }

    /** Throws OTHER_OPERATION_IN_PROGRESS while a disk is copied into that repository. */
    void refuseTarget(Ref<SR> sr) {
        targets.forEach((key, target) -> {
            if (target.equals(sr)) {
                throw Errors.otherOperationInProgress("SR", sr.value(), "VDI.copy", key);
            }
        });
    }

    Ref<VDI> snapshot(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_SNAPSHOT), Claims.of(vdi, VdiOperations.SNAPSHOT))) {
            return duplicate(
                    call,
                    operation,
                    vdi,
                    sr,
                    SmFailure.VDI_SNAPSHOT,
                    row -> row.with(VDI.IS_A_SNAPSHOT, true)
                            .with(VDI.SNAPSHOT_OF, vdi)
                            .with(VDI.SNAPSHOT_TIME, XenTime.of(clock.instant())));
        }
    }

    Ref<VDI> clone(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_CLONE), Claims.of(vdi, VdiOperations.CLONE))) {
            return duplicate(call, operation, vdi, sr, SmFailure.VDI_CLONE, row -> row);
        }
    }

    Ref<VDI> copy(Call call, Ref<VDI> vdi, Ref<SR> sr) {
        DiskRules.refuseUnmanaged(store.snapshot(), vdi);
        store.snapshot().require(sr);
        SrRules.checkSupported(store.snapshot(), sr, StorageOperations.VDI_CREATE);
        try (Operation operation = operations.await(call, Claims.of(vdi, VdiOperations.COPY), DiskHold.toRead(vdi))) {
            return duplicate(call, operation, vdi, sr, SmFailure.VDI_CREATE, row -> row);
        }
    }

    /** Copies in a new file under a marker; the row makes it a disk. */
    private Ref<VDI> duplicate(
            Call call,
            Operation operation,
            Ref<VDI> vdi,
            Ref<SR> sr,
            SmFailure failure,
            UnaryOperator<Row<VDI>> settings) {
        Snapshot before = store.snapshot();
        DiskRules.refuseUnmanaged(before, vdi);
        Row<VDI> source = before.row(vdi);
        SrFolder from = SrFolder.of(before, source.get(VDI.SR));
        SrFolder to = SrFolder.of(before, sr);
        Path file = DiskRules.existing(from, source.get(VDI.LOCATION));
        NewDisk disk = new NewDisk(store, to, sr);
        targets.put(disk.uuid(), sr);
        try (disk) {
            Path fresh = disk.mark();
            if (!Volumes.reflink(file, fresh)) {
                operation.release(source.get(VDI.SR));
                copyStill(call, vdi, file, fresh);
            }
            if (source.get(VDI.ON_BOOT) == OnBoot.RESET) {
                Volumes.copy(fresh, Volumes.base(to.folder(), disk.uuid()), done -> {});
            }
            Row<VDI> placed = disk.placed(carried(source), Files.size(fresh), Volumes.utilisation(fresh));
            return disk.finish(operation, settings.apply(placed));
        } catch (IOException e) {
            throw failure.error(e);
        } finally {
            targets.remove(disk.uuid());
            operations.freed(sr);
        }
    }

    /** Copies a file while no guest writes to it. */
    private void copyStill(Call call, Ref<VDI> vdi, Path from, Path to) throws IOException {
        try (PausedWriters.Held held = stillness.of(vdi);
                Call.Cancellable cancellable = call.cancellable()) {
            Volumes.copy(from, to, done -> {
                call.throwIfCancelled();
                call.progress(0.9 * done);
            });
        }
    }

    /** The fields that a copy takes from its disk. */
    private static Row<VDI> carried(Row<VDI> source) {
        return Row.of(VDI.XEN_CLASS)
                .with(VDI.NAME_LABEL, source.get(VDI.NAME_LABEL))
                .with(VDI.NAME_DESCRIPTION, source.get(VDI.NAME_DESCRIPTION))
                .with(VDI.TYPE, source.get(VDI.TYPE))
                .with(VDI.SHARABLE, source.get(VDI.SHARABLE))
                .with(VDI.OTHER_CONFIG, source.get(VDI.OTHER_CONFIG))
                .with(VDI.XENSTORE_DATA, source.get(VDI.XENSTORE_DATA))
                .with(VDI.ON_BOOT, source.get(VDI.ON_BOOT))
                .with(VDI.ALLOW_CACHING, source.get(VDI.ALLOW_CACHING))
                .with(VDI.TAGS, source.get(VDI.TAGS));
    }

    /** Writes a disk's contents over those of another that is at least as large. */
    void copyInto(Call call, Ref<VDI> vdi, Ref<VDI> into) {
        DiskRules.refuseUnmanaged(store.snapshot(), vdi);
        Claim target = Claim.also(tx -> {
            VdiRules.check(tx, into, VdiOperations.UPDATE);
            if (tx.get(into, VDI.VIRTUAL_SIZE) < tx.get(vdi, VDI.VIRTUAL_SIZE)) {
                throw Errors.vdiTooSmall(into.value(), Long.toString(tx.get(vdi, VDI.VIRTUAL_SIZE)));
            }
        });
        try (Operation operation = operations.await(
                call, Claims.of(vdi, VdiOperations.COPY), target, DiskHold.toRead(vdi), DiskHold.toWrite(into))) {
            overwrite(call, operation, vdi, into, store.snapshot().get(into, VDI.VIRTUAL_SIZE), SmFailure.VDI_CREATE);
        }
    }

    /** Gives the disk that a snapshot was taken of the snapshot's contents. */
    void revert(Call call, Ref<VDI> snapshot) {
        Ref<VDI> vdi = store.snapshot().get(snapshot, VDI.SNAPSHOT_OF);
        Ref<SR> sr = store.snapshot().get(snapshot, VDI.SR);
        try (Operation operation = operations.await(
                call,
                Claims.of(sr, StorageOperations.VDI_REVERT),
                Claims.of(snapshot, VdiOperations.REVERT_TO),
                Claims.of(vdi, VdiOperations.REVERT_FROM))) {
            operation.release(sr);
            DiskRules.refuseUnmanaged(store.snapshot(), snapshot);
            long bytes = store.snapshot().get(snapshot, VDI.VIRTUAL_SIZE);
            overwrite(call, operation, snapshot, vdi, bytes, SmFailure.VDI_SNAPSHOT);
        }
    }

    /** The new contents are complete before they take the place of the old ones, in one step. */
    private void overwrite(Call call, Operation operation, Ref<VDI> vdi, Ref<VDI> over, long bytes, SmFailure failure) {
        Snapshot before = store.snapshot();
        SrFolder from = SrFolder.of(before, before.get(vdi, VDI.SR));
        SrFolder to = SrFolder.of(before, before.get(over, VDI.SR));
        String location = before.get(over, VDI.LOCATION);
        Path file = DiskRules.existing(from, before.get(vdi, VDI.LOCATION));
        Path old = DiskRules.existing(to, location);
        Path part = Volumes.part(to.folder(), location);
        try {
            copyStill(call, vdi, file, part);
            Volumes.resize(part, bytes);
            Volumes.replace(part, old);
            long taken = Volumes.utilisation(old);
            SrFolder.Usage usage = to.usage();
            operation.finish(tx -> {
                tx.set(over, VDI.VIRTUAL_SIZE, bytes);
                tx.set(over, VDI.PHYSICAL_UTILISATION, taken);
                to.record(tx, usage);
            });
        } catch (IOException e) {
            throw failure.error(e);
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // The next start of the daemon removes it.
            }
        }
    }
}
