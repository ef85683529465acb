package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.LVHDMessages;
import org.jxapi.xenapi.SR;

/** The messages of class LVHD. XAPI passes them to an extension of the host, and hosts of jxapi have none. */
public final class LvhdService implements LVHDMessages<Call> {
    private final Store store;

    public LvhdService(Store store) {
        this.store = store;
    }

    @Override
    public String enableThinProvisioning(
            Call call, Ref<Host> host, Ref<SR> sr, long initialAllocation, long allocationQuantum) {
        store.snapshot().require(host);
        throw Errors.messageMethodUnknown("LVHD.enable_thin_provisioning");
    }
}
