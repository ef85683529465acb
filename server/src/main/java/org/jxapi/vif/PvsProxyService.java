package org.jxapi.vif;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PVSProxy;
import org.jxapi.xenapi.PVSProxyMessages;
import org.jxapi.xenapi.PVSSite;
import org.jxapi.xenapi.VIF;

/** The messages of class PVS_proxy. */
public final class PvsProxyService implements PVSProxyMessages<Call> {
    private final Store store;

    public PvsProxyService(Store store) {
        this.store = store;
    }

    @Override
    public Ref<PVSProxy> create(Call call, Ref<PVSSite> site, Ref<VIF> vif) {
        store.snapshot().require(vif);
        throw Errors.licenceRestriction(PvsSiteService.FEATURE);
    }

    @Override
    public void destroy(Call call, Ref<PVSProxy> self) {
        store.change(tx -> {
            tx.require(tx.get(self, PVSProxy.VIF));
            tx.destroy(self);
        });
    }
}
