package org.jxapi.vif;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PVSServer;
import org.jxapi.xenapi.PVSServerMessages;
import org.jxapi.xenapi.PVSSite;

/** The messages of class PVS_server. */
public final class PvsServerService implements PVSServerMessages<Call> {
    private final Store store;

    public PvsServerService(Store store) {
        this.store = store;
    }

    @Override
    public Ref<PVSServer> introduce(
            Call call, List<String> addresses, long firstPort, long lastPort, Ref<PVSSite> site) {
        throw Errors.licenceRestriction(PvsSiteService.FEATURE);
    }

    @Override
    public void forget(Call call, Ref<PVSServer> self) {
        store.change(tx -> tx.destroy(self));
    }
}
