package org.jxapi.network;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

/** PIFs in the database alone: the host's devices stay as they are. */
final class PifRecords {
    private static final String DEVICE = "[A-Za-z0-9_][A-Za-z0-9_.:-]{0,14}";

    private PifRecords() {}

    /**
     * Adds a PIF that is not plugged. As in XAPI it is in no bond, and a VLAN is refused on a network with trunks. INVALID_VALUE for
     * a name or tag that no device has: a later plug gives them to commands.
     */
    static Ref<PIF> introduce(Transaction tx, Row<PIF> given) {
        if (!given.get(PIF.DEVICE).matches(DEVICE)) {
            throw Errors.invalidValue("device", given.get(PIF.DEVICE));
        }
        if (given.get(PIF.VLAN) < -1 || given.get(PIF.VLAN) > Vlans.LAST_TAG) {
            throw Errors.invalidValue("VLAN", Long.toString(given.get(PIF.VLAN)));
        }
        tx.require(given.get(PIF.NETWORK));
        tx.require(given.get(PIF.HOST));
        if (given.get(PIF.VLAN) != -1) {
            Vlans.refuseTrunks(tx, given.get(PIF.NETWORK));
        }
        Ref<PIFMetrics> metrics = tx.create(Row.of(PIFMetrics.XEN_CLASS).with(PIFMetrics.CARRIER, false));
        return tx.create(given.with(PIF.DEVICE_NAME, given.get(PIF.DEVICE))
                .with(PIF.METRICS, metrics)
                .with(PIF.CURRENTLY_ATTACHED, false)
                .with(PIF.BOND_SLAVE_OF, Ref.nil()));
    }

    /** Removes a PIF, with the records that mean nothing without it, which XAPI removes some time later. */
    static void forget(Transaction tx, Ref<PIF> pif) {
        Row<PIF> row = tx.row(pif);
        tx.destroyIfThere(row.get(PIF.METRICS));
        tx.destroyIfThere(row.get(PIF.VLAN_MASTER_OF));
        List.copyOf(row.get(PIF.VLAN_SLAVE_OF)).forEach(tx::destroy);
        List.copyOf(row.get(PIF.TUNNEL_ACCESS_PIF_OF)).forEach(tx::destroy);
        List.copyOf(row.get(PIF.SRIOV_LOGICAL_PIF_OF)).forEach(tx::destroy);
        List.copyOf(row.get(PIF.BOND_MASTER_OF)).forEach(tx::destroy);
        tx.destroy(pif);
    }
}
