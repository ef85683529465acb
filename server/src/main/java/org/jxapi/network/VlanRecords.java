package org.jxapi.network;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VLAN;

/** The objects that stand for a VLAN: itself, and a PIF for its frames without the tag. */
public final class VlanRecords {
    /** Every VLAN has this address in XAPI: frames carry the interface's own. */
    private static final String MAC = "fe:ff:ff:ff:ff:ff";

    private VlanRecords() {}

    /** A VLAN of an interface, which is not plugged yet. Nothing is checked. */
    public static Ref<VLAN> create(Transaction tx, Ref<PIF> tagged, long tag, Ref<Network> network) {
        Ref<VLAN> vlan = VLAN.XEN_CLASS.freshRef();
        Row<PIF> base = tx.row(tagged);
        Ref<PIF> untagged = tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.DEVICE, base.get(PIF.DEVICE))
                .with(PIF.DEVICE_NAME, base.get(PIF.DEVICE))
                .with(PIF.NETWORK, network)
                .with(PIF.HOST, base.get(PIF.HOST))
                .with(PIF.MAC, MAC)
                .with(PIF.MTU, base.get(PIF.MTU))
                .with(PIF.VLAN, tag)
                .with(PIF.METRICS, base.get(PIF.METRICS))
                .with(PIF.VLAN_MASTER_OF, vlan)
                .with(PIF.CURRENTLY_ATTACHED, false)
                .with(PIF.IPV6, List.of(""))
                .with(PIF.PRIMARY_ADDRESS_TYPE, base.get(PIF.PRIMARY_ADDRESS_TYPE))
                .with(PIF.PROPERTIES, Map.of())
                .with(PIF.MANAGED, true));
        tx.create(
                vlan,
                Row.of(VLAN.XEN_CLASS)
                        .with(VLAN.TAGGED_PIF, tagged)
                        .with(VLAN.UNTAGGED_PIF, untagged)
                        .with(VLAN.TAG, tag));
        return vlan;
    }
}
