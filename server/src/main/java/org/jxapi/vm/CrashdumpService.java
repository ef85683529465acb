package org.jxapi.vm;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Crashdump;
import org.jxapi.xenapi.CrashdumpMessages;
import org.jxapi.xenapi.VDI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of class crashdump. */
public final class CrashdumpService implements CrashdumpMessages<Call> {
    private static final Logger LOG = LoggerFactory.getLogger(CrashdumpService.class);

    private final Store store;
    private final Disks disks;

    public CrashdumpService(Store store, Disks disks) {
        this.store = store;
        this.disks = disks;
    }

    /** Its disk goes with it, and one that cannot be removed stays alone, as in XAPI. */
    @Override
    public void destroy(Call call, Ref<Crashdump> self) {
        Ref<VDI> disk = store.snapshot().get(self, Crashdump.VDI);
        try {
            disks.destroyIfThere(disk);
        } catch (XenApiException e) {
            LOG.warn("Crash dump: its disk stays: {}", e.getMessage());
        }
        store.change(tx -> tx.destroyIfThere(self));
    }
}
