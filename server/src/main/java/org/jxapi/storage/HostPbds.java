package org.jxapi.storage;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All PBDs of a host that comes into the pool or leaves it. */
public final class HostPbds {
    private static final Logger LOG = LoggerFactory.getLogger(HostPbds.class);

    private final Store store;
    private final Pbds pbds;

    public HostPbds(Store store, Pbds pbds) {
        this.store = store;
        this.pbds = pbds;
    }

    /**
     * Makes a PBD for each shared SR that the host has none for, like the coordinator's, and plugs all that are not plugged.
     * A failure is logged, and the other PBDs go on. Upstream: create_storage.ml.
     */
    public void plugAll(Ref<Host> host) {
        store.change(tx -> share(tx, host));
        for (Ref<PBD> pbd : store.snapshot().get(host, Host.PBDS)) {
            try {
                if (!store.snapshot().get(pbd, PBD.CURRENTLY_ATTACHED)) {
                    pbds.plug(new InternalCall("PBD.plug", store), pbd);
                }
            } catch (XenApiException e) {
                LOG.warn("Storage: PBD {} of a host that has come cannot be plugged: {}", pbd, e.getMessage());
            }
        }
    }

    private static void share(Transaction tx, Ref<Host> host) {
        Ref<Host> coordinator = ThisHost.ref(tx);
        for (Stored<SR> sr : List.copyOf(tx.all(SR.XEN_CLASS))) {
            List<Row<PBD>> known = sr.row().get(SR.PBDS).stream().map(tx::row).toList();
            boolean has = known.stream().anyMatch(pbd -> pbd.get(PBD.HOST).equals(host));
            if (sr.row().get(SR.SHARED) && !has) {
                known.stream()
                        .filter(pbd -> pbd.get(PBD.HOST).equals(coordinator))
                        .findFirst()
                        .ifPresent(pbd -> tx.create(Row.of(PBD.XEN_CLASS)
                                .with(PBD.HOST, host)
                                .with(PBD.SR, sr.ref())
                                .with(PBD.DEVICE_CONFIG, pbd.get(PBD.DEVICE_CONFIG))));
            }
        }
    }

    /** Unplugs all; the first error ends it. */
    public void unplugAll(Call call, Ref<Host> host) {
        for (Ref<PBD> pbd : new ArrayList<>(store.snapshot().get(host, Host.PBDS))) {
            if (store.snapshot().get(pbd, PBD.CURRENTLY_ATTACHED)) {
                pbds.unplug(call.part(), pbd);
            }
        }
    }
}
