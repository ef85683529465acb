package org.jxapi.volume;

import java.util.List;
import org.jxapi.hypervisor.DiskImages;

/** No guest runs. */
public final class NoGuests implements LiveDisks {
    @Override
    public List<Guest> guests(String sr, String location) {
        return List.of();
    }

    @Override
    public DiskImages images() {
        throw new UnsupportedOperationException("no guest runs");
    }
}
