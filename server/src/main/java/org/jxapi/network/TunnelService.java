package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Tunnel;
import org.jxapi.xenapi.TunnelMessages;
import org.jxapi.xenapi.TunnelProtocol;
import org.jxapi.xenapi.VLAN;

/** The messages of class tunnel, with XAPI's checks in XAPI's order. Tunnels need Open vSwitch, and hosts have bridges. */
public final class TunnelService implements TunnelMessages<Call> {
    private final Store store;
    private final Pifs pifs;

    public TunnelService(Store store, Pifs pifs) {
        this.store = store;
        this.pifs = pifs;
    }

    @Override
    public Ref<Tunnel> create(Call call, Ref<PIF> transportPif, Ref<Network> network, TunnelProtocol protocol) {
        Snapshot snapshot = store.snapshot();
        Row<PIF> transport = snapshot.row(transportPif);
        Networks.refuseUnmanaged(snapshot, network);
        Networks.refuseConnected(snapshot, network, transport.get(PIF.HOST));
        Pifs.refuseUnmanaged(transport, transportPif);
        checkTransport(snapshot, transport, transportPif);
        if (snapshot.get(network, Network.PIFS).stream()
                .anyMatch(pif -> !snapshot.get(pif, PIF.SRIOV_LOGICAL_PIF_OF).isEmpty())) {
            throw Errors.networkIncompatibleWithTunnel(network.value());
        }
        throw Errors.openvswitchNotActive();
    }

    private static void checkTransport(Snapshot snapshot, Row<PIF> transport, Ref<PIF> ref) {
        if (transport.get(PIF.PHYSICAL) && !transport.get(PIF.BOND_SLAVE_OF).isNull()) {
            throw Errors.cannotAddTunnelToBondSlave(ref.value());
        }
        if (!transport.get(PIF.TUNNEL_ACCESS_PIF_OF).isEmpty()) {
            throw Errors.isTunnelAccessPif(ref.value());
        }
        if (!transport.get(PIF.SRIOV_LOGICAL_PIF_OF).isEmpty()) {
            throw Errors.cannotAddTunnelToSriovLogical(ref.value());
        }
        boolean vlanOnSriov = snapshot.find(transport.get(PIF.VLAN_MASTER_OF))
                .flatMap(vlan -> snapshot.find(vlan.row().get(VLAN.TAGGED_PIF)))
                .filter(tagged -> !tagged.row().get(PIF.SRIOV_LOGICAL_PIF_OF).isEmpty())
                .isPresent();
        if (vlanOnSriov) {
            throw Errors.cannotAddTunnelToVlanOnSriovLogical(ref.value());
        }
    }

    /** Removes a tunnel that came with a database from elsewhere. */
    @Override
    public void destroy(Call call, Ref<Tunnel> self) {
        Ref<PIF> access = store.snapshot().get(self, Tunnel.ACCESS_PIF);
        pifs.unplug(access);
        store.change(tx -> {
            tx.destroy(access);
            tx.destroy(self);
        });
    }
}
