package org.jxapi.storage;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.operation.Operation;
import org.jxapi.store.Store;
import org.jxapi.volume.Repository;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.VDI;

/**
 * A disk that is being made. Its location is its UUID, unless {@link #place} found another one. Its volume counts only when
 * its row exists. Closed without a row, it leaves nothing behind. If the daemon is killed meanwhile, the mark makes its next
 * start remove the volume.
 */
final class NewDisk implements AutoCloseable {
    private final Store store;
    private final AttachedSr place;
    private final String uuid;
    private String location;

    NewDisk(Store store, AttachedSr place) {
        this(store, place, FreshIds.uuid("VDI").toString());
    }

    /** @param uuid of the disk, and its location */
    NewDisk(Store store, AttachedSr place, String uuid) {
        this.store = store;
        this.place = place;
        this.uuid = uuid;
        this.location = uuid;
    }

    /** Where its volume is to be, if its creator wants something else than its UUID. */
    void place(Row<VDI> settings) {
        String wanted = repository().newLocation(uuid, settings.get(VDI.SM_CONFIG));
        if (!wanted.equals(uuid) && repository().holds(wanted)) {
            throw SmFailure.VDI_EXISTS.error(wanted);
        }
        location = wanted;
    }

    String location() {
        return location;
    }

    /** The size that it gets when its creator asks for so many bytes. */
    long bytes(long asked) {
        long rounded = DiskRules.rounded(asked);
        return repository().exactSizes() ? asked : rounded;
    }

    String uuid() {
        return uuid;
    }

    AttachedSr place() {
        return place;
    }

    Repository repository() {
        return place.repository();
    }

    /** Marks its location: from now on the volume counts only if its row exists. */
    void begin() throws IOException {
        repository().begin(location);
    }

    /** Makes its volume, full of zeros, and returns the location. */
    String create(Row<VDI> settings, long bytes) throws IOException {
        if (location.equals(uuid)) {
            place(settings);
        }
        begin();
        repository().create(location, bytes, DiskRules.plain(settings));
        return location;
    }

    /** The settings, with the fields that its repository decides; {@code taken} is the space that the volume takes. */
    Row<VDI> placed(Row<VDI> settings, long bytes, long taken) throws IOException {
        Map<String, String> smConfig = new LinkedHashMap<>(settings.get(VDI.SM_CONFIG));
        smConfig.putAll(repository().smConfig(location));
        return settings.with(VDI.UUID, uuid)
                .with(VDI.SM_CONFIG, smConfig)
                .with(VDI.LOCATION, location)
                .with(VDI.SR, place.sr())
                .with(VDI.VIRTUAL_SIZE, bytes)
                .with(VDI.PHYSICAL_UTILISATION, taken)
                .with(VDI.MANAGED, true);
    }

    /** Makes the row, with which the operation ends; HANDLE_INVALID when the repository has gone meanwhile. */
    Ref<VDI> finish(Operation operation, Row<VDI> row) {
        return Objects.requireNonNull(
                finish(operation, place, Map.of(this, row)).get(this));
    }

    /** Makes the rows of disks of one repository. */
    static Map<NewDisk, Ref<VDI>> finish(Operation operation, AttachedSr place, Map<NewDisk, Row<VDI>> rows) {
        Usage usage = place.repository().usage();
        Map<NewDisk, Ref<VDI>> made = new LinkedHashMap<>();
        rows.keySet().forEach(disk -> made.put(disk, VDI.XEN_CLASS.freshRef()));
        operation.finish(tx -> {
            tx.require(place.sr());
            made.forEach((disk, vdi) -> tx.create(vdi, Objects.requireNonNull(rows.get(disk))));
            place.record(tx, usage);
        });
        rows.keySet().forEach(disk -> place.repository().keep(disk.location));
        return made;
    }

    @Override
    public void close() {
        if (store.snapshot().byUuid(VDI.XEN_CLASS, uuid).isEmpty()) {
            try {
                repository().discard(location);
            } catch (IOException e) {
                // The mark stays, so the next start of the daemon removes the volume.
            }
        }
    }
}
