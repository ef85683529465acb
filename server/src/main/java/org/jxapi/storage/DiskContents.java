package org.jxapi.storage;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.image.Image;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.Differences;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;

/** Disks' contents on their way out of the host and into it. */
public final class DiskContents {
    private final Store store;
    private final Drivers drivers;
    private final Operations operations;
    /** The SRs that new disks are being uploaded to, by the disks' locations. */
    private final Map<String, Ref<SR>> receiving = new ConcurrentHashMap<>();

    DiskContents(Store store, Drivers drivers, Operations operations) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
    }

    /** The end of an upload of a new disk. */
    private interface Received extends AutoCloseable {
        @Override
        void close();
    }

    /** An action on an open disk. */
    public interface Work {
        void with(OpenDisk disk);
    }

    /** Holds disks that are to be read: others may read them too; VDI_IN_USE when a VM writes to one of them. */
    public Operation holdToRead(Call call, Collection<Ref<VDI>> vdis) {
        return operations.await(call, vdis.stream().map(DiskHold::toRead).toArray(Claim[]::new));
    }

    /** Holds a disk that is to be written to; VDI_IN_USE when a VM uses it. */
    public Operation holdToWrite(Call call, Ref<VDI> vdi) {
        return operations.await(call, DiskHold.toWrite(vdi));
    }

    /** Reads a disk that no VM writes to meanwhile. */
    public void read(Call call, Ref<VDI> vdi, Work work) {
        try (Operation operation = holdToRead(call, List.of(vdi))) {
            readHeld(vdi, work);
        }
    }

    /** Reads a disk that the caller holds. */
    public void readHeld(Ref<VDI> vdi, Work work) {
        Snapshot now = store.snapshot();
        AttachedSr place = drivers.attached(now, now.get(vdi, VDI.SR));
        String location = place.existing(now.get(vdi, VDI.LOCATION));
        try (OpenDisk disk =
                OpenDisk.toRead(place.repository().open(location, false), now.get(vdi, VDI.VIRTUAL_SIZE))) {
            work.with(disk);
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }

    /** An action on a disk and another with which it is compared. */
    public interface Comparing {
        void with(ComparedDisk disk);
    }

    /** Reads a disk, and compares it with another; no VM writes to either meanwhile. */
    public void compare(Call call, Ref<VDI> vdi, Ref<VDI> base, Comparing work) {
        try (Operation operation = holdToRead(call, new LinkedHashSet<>(List.of(vdi, base)));
                Differences differences = ComparedDisk.open(drivers, store.snapshot(), vdi, base)) {
            work.with(new ComparedDisk(differences, store.snapshot().get(vdi, VDI.VIRTUAL_SIZE)));
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }

    /** Writes bytes to the beginning of a disk that has just been made. */
    public void fill(Ref<VDI> vdi, byte[] bytes) {
        try (Operation operation = holdToWrite(new InternalCall("VDI.import", store), vdi)) {
            fill(vdi, disk -> disk.write(0, bytes, bytes.length));
            operation.finish(tx -> {});
        }
    }

    /** Fills a disk that has just been made, and that the caller holds to write. */
    public void fill(Ref<VDI> vdi, Work work) {
        Snapshot now = store.snapshot();
        AttachedSr place = drivers.attached(now, now.get(vdi, VDI.SR));
        String location = place.existing(now.get(vdi, VDI.LOCATION));
        try (OpenDisk disk =
                OpenDisk.toWrite(place.repository().open(location, true), now.get(vdi, VDI.VIRTUAL_SIZE), true)) {
            work.with(disk);
            disk.sync();
            long taken = place.repository().taken(location);
            Usage usage = place.repository().usage();
            store.change(tx -> {
                tx.set(vdi, VDI.PHYSICAL_UTILISATION, taken);
                place.record(tx, usage);
            });
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }

    /**
     * Gives a disk new contents, which take the place of the old ones in one step at the end: if the work fails, nothing
     * has happened.
     *
     * @param whole whether everything on the disk is written, so that the old contents do not matter
     */
    public void overwrite(Call call, Ref<VDI> vdi, boolean whole, Work work) {
        try (Operation operation = holdToWrite(call, vdi)) {
            Snapshot before = store.snapshot();
            DiskRules.refuseUnmanaged(before, vdi);
            AttachedSr place = drivers.attached(before, before.get(vdi, VDI.SR));
            Repository repository = place.repository();
            String location = place.existing(before.get(vdi, VDI.LOCATION));
            long bytes = before.get(vdi, VDI.VIRTUAL_SIZE);
            boolean blank = whole || empty(repository, location, bytes);
            try (Stage stage = blank
                    ? repository.stage(location, bytes)
                    : repository.stageCopy(location, done -> call.throwIfCancelled())) {
                try (OpenDisk disk = OpenDisk.toWrite(stage.open(), bytes, blank)) {
                    work.with(disk);
                    disk.sync();
                }
                stage.take();
                long taken = repository.taken(location);
                Usage usage = repository.usage();
                operation.finish(tx -> {
                    tx.set(vdi, VDI.PHYSICAL_UTILISATION, taken);
                    place.record(tx, usage);
                });
            }
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }

    /** Whether a volume stores nothing, and nothing is stored for it in a volume that it was cloned from. */
    private static boolean empty(Repository repository, String location, long bytes) throws IOException {
        try (Image image = repository.open(location, false)) {
            return image.hole(0, bytes);
        }
    }

    /** Makes a disk with these contents; there is none before they are complete. */
    public Ref<VDI> create(Call call, Ref<SR> sr, Row<VDI> settings, Work work) {
        return create(call, sr, FreshIds.uuid("VDI").toString(), settings, work);
    }

    /** The same, with that UUID. */
    public Ref<VDI> create(Call call, Ref<SR> sr, String uuid, Row<VDI> settings, Work work) {
        DiskRules.rounded(settings.get(VDI.VIRTUAL_SIZE));
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.VDI_CREATE));
                NewDisk made = new NewDisk(store, drivers.attached(store.snapshot(), sr), uuid);
                Received received = () -> receiving.remove(made.location())) {
            made.place(settings);
            receiving.put(made.location(), sr);
            long bytes = made.bytes(settings.get(VDI.VIRTUAL_SIZE));
            String location = made.create(settings, bytes);
            operation.release(sr);
            try (OpenDisk disk = OpenDisk.toWrite(made.repository().open(location, true), bytes, true)) {
                work.with(disk);
                disk.sync();
            }
            return made.finish(
                    operation, made.placed(settings, bytes, made.repository().taken(location)));
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }

    /** Whether a new disk is being uploaded to a location. */
    boolean receives(String location) {
        return receiving.containsKey(location);
    }

    /** Throws OTHER_OPERATION_IN_PROGRESS while a new disk is uploaded to that SR. */
    void refuseReceiving(Ref<SR> sr) {
        receiving.forEach((location, target) -> {
            if (target.equals(sr)) {
                throw Errors.otherOperationInProgress("SR", sr.value(), StorageOperations.VDI_CREATE.wire(), location);
            }
        });
    }
}
