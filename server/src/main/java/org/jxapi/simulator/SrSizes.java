package org.jxapi.simulator;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** The sizes of SRs, as a world gives them. They are full when the sizes of their disks are. */
final class SrSizes {
    private static final String KEY = "simulated-size";

    private final Store store;

    SrSizes(Store store) {
        this.store = store;
    }

    /** The sm_config of an SR of that size; 0 for the usual one. */
    static Map<String, String> config(long size) {
        return size > 0 ? Map.of(KEY, Long.toString(size)) : Map.of();
    }

    /** The space of the SR of that UUID; {@code otherwise} if no world gave it a size. */
    Usage usage(String sr, Usage otherwise) {
        Snapshot now = store.snapshot();
        Row<SR> row = now.byUuid(SR.XEN_CLASS, sr).map(Stored::row).orElse(null);
        if (row == null || !row.get(SR.SM_CONFIG).containsKey(KEY)) {
            return otherwise;
        }
        long used = 0;
        for (Ref<VDI> vdi : row.get(SR.VDIS)) {
            used += now.get(vdi, VDI.VIRTUAL_SIZE);
        }
        return new Usage(Long.parseLong(row.get(SR.SM_CONFIG).get(KEY)), used);
    }
}
