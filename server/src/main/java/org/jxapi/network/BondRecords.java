package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

/** The objects that stand for a bond: itself, and a PIF for the whole. */
public final class BondRecords {
    private BondRecords() {}

    /** The settings of a new bond for which a client names none. */
    public static Map<String, String> properties(BondMode mode) {
        return BondProperties.complete(mode, Map.of());
    }

    /**
     * A bond with its PIF, which says that it is plugged: a start of the daemon makes what is missing. Nothing is checked.
     *
     * @param mac empty for that of the primary member
     * @param properties complete
     */
    public static Ref<Bond> create(
            Transaction tx,
            Ref<Network> network,
            List<Ref<PIF>> members,
            String device,
            String mac,
            BondMode mode,
            Map<String, String> properties) {
        Ref<PIF> primary = BondChecks.primary(tx, members);
        Row<PIF> like = tx.row(primary);
        Ref<Bond> bond = Bond.XEN_CLASS.freshRef();
        Ref<PIF> master = tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.DEVICE, device)
                .with(PIF.DEVICE_NAME, device)
                .with(PIF.NETWORK, network)
                .with(PIF.HOST, like.get(PIF.HOST))
                .with(PIF.MAC, mac.isEmpty() ? like.get(PIF.MAC) : mac)
                .with(PIF.MTU, tx.get(network, Network.MTU))
                .with(PIF.VLAN, -1L)
                .with(PIF.METRICS, tx.create(Row.of(PIFMetrics.XEN_CLASS)))
                .with(PIF.IPV6, List.of(""))
                .with(PIF.PRIMARY_ADDRESS_TYPE, like.get(PIF.PRIMARY_ADDRESS_TYPE))
                .with(PIF.MANAGED, true)
                .with(PIF.DISALLOW_UNPLUG, members.stream().anyMatch(pif -> tx.get(pif, PIF.DISALLOW_UNPLUG)))
                .with(PIF.PROPERTIES, like.get(PIF.PROPERTIES)));
        tx.create(
                bond,
                Row.of(Bond.XEN_CLASS)
                        .with(Bond.MASTER, master)
                        .with(Bond.PRIMARY_SLAVE, primary)
                        .with(Bond.MODE, mode)
                        .with(Bond.PROPERTIES, properties)
                        .with(Bond.AUTO_UPDATE_MAC, mac.isEmpty()));
        BondMoves.configuration(tx, primary, master);
        for (Ref<PIF> member : members) {
            tx.set(member, PIF.BOND_SLAVE_OF, bond);
            tx.set(member, PIF.CURRENTLY_ATTACHED, false);
            tx.set(member, PIF.DISALLOW_UNPLUG, false);
            tx.set(tx.get(member, PIF.NETWORK), Network.MTU, tx.get(network, Network.MTU));
        }
        // A start of the daemon plugs what says that it is plugged: nothing is lost when this one ends here.
        tx.set(master, PIF.CURRENTLY_ATTACHED, true);
        return bond;
    }

    /** Gives the configuration of the bond to its primary member. */
    static void destroy(Transaction tx, Ref<Bond> bond) {
        Row<Bond> row = tx.row(bond);
        Row<PIF> master = tx.row(row.get(Bond.MASTER));
        Ref<PIF> primary = row.get(Bond.PRIMARY_SLAVE);
        if (master.get(PIF.MANAGEMENT) || !master.get(PIF.IP).isEmpty()) {
            BondMoves.configuration(tx, row.get(Bond.MASTER), primary);
        }
        if (master.get(PIF.DISALLOW_UNPLUG)) {
            tx.set(primary, PIF.DISALLOW_UNPLUG, true);
        }
        row.get(Bond.SLAVES).forEach(member -> tx.set(member, PIF.BOND_SLAVE_OF, Ref.nil()));
        tx.destroy(bond);
        tx.destroyIfThere(master.get(PIF.METRICS));
        tx.destroy(row.get(Bond.MASTER));
    }
}
