package org.jxapi.datasource;

import org.jxapi.datamodel.Row;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.SR;

/** How large SRs are and how full, as of the last look at them. */
final class SrProbe implements Probe {
    private static final Source SIZE = Source.gauge("size", "Size of the SR", "B");
    private static final Source USED = Source.gauge("physical_utilisation", "Space in use", "B");

    @Override
    public void read(Look look, Readings readings) {
        for (Stored<SR> stored : look.snapshot().all(SR.XEN_CLASS)) {
            Row<SR> sr = stored.row();
            Owner owner = Owner.sr(sr.get(SR.UUID));
            readings.add(owner, USED, sr.get(SR.PHYSICAL_UTILISATION));
            readings.add(owner, SIZE, sr.get(SR.PHYSICAL_SIZE));
        }
    }
}
