package org.jxapi.daemon;

import java.time.Clock;
import java.util.function.BiPredicate;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.network.NetworkService;
import org.jxapi.network.Networks;
import org.jxapi.network.PifAddresses;
import org.jxapi.network.PifLinks;
import org.jxapi.network.PifService;
import org.jxapi.network.Pifs;
import org.jxapi.network.PoolNetworks;
import org.jxapi.network.VlanService;
import org.jxapi.network.Vlans;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIFMessages;
import org.jxapi.xenapi.VLANMessages;

/** Networks, PIFs and VLANs of this host: the classes network, PIF and VLAN. */
final class NetworkModule {
    private final Networks networks;
    private final Vlans vlans;
    private final NetworkService networkService;
    private final PifService pifService;
    private final VlanService vlanService;
    private final PifLinks links;

    /** @param carrier whether an interface of a host has a connection now */
    NetworkModule(Store store, PoolNetworks hosts, BiPredicate<Ref<Host>, String> carrier, Clock clock) {
        this.networks = new Networks(store, hosts);
        Pifs pifs = new Pifs(store, hosts, networks);
        this.vlans = new Vlans(store, hosts, pifs);
        this.networkService = new NetworkService(store, networks);
        this.pifService = new PifService(store, pifs, vlans, new PifAddresses(store, hosts));
        this.vlanService = new VlanService(vlans);
        this.links = new PifLinks(store, carrier, clock);
    }

    Vlans vlans() {
        return vlans;
    }

    void bind(MessageTable<Call> table) {
        networkService.bind(table);
        PIFMessages.bind(table, pifService);
        VLANMessages.bind(table, vlanService);
    }

    /** Makes the bridges and VLANs that a restart of the host has taken away. */
    void start() {
        networks.start();
    }

    /** Follows the connections of physical interfaces; called every few seconds. */
    void look() {
        links.look();
    }
}
