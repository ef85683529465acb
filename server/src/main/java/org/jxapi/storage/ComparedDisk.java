package org.jxapi.storage;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.volume.Differences;
import org.jxapi.xenapi.VDI;

/** A disk that is read, and compared with another, the base. Where one cannot be read, it fails with VDI_IO_ERROR. */
public final class ComparedDisk {
    private final Differences differences;
    private final OpenDisk disk;

    ComparedDisk(Differences differences, long bytes) {
        this.differences = differences;
        this.disk = OpenDisk.toRead(differences.disk(), bytes);
    }

    /** Opens a disk, and a base that may be in another repository. */
    static Differences open(Drivers drivers, Snapshot now, Ref<VDI> vdi, Ref<VDI> base) throws IOException {
        AttachedSr place = drivers.attached(now, now.get(vdi, VDI.SR));
        AttachedSr ofBase = drivers.attached(now, now.get(base, VDI.SR));
        String location = place.existing(now.get(vdi, VDI.LOCATION));
        String baseLocation = ofBase.existing(now.get(base, VDI.LOCATION));
        return place.sr().equals(ofBase.sr())
                ? place.repository().differences(location, baseLocation)
                : Differences.of(
                        place.repository().open(location, false),
                        () -> ofBase.repository().open(baseLocation, false));
    }

    /** The contents of the disk. */
    public OpenDisk disk() {
        return disk;
    }

    /**
     * Finds the pieces in which the disk differs from the base, by {@link Differences#find}.
     *
     * @param size of a piece, in bytes
     * @param progress gets the place that is reached, often; an exception from it ends the search
     * @param differing gets the beginning of each piece, in rising order
     */
    public void find(int size, LongConsumer progress, LongConsumer differing) {
        try {
            differences.find(disk.bytes(), size, progress, differing::accept);
        } catch (IOException e) {
            throw OpenDisk.failed(e);
        }
    }
}
