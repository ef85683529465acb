package org.jxapi.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VLAN;

/** VLANs on the host's interfaces, with XAPI's checks in XAPI's order. */
public final class Vlans {
    static final long LAST_TAG = 4094;

    private final Store store;
    private final PoolNetworks hosts;
    private final Pifs pifs;

    public Vlans(Store store, PoolNetworks hosts, Pifs pifs) {
        this.store = store;
        this.hosts = hosts;
        this.pifs = pifs;
    }

    Ref<VLAN> create(Ref<PIF> tagged, long tag, Ref<Network> network) {
        check(store.snapshot(), tagged, tag, network);
        String device = store.snapshot().get(tagged, PIF.DEVICE);
        HostNetwork host = hosts.of(store.snapshot().get(tagged, PIF.HOST));
        if (host.hasVlan(device, (int) tag)) {
            throw Errors.vlanInUse(device, Long.toString(tag));
        }
        Ref<VLAN> vlan = store.transact(tx -> {
            check(tx, tagged, tag, network);
            refuseTrunks(tx, network);
            return VlanRecords.create(tx, tagged, tag, network);
        });
        Ref<PIF> untagged = store.snapshot().get(vlan, VLAN.UNTAGGED_PIF);
        try {
            pifs.plug(untagged);
            return vlan;
        } catch (XenApiException e) {
            remove(vlan, untagged);
            throw e;
        }
    }

    private static void check(Snapshot snapshot, Ref<PIF> tagged, long tag, Ref<Network> network) {
        Networks.refuseUnmanaged(snapshot, network);
        Row<PIF> base = snapshot.row(tagged);
        Networks.refuseConnected(snapshot, network, base.get(PIF.HOST));
        Pifs.refuseUnmanaged(base, tagged);
        if (!base.get(PIF.BOND_SLAVE_OF).isNull()) {
            throw Errors.cannotAddVlanToBondSlave(tagged.value());
        }
        if (!base.get(PIF.VLAN_MASTER_OF).isNull()) {
            throw Errors.pifIsVlan(tagged.value());
        }
        checkTag(tag);
        for (Ref<VLAN> vlan : base.get(PIF.VLAN_SLAVE_OF)) {
            if (snapshot.get(vlan, VLAN.TAG) == tag) {
                throw Errors.pifVlanExists(base.get(PIF.DEVICE));
            }
        }
    }

    /** NETWORK_INCOMPATIBLE_WITH_TRUNKS when a VIF on the network has trunks. */
    static void refuseTrunks(Snapshot snapshot, Ref<Network> network) {
        for (Ref<VIF> vif : snapshot.get(network, Network.VIFS)) {
            if (!snapshot.get(vif, VIF.TRUNKS).isEmpty()) {
                throw Errors.networkIncompatibleWithTrunks(network.value());
            }
        }
    }

    /** VLAN_TAG_INVALID when 802.1Q has no such tag. */
    public static void checkTag(long tag) {
        if (tag < 0 || tag > LAST_TAG) {
            throw Errors.vlanTagInvalid(Long.toString(tag));
        }
    }

    void destroy(Ref<VLAN> vlan) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> untagged = snapshot.get(vlan, VLAN.UNTAGGED_PIF);
        if (snapshot.find(untagged).isPresent()) {
            if (snapshot.get(untagged, PIF.VLAN) < 0) {
                throw Errors.pifIsPhysical();
            }
            pifs.unplug(untagged);
        }
        remove(vlan, untagged);
    }

    private void remove(Ref<VLAN> vlan, Ref<PIF> untagged) {
        store.change(tx -> {
            tx.destroy(vlan);
            tx.destroyIfThere(untagged);
        });
    }

    /** As {@link #create}, for an interface by name; returns the PIF that has no tag. */
    public Ref<PIF> create(Ref<Host> at, String device, long tag, Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> base = snapshot.get(at, Host.PIFS).stream()
                .filter(pif -> snapshot.get(pif, PIF.DEVICE).equals(device) && snapshot.get(pif, PIF.VLAN) == -1)
                .findFirst()
                .orElseThrow(() -> Errors.invalidValue("device", device));
        Ref<VLAN> vlan = create(base, tag, network);
        return store.snapshot().get(vlan, VLAN.UNTAGGED_PIF);
    }

    /** A VLAN on every PIF of the network that this one is in; returns the PIFs that have no tag. */
    public List<Ref<PIF>> createOnAll(Ref<PIF> pif, long tag, Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        List<Ref<PIF>> bases = snapshot.get(snapshot.get(pif, PIF.NETWORK), Network.PIFS);
        return all(bases, base -> {
            Ref<VLAN> vlan = create(base, tag, network);
            return store.snapshot().get(vlan, VLAN.UNTAGGED_PIF);
        });
    }

    /** A VLAN on the interface of that name of every host; returns the PIFs that have no tag. */
    public List<Ref<PIF>> createOnHosts(String device, long tag, Ref<Network> network) {
        List<Ref<Host>> hosts = store.snapshot().all(Host.XEN_CLASS).stream()
                .<Ref<Host>>map(Stored::ref)
                .toList();
        return all(hosts, host -> create(host, device, tag, network));
    }

    /** Makes a VLAN for each, or none when one fails. */
    private <T> List<Ref<PIF>> all(List<T> each, Function<T, Ref<PIF>> make) {
        List<Ref<PIF>> made = new ArrayList<>();
        try {
            each.forEach(one -> made.add(make.apply(one)));
            return made;
        } catch (XenApiException e) {
            made.forEach(pif -> destroy(store.snapshot().get(pif, PIF.VLAN_MASTER_OF)));
            throw e;
        }
    }
}
