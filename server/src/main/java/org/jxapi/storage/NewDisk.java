package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.operation.Operation;
import org.jxapi.store.Store;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/**
 * A disk that is being made. Its file counts only when its row exists. Closed without a row, it leaves nothing behind.
 * If the daemon is killed meanwhile, the marker makes its next start remove the file.
 */
final class NewDisk implements AutoCloseable {
    private final Store store;
    private final SrFolder repository;
    private final Ref<SR> sr;
    private final String uuid = UUID.randomUUID().toString();

    NewDisk(Store store, SrFolder repository, Ref<SR> sr) {
        this.store = store;
        this.repository = repository;
        this.sr = sr;
    }

    String uuid() {
        return uuid;
    }

    /** The path for its file. The folder has a marker for the file from now on. */
    Path mark() throws IOException {
        Volumes.mark(repository.folder(), uuid);
        return repository.file(uuid);
    }

    /** The settings, with the fields that its repository decides. */
    Row<VDI> placed(Row<VDI> settings, long bytes, long taken) {
        return settings.with(VDI.UUID, uuid)
                .with(VDI.LOCATION, uuid)
                .with(VDI.SR, sr)
                .with(VDI.VIRTUAL_SIZE, bytes)
                .with(VDI.PHYSICAL_UTILISATION, taken)
                .with(VDI.MANAGED, true);
    }

    /** Makes the row, with which the operation ends; HANDLE_INVALID when the repository has gone meanwhile. */
    Ref<VDI> finish(Operation operation, Row<VDI> row) {
        SrFolder.Usage usage = repository.usage();
        Ref<VDI> vdi = VDI.XEN_CLASS.freshRef();
        operation.finish(tx -> {
            tx.require(sr);
            tx.create(vdi, row);
            repository.record(tx, usage);
        });
        Volumes.unmark(repository.folder(), uuid);
        return vdi;
    }

    @Override
    public void close() {
        if (store.snapshot().byUuid(VDI.XEN_CLASS, uuid).isEmpty()) {
            try {
                Volumes.delete(repository.folder(), repository.file(uuid), uuid);
            } catch (IOException e) {
                // The marker stands: the next start of the daemon removes the file.
            }
        }
    }
}
