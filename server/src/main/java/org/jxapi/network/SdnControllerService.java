package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SDNController;
import org.jxapi.xenapi.SDNControllerMessages;
import org.jxapi.xenapi.SdnControllerProtocol;

/** The messages of class SDN_controller. Controllers need Open vSwitch, and hosts have bridges. */
public final class SdnControllerService implements SDNControllerMessages<Call> {
    private final Store store;

    public SdnControllerService(Store store) {
        this.store = store;
    }

    /** OPERATION_NOT_ALLOWED before it looks at its parameters, as from a XAPI on bridges. */
    @Override
    public Ref<SDNController> introduce(Call call, SdnControllerProtocol protocol, String address, long port) {
        throw Errors.operationNotAllowed("host not configured for vswitch operation");
    }

    /** Removes a controller that came with a database from elsewhere. */
    @Override
    public void forget(Call call, Ref<SDNController> self) {
        store.change(tx -> tx.destroy(self));
    }
}
