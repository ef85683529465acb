package org.jxapi.storage;

import java.io.IOException;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.image.Image;
import org.jxapi.operation.Claim;
import org.jxapi.store.Snapshot;
import org.jxapi.volume.Copying;
import org.jxapi.volume.Differences;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;
import org.jxapi.xenapi.VDI;

/**
 * A disk that is copied: all of it, or what differs from another.
 *
 * @param base the other disk; null for all
 */
record DiskSource(Ref<VDI> vdi, @Nullable Ref<VDI> base) {
    static DiskSource whole(Ref<VDI> vdi) {
        return new DiskSource(vdi, null);
    }

    boolean isWhole() {
        return base == null;
    }

    /** Holds the other disk, to which no VM may write meanwhile. */
    Claim holdBase() {
        return base == null ? Claim.also(tx -> {}) : DiskHold.toRead(base);
    }

    /** Writes what is copied into a volume that is full of zeros. */
    void fill(Drivers drivers, Snapshot now, Repository to, String location, DoubleConsumer progress)
            throws IOException {
        if (base == null) {
            AttachedSr from = drivers.of(now, vdi);
            Copying.into(to, location, from.repository(), now.get(vdi, VDI.LOCATION), progress);
            return;
        }
        try (Differences differences = ComparedDisk.open(drivers, now, vdi, base);
                Image image = to.open(location, true)) {
            Copying.differences(differences, image, progress);
        }
    }

    /** Writes what is copied over a volume, in one step. Where nothing is copied, differences leave it as it is. */
    void replace(Drivers drivers, Snapshot now, Repository to, String location, long bytes, DoubleConsumer progress)
            throws IOException {
        if (base == null) {
            AttachedSr from = drivers.of(now, vdi);
            try (Stage stage = to.stage(location, bytes)) {
                Copying.into(stage, bytes, from.repository(), now.get(vdi, VDI.LOCATION), progress);
                stage.take();
            }
            return;
        }
        try (Stage stage = to.stageCopy(location, progress)) {
            try (Differences differences = ComparedDisk.open(drivers, now, vdi, base);
                    Image image = stage.open()) {
                Copying.differences(differences, image, progress);
            }
            stage.take();
        }
    }
}
