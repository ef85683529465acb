package org.jxapi.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VM;

/** Moves addresses, VLANs and the VIFs of VMs from the members of a bond to the bond, and back. */
public final class BondMoves {
    private final Store store;
    private final PoolNetworks hosts;
    private final PifDevices devices;
    private final VifMoves vifs;
    private final Function<Ref<VM>, List<Ref<Host>>> possible;

    /** @param possible the hosts that a VM can start on */
    public BondMoves(
            Store store,
            PoolNetworks hosts,
            PifDevices devices,
            VifMoves vifs,
            Function<Ref<VM>, List<Ref<Host>>> possible) {
        this.store = store;
        this.hosts = hosts;
        this.devices = devices;
        this.vifs = vifs;
        this.possible = possible;
    }

    /** The IPv4 configuration, as in XAPI, and the role of the management interface. */
    static void configuration(Transaction tx, Ref<PIF> from, Ref<PIF> to) {
        Row<PIF> row = tx.row(from);
        tx.set(to, PIF.IP_CONFIGURATION_MODE, row.get(PIF.IP_CONFIGURATION_MODE));
        tx.set(to, PIF.IP, row.get(PIF.IP));
        tx.set(to, PIF.NETMASK, row.get(PIF.NETMASK));
        tx.set(to, PIF.GATEWAY, row.get(PIF.GATEWAY));
        tx.set(to, PIF.DNS, row.get(PIF.DNS));
        tx.set(from, PIF.IP_CONFIGURATION_MODE, IpConfigurationMode.NONE);
        tx.set(from, PIF.IP, "");
        tx.set(from, PIF.NETMASK, "");
        tx.set(from, PIF.GATEWAY, "");
        tx.set(from, PIF.DNS, "");
        if (row.get(PIF.MANAGEMENT)) {
            tx.set(from, PIF.MANAGEMENT, false);
            tx.set(to, PIF.MANAGEMENT, true);
        }
    }

    /** The VIFs on these networks whose VMs are on the host, or on none and can start on no other. */
    List<Ref<VIF>> localVifs(Ref<Host> host, List<Ref<Network>> networks) {
        Snapshot snapshot = store.snapshot();
        List<Ref<VIF>> local = new ArrayList<>();
        for (Ref<Network> network : networks) {
            for (Ref<VIF> vif : snapshot.get(network, Network.VIFS)) {
                Ref<VM> vm = snapshot.get(vif, VIF.VM);
                Ref<Host> at = snapshot.get(vm, VM.RESIDENT_ON);
                if (at.equals(host) || at.isNull() && List.of(host).containsAll(possible.apply(vm))) {
                    local.add(vif);
                }
            }
        }
        return local;
    }

    void moveVifs(List<Ref<VIF>> moved, Ref<Network> network) {
        moved.forEach(vif -> vifs.move(vif, network));
    }

    /** Moves the VLANs of interfaces to another one of the same host. */
    void moveVlans(List<Ref<PIF>> from, Ref<PIF> to) {
        Snapshot snapshot = store.snapshot();
        from.stream()
                .flatMap(pif -> snapshot.get(pif, PIF.VLAN_SLAVE_OF).stream())
                .forEach(vlan -> moveVlan(vlan, to));
    }

    /** The bridge stays, and with it the guests' ends of their VIFs. */
    private void moveVlan(Ref<VLAN> vlan, Ref<PIF> to) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> before = snapshot.get(vlan, VLAN.UNTAGGED_PIF);
        Row<PIF> row = snapshot.row(before);
        boolean plugged = row.get(PIF.CURRENTLY_ATTACHED);
        if (plugged) {
            devices.removeVlan(before);
        }
        long tag = snapshot.get(vlan, VLAN.TAG);
        Ref<Network> network = row.get(PIF.NETWORK);
        Optional<Ref<VLAN>> same = snapshot.get(to, PIF.VLAN_SLAVE_OF).stream()
                .filter(other -> snapshot.get(other, VLAN.TAG) == tag)
                .findFirst();
        if (same.isPresent()) {
            Ref<PIF> other = snapshot.get(same.get(), VLAN.UNTAGGED_PIF);
            moveVifs(localVifs(row.get(PIF.HOST), List.of(network)), snapshot.get(other, PIF.NETWORK));
            hosts.of(row.get(PIF.HOST)).removeBridge(snapshot.get(network, Network.BRIDGE));
        }
        Ref<PIF> after = store.transact(tx -> {
            Ref<VLAN> moved = same.orElseGet(() -> VlanRecords.create(tx, to, tag, network));
            Ref<PIF> untagged = tx.get(moved, VLAN.UNTAGGED_PIF);
            configuration(tx, before, untagged);
            tx.destroy(vlan);
            tx.destroy(before);
            // A start of the daemon plugs what says that it is plugged: nothing is lost when this one ends here.
            if (plugged) {
                tx.set(untagged, PIF.CURRENTLY_ATTACHED, true);
            }
            return untagged;
        });
        if (plugged) {
            devices.plug(after);
        }
    }
}
