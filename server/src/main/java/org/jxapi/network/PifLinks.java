package org.jxapi.network;

import java.time.Clock;
import java.util.function.BiPredicate;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.local.EachHost;
import org.jxapi.local.Hosts;
import org.jxapi.message.Messages;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

/**
 * The connections of the host's interfaces: PIF_metrics.carrier follows them, and a message says when one is lost. XAPI only has
 * messages for the links of bonds, which are here too.
 */
public final class PifLinks {
    /** XAPI's priority of BOND_STATUS_CHANGED. */
    private static final long PRIORITY = 3;

    private final Store store;
    private final BiPredicate<Ref<Host>, String> carrier;
    private final EachHost each;
    private final Clock clock;
    private final BondLinks bonds;

    /** @param carrier whether an interface of a host has a connection now */
    public PifLinks(Store store, Hosts hosts, BiPredicate<Ref<Host>, String> carrier, Clock clock) {
        this.store = store;
        this.each = new EachHost("Links", hosts, store);
        this.carrier = carrier;
        this.clock = clock;
        this.bonds = new BondLinks(store, clock);
    }

    /** Compares all interfaces with their records; called every few seconds. */
    public void look() {
        each.run(here -> look(here.host()));
        bonds.look();
    }

    private void look(Ref<Host> host) {
        Snapshot now = store.snapshot();
        for (Stored<PIF> pif : now.all(PIF.XEN_CLASS)) {
            Row<PIF> row = pif.row();
            if (!row.get(PIF.HOST).equals(host)
                    || !row.get(PIF.PHYSICAL)
                    || now.find(row.get(PIF.METRICS)).isEmpty()) {
                continue;
            }
            boolean before = now.get(row.get(PIF.METRICS), PIFMetrics.CARRIER);
            boolean connected = carrier.test(row.get(PIF.HOST), row.get(PIF.DEVICE));
            if (connected != before) {
                store.change(tx -> changed(tx, row.get(PIF.METRICS), row, connected));
            }
        }
    }

    private void changed(Transaction tx, Ref<PIFMetrics> metrics, Row<PIF> pif, boolean connected) {
        if (tx.find(metrics).isEmpty()) {
            return;
        }
        tx.set(metrics, PIFMetrics.CARRIER, connected);
        tx.set(metrics, PIFMetrics.LAST_UPDATED, XenTime.of(clock.instant()));
        if (!connected && pif.get(PIF.CURRENTLY_ATTACHED)) {
            String host = tx.get(pif.get(PIF.HOST), Host.UUID);
            String body = "The physical interface " + pif.get(PIF.DEVICE) + " has lost its connection";
            Messages.write(tx, clock, "PIF_LINK_LOST", PRIORITY, Cls.HOST, host, body);
        }
    }
}
