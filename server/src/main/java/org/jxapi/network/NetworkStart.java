package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the bridges, bonds and VLANs that a restart of a host has taken away. */
public final class NetworkStart {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkStart.class);

    private final Store store;
    private final Networks networks;
    private final PifDevices devices;
    private final Bonds bonds;

    public NetworkStart(Store store, Networks networks, PifDevices devices, Bonds bonds) {
        this.store = store;
        this.networks = networks;
        this.devices = devices;
        this.bonds = bonds;
    }

    /** Does what it can on a host: the log says what is missing. HOST_OFFLINE for one that cannot be reached. */
    public void run(Ref<Host> host) {
        networks.start(host);
        Snapshot snapshot = store.snapshot();
        for (Stored<Bond> bond : snapshot.all(Bond.XEN_CLASS)) {
            Row<PIF> master = snapshot.row(bond.row().get(Bond.MASTER));
            if (master.get(PIF.CURRENTLY_ATTACHED) && master.get(PIF.HOST).equals(host)) {
                attempt("Bond " + bond.row().get(Bond.UUID), () -> {
                    devices.raise(snapshot, master);
                    bonds.takeOver(bond.ref());
                });
            }
        }
        Snapshot moved = store.snapshot();
        for (Stored<PIF> stored : moved.all(PIF.XEN_CLASS)) {
            Row<PIF> pif = stored.row();
            if (!pif.get(PIF.CURRENTLY_ATTACHED) || !pif.get(PIF.HOST).equals(host)) {
                continue;
            }
            if (pif.get(PIF.VLAN) >= 0) {
                attempt("VLAN " + pif.get(PIF.UUID), () -> devices.raise(moved, pif));
            } else if (pif.get(PIF.PHYSICAL)) {
                attempt("PIF " + pif.get(PIF.UUID), () -> devices.tune(moved, pif));
            }
        }
    }

    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (XenApiException e) {
            if (Unreachable.is(e)) {
                throw e;
            }
            LOG.error("{}: not up: {}", what, e.getMessage());
        }
    }
}
