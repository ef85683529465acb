package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.local.Hosts;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** Moves VIFs to other networks. The guest does not notice: the host's end of the device goes to the other bridge. */
public final class VifMoves {
    private final Store store;
    private final Hosts hosts;
    private final PoolNetworks networks;

    public VifMoves(Store store, Hosts hosts, PoolNetworks networks) {
        this.store = store;
        this.hosts = hosts;
        this.networks = networks;
    }

    /** Whether the VIF is plugged into a domain. */
    public static boolean active(Snapshot snapshot, Ref<VIF> vif) {
        return snapshot.get(vif, VIF.CURRENTLY_ATTACHED)
                && snapshot.get(snapshot.get(vif, VIF.VM), VM.POWER_STATE) != VmPowerState.SUSPENDED;
    }

    /** HOST_CANNOT_ATTACH_NETWORK when the VM runs on a host that the network is not on. */
    public void check(Ref<VIF> vif, Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        snapshot.require(network);
        Ref<VM> vm = snapshot.get(vif, VIF.VM);
        if (active(snapshot, vif) && !reachable(snapshot, network, vm)) {
            throw Errors.hostCannotAttachNetwork(
                    snapshot.get(vm, VM.RESIDENT_ON).value(), network.value());
        }
    }

    public void move(Ref<VIF> vif, Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        Ref<VM> vm = snapshot.get(vif, VIF.VM);
        if (active(snapshot, vif)) {
            int domid = hosts.domain(snapshot, vm).domid();
            String device = "vif" + domid + "." + snapshot.get(vif, VIF.DEVICE);
            HostNetwork host = networks.of(snapshot.get(vm, VM.RESIDENT_ON));
            for (String end : new String[] {device, device + "-emu"}) {
                if (host.exists(end)) {
                    host.connect(snapshot.get(network, Network.BRIDGE), end);
                }
            }
        }
        store.change(tx -> tx.set(vif, VIF.NETWORK, network));
    }

    private static boolean reachable(Snapshot snapshot, Ref<Network> network, Ref<VM> vm) {
        var pifs = snapshot.get(network, Network.PIFS);
        return pifs.isEmpty()
                || pifs.stream().anyMatch(pif -> snapshot.get(pif, PIF.HOST).equals(snapshot.get(vm, VM.RESIDENT_ON)));
    }
}
