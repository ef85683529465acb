package org.jxapi.daemon;

import java.time.Clock;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.Hosts;
import org.jxapi.network.BondMoves;
import org.jxapi.network.BondService;
import org.jxapi.network.Bonds;
import org.jxapi.network.ManagementInterfaces;
import org.jxapi.network.NetworkService;
import org.jxapi.network.NetworkSriovService;
import org.jxapi.network.NetworkStart;
import org.jxapi.network.Networks;
import org.jxapi.network.PifAddresses;
import org.jxapi.network.PifDevices;
import org.jxapi.network.PifLinks;
import org.jxapi.network.PifService;
import org.jxapi.network.Pifs;
import org.jxapi.network.PoolNetworks;
import org.jxapi.network.SdnControllerService;
import org.jxapi.network.TunnelService;
import org.jxapi.network.VifMoves;
import org.jxapi.network.VlanService;
import org.jxapi.network.Vlans;
import org.jxapi.store.Store;
import org.jxapi.xenapi.BondMessages;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.NetworkSriovMessages;
import org.jxapi.xenapi.PIFMessages;
import org.jxapi.xenapi.SDNControllerMessages;
import org.jxapi.xenapi.TunnelMessages;
import org.jxapi.xenapi.VLANMessages;
import org.jxapi.xenapi.VM;

/** Networks and interfaces of the hosts: the classes network, PIF, VLAN, Bond, tunnel, network_sriov and SDN_controller. */
final class NetworkModule {
    private final NetworkStart start;
    private final VifMoves vifMoves;
    private final ManagementInterfaces management;
    private final Vlans vlans;
    private final NetworkService networkService;
    private final PifService pifService;
    private final VlanService vlanService;
    private final BondService bondService;
    private final TunnelService tunnels;
    private final NetworkSriovService sriov;
    private final SdnControllerService controllers;
    private final PifLinks links;

    /**
     * @param carrier whether an interface of a host has a connection now
     * @param possible the hosts that a VM can start on
     */
    NetworkModule(
            Store store,
            Hosts pooled,
            PoolNetworks hosts,
            BiPredicate<Ref<Host>, String> carrier,
            Function<Ref<VM>, List<Ref<Host>>> possible,
            Clock clock) {
        Networks networks = new Networks(store, hosts);
        PifDevices devices = new PifDevices(store, hosts);
        Pifs pifs = new Pifs(store, hosts, devices);
        this.management = new ManagementInterfaces(store, pifs);
        this.vifMoves = new VifMoves(store, pooled, hosts);
        BondMoves moves = new BondMoves(store, hosts, devices, vifMoves, possible);
        Bonds bonds = new Bonds(store, hosts, devices, moves);
        this.bondService = new BondService(bonds);
        this.start = new NetworkStart(store, networks, devices, bonds);
        this.vlans = new Vlans(store, hosts, pifs);
        this.networkService = new NetworkService(store, networks);
        this.pifService = new PifService(store, pifs, vlans, new PifAddresses(store, hosts));
        this.vlanService = new VlanService(vlans);
        this.tunnels = new TunnelService(store, pifs);
        this.sriov = new NetworkSriovService(store, pifs);
        this.controllers = new SdnControllerService(store);
        this.links = new PifLinks(store, pooled, carrier, clock);
    }

    Vlans vlans() {
        return vlans;
    }

    void bind(MessageTable<Call> table) {
        networkService.bind(table);
        PIFMessages.bind(table, pifService);
        VLANMessages.bind(table, vlanService);
        BondMessages.bind(table, bondService);
        TunnelMessages.bind(table, tunnels);
        NetworkSriovMessages.bind(table, sriov);
        SDNControllerMessages.bind(table, controllers);
    }

    ManagementInterfaces management() {
        return management;
    }

    VifMoves vifMoves() {
        return vifMoves;
    }

    /** Makes the bridges, bonds and VLANs that a restart of a host has taken away. */
    void start(Ref<Host> host) {
        start.run(host);
    }

    /** Follows the connections of physical interfaces; called every few seconds. */
    void look() {
        links.look();
    }
}
