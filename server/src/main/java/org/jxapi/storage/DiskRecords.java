package org.jxapi.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.image.Image;
import org.jxapi.local.Uuids;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** Rows for disks that exist already, and what their files tell. */
final class DiskRecords {
    private static final int CHUNK = 1 << 20;

    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    private final SrFolders places;

    DiskRecords(Store store, Drivers drivers, Operations operations, SrFolders places) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
        this.places = places;
    }

    /** Makes a file of the repository's folder a disk; LOCATION_NOT_UNIQUE when it is one under another UUID. */
    Ref<VDI> introduce(Call call, Row<VDI> given) {
        Ref<SR> sr = given.get(VDI.SR);
        String location = given.get(VDI.LOCATION);
        String uuid = given.get(VDI.UUID);
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.VDI_INTRODUCE))) {
            AttachedSr place = drivers.attached(store.snapshot(), sr);
            Repository repository = place.repository();
            Ref<VDI> known = at(store.snapshot(), sr, location);
            if (known != null && !store.snapshot().get(known, VDI.UUID).equals(uuid)) {
                throw Errors.locationNotUnique(sr.value(), location);
            }
            Path file = repository.path(place.existing(location));
            if (places.leadsAway(place, file)) {
                throw Errors.locationNotUnique(sr.value(), location);
            }
            Row<VDI> row = given.with(VDI.UUID, uuid.isEmpty() ? DiskRules.uuid(store.snapshot(), location) : uuid)
                    .with(VDI.MANAGED, true)
                    .with(VDI.READ_ONLY, repository.readOnly())
                    .with(VDI.CBT_ENABLED, repository.tracks(location))
                    .with(VDI.VIRTUAL_SIZE, repository.bytes(location))
                    .with(VDI.PHYSICAL_UTILISATION, repository.taken(location));
            Usage usage = repository.usage();
            Ref<VDI> vdi = known == null ? VDI.XEN_CLASS.freshRef() : known;
            operation.finish(tx -> {
                if (known == null) {
                    if (places.foreign(tx, sr).contains(SrFolders.name(file))) {
                        throw Errors.locationNotUnique(sr.value(), location);
                    }
                    tx.create(vdi, row);
                } else {
                    describe(tx, vdi, row);
                }
                place.record(tx, usage);
            });
            return vdi;
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    private static void describe(Transaction tx, Ref<VDI> vdi, Row<VDI> row) {
        tx.set(vdi, VDI.OTHER_CONFIG, row.get(VDI.OTHER_CONFIG));
        tx.set(vdi, VDI.XENSTORE_DATA, row.get(VDI.XENSTORE_DATA));
        tx.set(vdi, VDI.SHARABLE, row.get(VDI.SHARABLE));
        tx.set(vdi, VDI.TYPE, row.get(VDI.TYPE));
        if (!row.get(VDI.NAME_LABEL).isEmpty()) {
            tx.set(vdi, VDI.NAME_LABEL, row.get(VDI.NAME_LABEL));
        }
        if (!row.get(VDI.NAME_DESCRIPTION).isEmpty()) {
            tx.set(vdi, VDI.NAME_DESCRIPTION, row.get(VDI.NAME_DESCRIPTION));
        }
    }

    private static @Nullable Ref<VDI> at(Snapshot snapshot, Ref<SR> sr, String location) {
        return snapshot.get(sr, SR.VDIS).stream()
                .filter(vdi -> snapshot.get(vdi, VDI.LOCATION).equals(location))
                .findFirst()
                .orElse(null);
    }

    /** Makes the row alone. */
    Ref<VDI> introduceRecord(Row<VDI> row) {
        return store.transact(tx -> {
            Ref<SR> sr = row.get(VDI.SR);
            if (at(tx, sr, row.get(VDI.LOCATION)) != null) {
                throw Errors.locationNotUnique(sr.value(), row.get(VDI.LOCATION));
            }
            Uuids.check(VDI.XEN_CLASS, row.get(VDI.UUID));
            return tx.create(row);
        });
    }

    /** Removes the row alone. The volume becomes a disk again when the repository is scanned. */
    void forget(Call call, Ref<VDI> vdi) {
        try (Operation operation = operations.await(call, Claims.of(vdi, VdiOperations.FORGET))) {
            settle(vdi);
            operation.finish(tx -> DiskRules.forget(tx, vdi));
        }
    }

    /** Makes sure that the volume of a disk outlives its row: a mark from when it was made would have it removed. */
    void settle(Ref<VDI> vdi) {
        Snapshot now = store.snapshot();
        Ref<SR> sr = now.get(vdi, VDI.SR);
        if (!Drivers.isPlugged(now, sr)) {
            return;
        }
        Repository repository = drivers.attached(now, sr).repository();
        String location = now.get(vdi, VDI.LOCATION);
        try {
            if (repository.names(location)) {
                repository.settle(location);
            }
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    /** Reads sizes from the file again. */
    void update(Call call, Ref<VDI> vdi) {
        try (Operation operation = operations.await(call, Claims.of(vdi, VdiOperations.UPDATE))) {
            Snapshot before = store.snapshot();
            AttachedSr place = drivers.attached(before, before.get(vdi, VDI.SR));
            boolean tracked = place.repository().tracks(place.named(before.get(vdi, VDI.LOCATION)));
            if (before.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA) {
                operation.finish(tx -> tx.set(vdi, VDI.CBT_ENABLED, tracked));
                return;
            }
            String location = place.existing(before.get(vdi, VDI.LOCATION));
            long bytes = place.repository().bytes(location);
            long taken = place.repository().taken(location);
            operation.finish(tx -> {
                tx.set(vdi, VDI.VIRTUAL_SIZE, bytes);
                tx.set(vdi, VDI.PHYSICAL_UTILISATION, taken);
                tx.set(vdi, VDI.CBT_ENABLED, tracked);
            });
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    /** The MD5 of the disk's contents, in lower-case hexadecimal. */
    String checksum(Call call, Ref<VDI> vdi) {
        Snapshot snapshot = store.snapshot();
        AttachedSr place = drivers.attached(snapshot, snapshot.get(vdi, VDI.SR));
        String location = place.existing(snapshot.get(vdi, VDI.LOCATION));
        try (Operation operation = operations.await(call, DiskHold.toRead(vdi));
                Image image = place.repository().open(location, false);
                Call.Cancellable cancellable = call.cancellable()) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < image.bytes(); at += CHUNK) {
                chunk.clear().limit(Math.toIntExact(Math.min(CHUNK, image.bytes() - at)));
                image.read(at, chunk);
                digest.update(chunk.flip());
                call.throwIfCancelled();
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
