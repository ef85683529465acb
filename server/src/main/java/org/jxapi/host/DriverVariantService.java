package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DriverVariant;
import org.jxapi.xenapi.DriverVariantMessages;

/** The messages of class Driver_variant. */
public final class DriverVariantService implements DriverVariantMessages<Call> {
    private final Store store;

    public DriverVariantService(Store store) {
        this.store = store;
    }

    @Override
    public void select(Call call, Ref<DriverVariant> self) {
        Snapshot snapshot = store.snapshot();
        snapshot.require(snapshot.get(self, DriverVariant.DRIVER));
        throw HostDriverService.refused(snapshot, self);
    }
}
