package org.jxapi.storage;

import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.KnownDisks;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** The disks that have rows. */
public final class RecordedDisks implements KnownDisks {
    private final Store store;

    public RecordedDisks(Store store) {
        this.store = store;
    }

    @Override
    public Map<String, Long> sizes(String sr) {
        Snapshot now = store.snapshot();
        return now.byUuid(SR.XEN_CLASS, sr).stream()
                .flatMap(found -> found.row().get(SR.VDIS).stream())
                .map(now::row)
                .collect(Collectors.toMap(
                        vdi -> vdi.get(VDI.LOCATION), vdi -> vdi.get(VDI.VIRTUAL_SIZE), (one, other) -> one));
    }
}
