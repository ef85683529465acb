package org.jxapi.vif;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.network.Vlans;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;

/**
 * Which VLANs a VIF is a trunk for. As with XAPI's bridge backend they are recorded and travel with the VM, but nothing
 * filters: a Linux bridge passes all tags.
 */
final class VifTrunks {
    private final Store store;

    VifTrunks(Store store) {
        this.store = store;
    }

    /** NETWORK_INCOMPATIBLE_WITH_TRUNKS when the network is one VLAN itself. */
    static void check(Snapshot snapshot, List<Long> trunks, Ref<Network> network) {
        if (trunks.isEmpty()) {
            return;
        }
        for (Ref<PIF> pif : snapshot.get(network, Network.PIFS)) {
            if (snapshot.get(pif, PIF.VLAN) != -1) {
                throw Errors.networkIncompatibleWithTrunks(network.value());
            }
        }
    }

    void set(Ref<VIF> vif, List<Long> tags) {
        store.change(tx -> set(tx, vif, tags));
    }

    private static void set(Transaction tx, Ref<VIF> vif, List<Long> tags) {
        check(tx, tags, tx.get(vif, VIF.NETWORK));
        tags.forEach(Vlans::checkTag);
        // As in XAPI, the last one of equal tags stays.
        Set<Long> kept = new LinkedHashSet<>();
        for (Long tag : tags) {
            kept.remove(tag);
            kept.add(tag);
        }
        tx.set(vif, VIF.TRUNKS, List.copyOf(kept));
    }

    void add(Ref<VIF> vif, long tag) {
        Vlans.checkTag(tag);
        store.change(tx -> {
            List<Long> tags = new ArrayList<>(tx.get(vif, VIF.TRUNKS));
            if (!tags.contains(tag)) {
                tags.add(0, tag);
            }
            set(tx, vif, tags);
        });
    }

    void remove(Ref<VIF> vif, long tag) {
        store.change(tx -> tx.set(
                vif,
                VIF.TRUNKS,
                tx.get(vif, VIF.TRUNKS).stream().filter(t -> t != tag).toList()));
    }
}
