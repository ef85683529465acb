package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Source;
import org.jxapi.measure.Sources;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.SR;

/** What SRs tell of themselves: how large and how full they are, as of the last look at them. */
public final class SrSources {
    private final Store store;
    private final Measurements measurements;

    public SrSources(Store store, Measurements measurements) {
        this.store = store;
        this.measurements = measurements;
    }

    public static Sources of(Snapshot snapshot, Ref<SR> ref) {
        Row<SR> sr = snapshot.row(ref);
        double size = sr.get(SR.PHYSICAL_SIZE);
        double used = sr.get(SR.PHYSICAL_UTILISATION);
        double allocated = sr.get(SR.VIRTUAL_ALLOCATION);
        return new Sources(
                "sr:" + sr.get(SR.UUID) + ":",
                List.of(
                        new Source("size", "Size of the SR", "B", size, () -> size),
                        new Source("physical_utilisation", "Physical space in use", "B", size, () -> used),
                        new Source(
                                "virtual_allocation",
                                "Sum of the virtual sizes of all disks",
                                "B",
                                Math.max(size, allocated),
                                () -> allocated)));
    }

    private Sources of(Ref<SR> sr) {
        return of(store.snapshot(), sr);
    }

    List<Row<DataSource>> list(Ref<SR> sr) {
        return of(sr).rows(measurements);
    }

    double query(Ref<SR> sr, String name) {
        return of(sr).query(name);
    }

    void record(Ref<SR> sr, String name) {
        of(sr).record(measurements, name);
    }

    void forget(Ref<SR> sr, String name) {
        of(sr).forget(measurements, name);
    }
}
