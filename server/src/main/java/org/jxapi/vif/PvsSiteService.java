package org.jxapi.vif;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PVSProxy;
import org.jxapi.xenapi.PVSServer;
import org.jxapi.xenapi.PVSSite;
import org.jxapi.xenapi.PVSSiteMessages;

/** The messages of class PVS_site. Objects of the PVS classes come with a database from elsewhere only. */
public final class PvsSiteService implements PVSSiteMessages<Call> {
    /** XAPI's name of the feature. */
    static final String FEATURE = "PVS_proxy";

    private final Store store;

    public PvsSiteService(Store store) {
        this.store = store;
    }

    @Override
    public Ref<PVSSite> introduce(Call call, String nameLabel, String nameDescription, String pvsUuid) {
        throw Errors.licenceRestriction(FEATURE);
    }

    @Override
    public void forget(Call call, Ref<PVSSite> self) {
        store.change(tx -> {
            refuseRunning(tx, self);
            Row<PVSSite> site = tx.row(self);
            List<Ref<PVSServer>> servers = site.get(PVSSite.SERVERS);
            if (!servers.isEmpty()) {
                throw new XenApiException(
                        "PVS_SITE_CONTAINS_SERVERS",
                        servers.stream().map(Ref::value).toList());
            }
            List.copyOf(site.get(PVSSite.CACHE_STORAGE)).forEach(tx::destroy);
            tx.destroy(self);
        });
    }

    @Override
    public void setPVSUuid(Call call, Ref<PVSSite> self, String value) {
        store.change(tx -> {
            refuseRunning(tx, self);
            tx.set(self, PVSSite.PVS_UUID, value);
        });
    }

    /** XAPI looks for proxies before it looks whether there is such a site. */
    private static void refuseRunning(Snapshot snapshot, Ref<PVSSite> site) {
        List<String> running = new ArrayList<>();
        for (Stored<PVSProxy> proxy : snapshot.all(PVSProxy.XEN_CLASS)) {
            if (proxy.row().get(PVSProxy.SITE).equals(site) && proxy.row().get(PVSProxy.CURRENTLY_ATTACHED)) {
                running.add(proxy.ref().value());
            }
        }
        if (!running.isEmpty()) {
            throw new XenApiException("PVS_SITE_CONTAINS_RUNNING_PROXIES", running);
        }
    }
}
