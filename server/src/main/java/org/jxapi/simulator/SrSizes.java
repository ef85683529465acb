package org.jxapi.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** The sizes and speeds of SRs, as a world gives them. They are full when the sizes of their disks are. */
final class SrSizes {
    private static final String SIZE = "simulated-size";
    private static final String SPEED = "simulated-speed";

    private final Store store;

    SrSizes(Store store) {
        this.store = store;
    }

    /** The sm_config of an SR of that size and speed; 0 for the usual one. */
    static Map<String, String> config(long size, long speed) {
        Map<String, String> config = new LinkedHashMap<>();
        if (size > 0) {
            config.put(SIZE, Long.toString(size));
        }
        if (speed > 0) {
            config.put(SPEED, Long.toString(speed));
        }
        return config;
    }

    /** The speed of the SR of that UUID, in bytes per second; 0 if no world gave it one. */
    long speed(String sr) {
        return store.snapshot()
                .byUuid(SR.XEN_CLASS, sr)
                .map(found -> number(found.row(), SPEED))
                .orElse(0L);
    }

    /** A number that a world has set; 0 for none. Clients may set what they like. */
    private static long number(Row<SR> sr, String key) {
        String value = sr.get(SR.SM_CONFIG).getOrDefault(key, "");
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }

    /** The space of the SR of that UUID; {@code otherwise} if no world gave it a size. */
    Usage usage(String sr, Usage otherwise) {
        Snapshot now = store.snapshot();
        Row<SR> row = now.byUuid(SR.XEN_CLASS, sr).map(Stored::row).orElse(null);
        long size = row == null ? 0 : number(row, SIZE);
        if (row == null || size == 0) {
            return otherwise;
        }
        long used = 0;
        for (Ref<VDI> vdi : row.get(SR.VDIS)) {
            used += now.get(vdi, VDI.VIRTUAL_SIZE);
        }
        return new Usage(size, used);
    }
}
