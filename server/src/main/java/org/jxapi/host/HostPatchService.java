package org.jxapi.host;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.HostPatch;
import org.jxapi.xenapi.HostPatchMessages;

/** The messages of class host_patch, whose objects come with a database from elsewhere. */
public final class HostPatchService implements HostPatchMessages<Call> {
    private final Store store;

    public HostPatchService(Store store) {
        this.store = store;
    }

    @Override
    public void destroy(Call call, Ref<HostPatch> self) {
        store.change(tx -> {
            tx.require(self);
            tx.destroy(self);
        });
    }

    /** MESSAGE_DEPRECATED, as in XAPI. */
    @Override
    public String apply(Call call, Ref<HostPatch> self) {
        store.snapshot().row(self);
        throw new XenApiException("MESSAGE_DEPRECATED", List.of());
    }
}
