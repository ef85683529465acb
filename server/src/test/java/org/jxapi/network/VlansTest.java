package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VLAN;

/** The checks of ocaml/xapi/xapi_vlan.ml, create, and the interfaces of the host that follow. */
class VlansTest extends StoreTest {
    private final HostNetwork host =
            new SimulatedHostNetwork(List.of(new HostNetwork.Nic("eth0", "00:16:3e:00:00:01", 1500, true)));
    private Vlans vlans;
    private Ref<Host> at;
    private Ref<PIF> eth0;
    private Ref<Network> network;

    @BeforeEach
    void create() {
        PoolNetworks hosts = PoolNetworks.only(host);
        vlans = new Vlans(store, hosts, new Pifs(store, hosts, new PifDevices(store, hosts)));
        at = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS)));
        eth0 = nic(at, "eth0", network("xenbr0"));
        network = network("br12");
    }

    private Ref<PIF> nic(Ref<Host> host, String device, Ref<Network> network) {
        return store.transact(tx -> tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.HOST, host)
                .with(PIF.NETWORK, network)
                .with(PIF.DEVICE, device)
                .with(PIF.MTU, 9000L)
                .with(PIF.PHYSICAL, true)
                .with(PIF.MANAGED, true)
                .with(PIF.VLAN, -1L)));
    }

    private Ref<Network> network(String bridge) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS)
                .with(Network.BRIDGE, bridge)
                .with(Network.MTU, 1500L)
                .with(Network.MANAGED, true)));
    }

    private void refuses(long tag, String code, String... params) {
        assertRefused(() -> vlans.create(eth0, tag, network), code, params);
    }

    @Test
    void aVlanConnectsItsInterfaceWithItsNetwork() {
        Ref<VLAN> vlan = vlans.create(eth0, 12, network);
        Row<VLAN> made = store.snapshot().row(vlan);
        assertThat(made.get(VLAN.TAGGED_PIF)).isEqualTo(eth0);
        assertThat(made.get(VLAN.TAG)).isEqualTo(12);
        Row<PIF> untagged = store.snapshot().row(made.get(VLAN.UNTAGGED_PIF));
        assertThat(untagged.get(PIF.NETWORK)).isEqualTo(network);
        assertThat(untagged.get(PIF.HOST)).isEqualTo(at);
        assertThat(untagged.get(PIF.DEVICE)).isEqualTo("eth0");
        assertThat(untagged.get(PIF.MAC)).isEqualTo("fe:ff:ff:ff:ff:ff");
        assertThat(untagged.get(PIF.MTU)).as("its network's").isEqualTo(1500);
        assertThat(untagged.get(PIF.VLAN_MASTER_OF)).isEqualTo(vlan);
        assertThat(untagged.get(PIF.CURRENTLY_ATTACHED)).isTrue();
        assertThat(host.bridgeOf("eth0.12")).isEqualTo("br12");

        vlans.destroy(vlan);
        assertThat(store.snapshot().count(VLAN.XEN_CLASS)).isZero();
        assertThat(store.snapshot().all(PIF.XEN_CLASS)).hasSize(1);
        assertThat(host.hasVlan("eth0", 12)).isFalse();
        assertThat(host.exists("br12")).isFalse();
    }

    /** Everything is wrong first. Each step puts one thing right. */
    @Test
    void errorsComeInTheOrderOfXapi() {
        vlans.create(eth0, 12, network("other"));
        host.makeVlan("eth0", 13, 1500);
        Ref<PIF> connected = store.transact(
                tx -> tx.create(Row.of(PIF.XEN_CLASS).with(PIF.HOST, at).with(PIF.NETWORK, network)));
        Ref<VIF> trunk = store.transact(
                tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network).with(VIF.TRUNKS, List.of(7L))));
        store.change(tx -> {
            tx.set(network, Network.MANAGED, false);
            tx.set(eth0, PIF.MANAGED, false);
            tx.set(eth0, PIF.BOND_SLAVE_OF, tx.create(Row.of(Bond.XEN_CLASS)));
            tx.set(eth0, PIF.VLAN_MASTER_OF, tx.create(Row.of(VLAN.XEN_CLASS)));
        });
        refuses(4095, "NETWORK_UNMANAGED", network.value());
        store.change(tx -> tx.set(network, Network.MANAGED, true));
        refuses(4095, "NETWORK_ALREADY_CONNECTED", at.value(), connected.value());
        store.change(tx -> tx.destroy(connected));
        refuses(4095, "PIF_UNMANAGED", eth0.value());
        store.change(tx -> tx.set(eth0, PIF.MANAGED, true));
        refuses(4095, "CANNOT_ADD_VLAN_TO_BOND_SLAVE", eth0.value());
        store.change(tx -> tx.set(eth0, PIF.BOND_SLAVE_OF, Bond.XEN_CLASS.ref("OpaqueRef:NULL")));
        refuses(4095, "PIF_IS_VLAN", eth0.value());
        store.change(tx -> tx.set(eth0, PIF.VLAN_MASTER_OF, VLAN.XEN_CLASS.ref("OpaqueRef:NULL")));
        refuses(4095, "VLAN_TAG_INVALID", "4095");
        refuses(-1, "VLAN_TAG_INVALID", "-1");
        refuses(12, "PIF_VLAN_EXISTS", "eth0");
        refuses(13, "VLAN_IN_USE", "eth0", "13");
        refuses(14, "NETWORK_INCOMPATIBLE_WITH_TRUNKS", network.value());
        store.change(tx -> tx.destroy(trunk));
        vlans.create(eth0, 14, network);
        assertThat(store.snapshot().get(eth0, PIF.VLAN_SLAVE_OF)).hasSize(2);
    }

    @Test
    void aVlanIsMadeOnAnInterfaceByItsName() {
        Ref<PIF> untagged = vlans.create(at, "eth0", 4094, network);
        assertThat(store.snapshot().get(untagged, PIF.VLAN)).isEqualTo(4094);
        assertRefused(() -> vlans.create(at, "eth1", 4094, network), "INVALID_VALUE", "device", "eth1");
    }

    @Test
    void aVlanOfAPoolIsMadeOnEveryHost() {
        Ref<Host> second = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS)));
        nic(second, "eth1", store.snapshot().get(eth0, PIF.NETWORK));
        assertThat(vlans.createOnAll(eth0, 12, network))
                .hasSize(2)
                .extracting(pif -> store.snapshot().get(pif, PIF.HOST))
                .containsExactlyInAnyOrder(at, second);
    }
}
