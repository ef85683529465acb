package org.jxapi.storage;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleConsumer;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;

/** Disks with the contents of others: clones, copies, and the way back to a snapshot. */
final class DiskCopies {
    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    private final PausedWriters writers;
    private final Map<String, Ref<SR>> targets = new ConcurrentHashMap<>();

    DiskCopies(Store store, Drivers drivers, Operations operations, PausedWriters writers) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
        this.writers = writers;
    }

    /** Throws OTHER_OPERATION_IN_PROGRESS while a disk is copied into that repository. */
    void refuseTarget(Ref<SR> sr) {
        targets.forEach((key, target) -> {
            if (target.equals(sr)) {
                throw Errors.otherOperationInProgress("SR", sr.value(), "VDI.copy", key);
            }
        });
    }

    /** Says that a disk is being copied into that repository, until {@link #copied}. */
    void copying(String key, Ref<SR> sr) {
        targets.put(key, sr);
    }

    /** Whether a disk is being copied to a location. */
    boolean copies(String location) {
        return targets.containsKey(location);
    }

    void copied(String key, Ref<SR> sr) {
        targets.remove(key);
        operations.freed(sr);
    }

    Ref<VDI> clone(Call call, Ref<VDI> vdi) {
        Ref<SR> sr = store.snapshot().get(vdi, VDI.SR);
        try (Operation operation = operations.await(
                call, Claims.of(sr, StorageOperations.VDI_CLONE), Claims.of(vdi, VdiOperations.CLONE))) {
            return duplicate(
                    call, operation, DiskSource.whole(vdi), sr, SmFailure.VDI_CLONE, Repository::clone, row -> row);
        }
    }

    Ref<VDI> copy(Call call, Ref<VDI> vdi, Ref<SR> sr) {
        return copy(call, DiskSource.whole(vdi), sr);
    }

    /** Makes a disk with everything that is copied; the rest is zeros. */
    Ref<VDI> copy(Call call, DiskSource source, Ref<SR> sr) {
        Ref<VDI> vdi = source.vdi();
        DiskRules.refuseUnmanaged(store.snapshot(), vdi);
        store.snapshot().require(sr);
        SrRules.checkSupported(store.snapshot(), sr, StorageOperations.VDI_CREATE);
        try (Operation operation =
                operations.await(call, Claims.of(vdi, VdiOperations.COPY), DiskHold.toRead(vdi), source.holdBase())) {
            return duplicate(call, operation, source, sr, SmFailure.VDI_CREATE, Repository::clone, row -> row);
        }
    }

    /** The way of a repository to make a volume with the contents of another at once; false when that takes a copy. */
    interface AtOnce {
        boolean make(Repository repository, String from, String to) throws IOException;
    }

    /** Copies into a new volume under a mark; the row makes it a disk. */
    Ref<VDI> duplicate(
            Call call,
            Operation operation,
            DiskSource copied,
            Ref<SR> sr,
            SmFailure failure,
            AtOnce atOnce,
            UnaryOperator<Row<VDI>> settings) {
        Snapshot before = store.snapshot();
        Ref<VDI> vdi = copied.vdi();
        DiskRules.refuseUnmanaged(before, vdi);
        Row<VDI> source = before.row(vdi);
        AttachedSr from = drivers.of(before, vdi);
        String location = from.existing(source.get(VDI.LOCATION));
        NewDisk disk = new NewDisk(store, from.sr().equals(sr) ? from : drivers.attached(before, sr));
        disk.place(carried(source));
        copying(disk.location(), sr);
        try (disk) {
            Repository to = disk.repository();
            disk.begin();
            boolean clones = copied.isWhole() && source.get(VDI.SR).equals(sr);
            if (!clones || !atOnce.make(to, location, disk.location())) {
                operation.release(source.get(VDI.SR));
                to.create(disk.location(), from.repository().bytes(location), DiskRules.plain(carried(source)));
                copyStill(call, vdi, progress -> copied.fill(drivers, before, to, disk.location(), progress));
            }
            return disk.finish(operation, settings.apply(row(disk, carried(source))));
        } catch (IOException e) {
            throw failure.error(e);
        } finally {
            copied(disk.location(), sr);
        }
    }

    /** A copy that reports its progress. */
    private interface Copy {
        void run(DoubleConsumer progress) throws IOException;
    }

    /** Copies a disk while no guest writes to it. */
    private void copyStill(Call call, Ref<VDI> vdi, Copy copy) throws IOException {
        try (PausedWriters.Held held = writers.of(List.of(vdi));
                Call.Cancellable cancellable = call.cancellable()) {
            copy.run(done -> {
                call.throwIfCancelled();
                call.progress(0.9 * done);
            });
        }
    }

    /** The row of a disk that has its contents now. */
    static Row<VDI> row(NewDisk disk, Row<VDI> settings) throws IOException {
        Repository in = disk.repository();
        String location = disk.location();
        if (settings.get(VDI.ON_BOOT) == OnBoot.RESET) {
            in.keepBase(location);
        }
        return disk.placed(settings, in.bytes(location), in.taken(location)).with(VDI.CBT_ENABLED, in.tracks(location));
    }

    /** The fields that a copy takes from its disk. */
    static Row<VDI> carried(Row<VDI> source) {
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

    /** Writes everything that is copied over a disk that is at least as large. */
    void copyInto(Call call, DiskSource source, Ref<VDI> into) {
        Ref<VDI> vdi = source.vdi();
        DiskRules.refuseUnmanaged(store.snapshot(), vdi);
        Claim target = Claim.also(tx -> {
            VdiRules.check(tx, into, VdiOperations.UPDATE);
            if (tx.get(into, VDI.VIRTUAL_SIZE) < tx.get(vdi, VDI.VIRTUAL_SIZE)) {
                throw Errors.vdiTooSmall(into.value(), Long.toString(tx.get(vdi, VDI.VIRTUAL_SIZE)));
            }
        });
        try (Operation operation = operations.await(
                call,
                Claims.of(vdi, VdiOperations.COPY),
                target,
                DiskHold.toRead(vdi),
                source.holdBase(),
                DiskHold.toWrite(into))) {
            long bytes = store.snapshot().get(into, VDI.VIRTUAL_SIZE);
            overwrite(call, operation, source, into, bytes, SmFailure.VDI_CREATE);
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
            overwrite(call, operation, DiskSource.whole(snapshot), vdi, bytes, SmFailure.VDI_SNAPSHOT);
        }
    }

    /** The new contents are complete before they take the place of the old ones, in one step. */
    private void overwrite(
            Call call, Operation operation, DiskSource copied, Ref<VDI> over, long bytes, SmFailure failure) {
        Snapshot before = store.snapshot();
        Ref<VDI> vdi = copied.vdi();
        AttachedSr from = drivers.attached(before, before.get(vdi, VDI.SR));
        AttachedSr place = drivers.attached(before, before.get(over, VDI.SR));
        Repository to = place.repository();
        String source = from.existing(before.get(vdi, VDI.LOCATION));
        String location = place.existing(before.get(over, VDI.LOCATION));
        boolean reverts =
                copied.isWhole() && from.sr().equals(place.sr()) && before.get(vdi, VDI.VIRTUAL_SIZE) == bytes;
        try {
            if (!reverts || !to.revert(source, location)) {
                copyStill(call, vdi, progress -> copied.replace(drivers, before, to, location, bytes, progress));
            }
            long taken = to.taken(location);
            Usage usage = to.usage();
            operation.finish(tx -> {
                tx.set(over, VDI.VIRTUAL_SIZE, bytes);
                tx.set(over, VDI.PHYSICAL_UTILISATION, taken);
                place.record(tx, usage);
            });
        } catch (IOException e) {
            throw failure.error(e);
        }
    }
}
