package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;

/** Images of other tools that become disks where they are, without a copy. */
public final class Adoption {
    private final Store store;
    private final Drivers drivers;
    private final Operations operations;

    Adoption(Store store, Drivers drivers, Operations operations) {
        this.store = store;
        this.drivers = drivers;
        this.operations = operations;
    }

    /** Whether a plugged PBD leads to the repository, and it is one for disks. */
    public static boolean possible(Snapshot snapshot, Ref<SR> sr) {
        return Drivers.isPlugged(snapshot, sr)
                && snapshot.get(sr, SR.CONTENT_TYPE).equals("user");
    }

    /**
     * Makes a disk of an image, which keeps its name and place. A guest of another tool may use it meanwhile.
     *
     * @param settings the name and type of the disk
     * @return empty, and nothing is made, if the repository cannot have a file of that file system
     */
    public Optional<Ref<VDI>> adopt(Call call, Ref<SR> sr, Path file, boolean qcow2, Row<VDI> settings) {
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.VDI_CREATE));
                NewDisk made = new NewDisk(store, drivers.attached(store.snapshot(), sr))) {
            made.begin();
            if (!made.repository().adopt(made.uuid(), file, qcow2)) {
                return Optional.empty();
            }
            long bytes = made.repository().bytes(made.uuid());
            return Optional.of(made.finish(
                    operation, made.placed(settings, bytes, made.repository().taken(made.uuid()))));
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }
}
