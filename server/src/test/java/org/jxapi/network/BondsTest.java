package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.harness.HandClock;
import org.jxapi.harness.StoreTest;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PrimaryAddressType;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VM;

/** Bonds as in ocaml/xapi/xapi_bond.ml, with the devices of the host that follow. */
class BondsTest extends StoreTest {
    private final SimulatedHostNetwork host = new SimulatedHostNetwork(List.of(
            new HostNetwork.Nic("eth0", "00:16:3e:00:00:01", 1500, true),
            new HostNetwork.Nic("eth1", "00:16:3e:00:00:02", 1500, true)));
    private Bonds bonds;
    private Pifs pifs;
    private Vlans vlans;
    private NetworkStart start;
    private Ref<Host> at;
    private Ref<PIF> eth0;
    private Ref<PIF> eth1;
    private Ref<Network> network;

    @BeforeEach
    void create() {
        PoolNetworks hosts = PoolNetworks.only(host);
        PifDevices devices = new PifDevices(store, hosts);
        pifs = new Pifs(store, hosts, devices);
        vlans = new Vlans(store, hosts, pifs);
        at = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, "host")));
        Function<Ref<VM>, List<Ref<Host>>> possible = vm -> List.of(at);
        Hosts pooled = Hosts.only(SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT));
        VifMoves vifs = new VifMoves(store, pooled, hosts);
        bonds = new Bonds(store, hosts, devices, new BondMoves(store, hosts, devices, vifs, possible));
        start = new NetworkStart(store, new Networks(store, hosts), devices, bonds);
        eth0 = nic("eth0", "00:16:3e:00:00:01", "xenbr0");
        eth1 = nic("eth1", "00:16:3e:00:00:02", "xenbr1");
        network = network("xapi7", 9000);
    }

    private Ref<PIF> nic(String device, String mac, String bridge) {
        Ref<Network> on = network(bridge, 1500);
        return store.transact(tx -> tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.HOST, at)
                .with(PIF.NETWORK, on)
                .with(PIF.DEVICE, device)
                .with(PIF.DEVICE_NAME, device)
                .with(PIF.MAC, mac)
                .with(PIF.METRICS, tx.create(Row.of(PIFMetrics.XEN_CLASS).with(PIFMetrics.CARRIER, true)))
                .with(PIF.PROPERTIES, Map.of("gro", "on"))
                .with(PIF.PHYSICAL, true)
                .with(PIF.MANAGED, true)
                .with(PIF.VLAN, -1L)));
    }

    private Ref<Network> network(String bridge, long mtu) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS)
                .with(Network.BRIDGE, bridge)
                .with(Network.MTU, mtu)
                .with(Network.MANAGED, true)));
    }

    private InternalCall call() {
        return new InternalCall("Bond.create", store);
    }

    private Ref<Bond> bond() {
        return bonds.create(call(), network, List.of(eth0, eth1), "", BondMode.ACTIVE_BACKUP, Map.of());
    }

    private Row<PIF> pif(Ref<PIF> pif) {
        return store.snapshot().row(pif);
    }

    private Row<PIF> master(Ref<Bond> bond) {
        return pif(store.snapshot().get(bond, Bond.MASTER));
    }

    @Test
    void aBondTakesTheAddressesOfItsPrimaryMemberAndGivesThemBack() {
        pifs.plug(eth1);
        store.change(tx -> {
            tx.set(eth1, PIF.MANAGEMENT, true);
            tx.set(eth1, PIF.IP_CONFIGURATION_MODE, IpConfigurationMode.STATIC);
            tx.set(eth1, PIF.IP, "10.0.0.2");
            tx.set(eth1, PIF.DISALLOW_UNPLUG, true);
        });
        Ref<Bond> bond = bond();
        Row<Bond> made = store.snapshot().row(bond);
        assertThat(made.get(Bond.PRIMARY_SLAVE)).isEqualTo(eth1);
        assertThat(made.get(Bond.SLAVES)).containsExactlyInAnyOrder(eth0, eth1);
        assertThat(made.get(Bond.AUTO_UPDATE_MAC)).isTrue();
        assertThat(made.get(Bond.PROPERTIES)).isEmpty();
        Row<PIF> master = master(bond);
        assertThat(master.get(PIF.DEVICE)).isEqualTo("bond0");
        assertThat(master.get(PIF.MAC)).isEqualTo("00:16:3e:00:00:02");
        assertThat(master.get(PIF.NETWORK)).isEqualTo(network);
        assertThat(master.get(PIF.MTU)).isEqualTo(9000);
        assertThat(master.get(PIF.IP)).isEqualTo("10.0.0.2");
        assertThat(master.get(PIF.MANAGEMENT)).isTrue();
        assertThat(master.get(PIF.CURRENTLY_ATTACHED)).isTrue();
        assertThat(master.get(PIF.DISALLOW_UNPLUG)).isTrue();
        assertThat(master.get(PIF.BOND_MASTER_OF)).containsExactly(bond);
        assertThat(pif(eth1).get(PIF.BOND_SLAVE_OF)).isEqualTo(bond);
        assertThat(pif(eth1).get(PIF.IP)).isEmpty();
        assertThat(pif(eth1).get(PIF.MANAGEMENT)).isFalse();
        assertThat(pif(eth1).get(PIF.CURRENTLY_ATTACHED)).isFalse();
        assertThat(host.bridgeOf("eth0")).isEqualTo("bond0");
        assertThat(host.bridgeOf("bond0")).isEqualTo("xapi7");
        assertThat(host.exists("xenbr1")).isFalse();

        bonds.destroy(call(), bond);
        assertThat(store.snapshot().count(Bond.XEN_CLASS)).isZero();
        assertThat(store.snapshot().count(PIF.XEN_CLASS)).isEqualTo(2);
        assertThat(store.snapshot().count(PIFMetrics.XEN_CLASS)).isEqualTo(2);
        assertThat(pif(eth1).get(PIF.IP)).isEqualTo("10.0.0.2");
        assertThat(pif(eth1).get(PIF.MANAGEMENT)).isTrue();
        assertThat(pif(eth1).get(PIF.DISALLOW_UNPLUG)).isTrue();
        assertThat(pif(eth0).get(PIF.BOND_SLAVE_OF).isNull()).isTrue();
        assertThat(pif(eth0).get(PIF.CURRENTLY_ATTACHED)).isTrue();
        assertThat(host.bridgeOf("eth1")).isEqualTo("xenbr1");
        assertThat(host.exists("bond0")).isFalse();
        assertThat(host.exists("xapi7")).isFalse();
    }

    @Test
    void vlansAndVifsGoWithTheBond() {
        Ref<Network> office = network("br12", 1500);
        Ref<Network> other = network("br12b", 1500);
        vlans.create(eth0, 12, office);
        vlans.create(eth1, 12, other);
        Ref<VM> vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)));
        Ref<VIF> direct = vif(vm, pif(eth1).get(PIF.NETWORK));
        Ref<VIF> tagged = vif(vm, other);
        Ref<Bond> bond = bond();
        assertThat(store.snapshot().get(direct, VIF.NETWORK)).isEqualTo(network);
        assertThat(store.snapshot().get(tagged, VIF.NETWORK))
                .as("of the VLAN that was there first")
                .isEqualTo(office);
        assertThat(store.snapshot().all(VLAN.XEN_CLASS)).singleElement().satisfies(vlan -> {
            assertThat(vlan.row().get(VLAN.TAGGED_PIF))
                    .isEqualTo(store.snapshot().get(bond, Bond.MASTER));
            Row<PIF> untagged = pif(vlan.row().get(VLAN.UNTAGGED_PIF));
            assertThat(untagged.get(PIF.DEVICE)).isEqualTo("bond0");
            assertThat(untagged.get(PIF.NETWORK)).isEqualTo(office);
            assertThat(untagged.get(PIF.CURRENTLY_ATTACHED)).isTrue();
        });
        assertThat(host.bridgeOf("bond0.12")).isEqualTo("br12");
        assertThat(host.exists("eth0.12")).isFalse();
        assertThat(host.exists("br12b")).isFalse();

        bonds.destroy(call(), bond);
        assertThat(host.bridgeOf("eth0.12")).isEqualTo("br12");
        assertThat(host.exists("bond0.12")).isFalse();
        assertThat(store.snapshot().get(direct, VIF.NETWORK))
                .isEqualTo(pif(eth0).get(PIF.NETWORK));
        assertThat(store.snapshot().get(tagged, VIF.NETWORK)).isEqualTo(office);
    }

    private Ref<VIF> vif(Ref<VM> vm, Ref<Network> on) {
        return store.transact(
                tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.VM, vm).with(VIF.NETWORK, on)));
    }

    private void refuses(
            List<Ref<PIF>> members, String mac, Map<String, String> properties, String code, String... params) {
        assertRefused(() -> bonds.create(call(), network, members, mac, BondMode.LACP, properties), code, params);
    }

    /** Everything is wrong first. Each step puts one thing right. */
    @Test
    void errorsComeInTheOrderOfXapi() {
        Ref<Bond> bond = bond();
        Ref<PIF> bonded = eth0;
        Ref<Network> taken = network;
        network = network("xapi8", 1500);
        Ref<Host> elsewhere = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS)));
        Ref<PIF> first = nic("eth2", "00:16:3e:00:00:03", "xenbr2");
        Ref<PIF> second = nic("eth3", "00:16:3e:00:00:04", "xenbr3");
        store.change(tx -> {
            tx.create(Row.of(Pool.XEN_CLASS).with(Pool.HA_ENABLED, true));
            tx.set(network, Network.MANAGED, false);
            tx.set(first, PIF.IP_CONFIGURATION_MODE, IpConfigurationMode.DHCP);
            tx.set(second, PIF.PRIMARY_ADDRESS_TYPE, PrimaryAddressType.IPV6);
            tx.set(second, PIF.HOST, elsewhere);
            tx.set(second, PIF.MANAGED, false);
            tx.set(second, PIF.VLAN_MASTER_OF, tx.create(Row.of(VLAN.XEN_CLASS)));
            tx.set(second, PIF.MANAGEMENT, true);
            tx.set(second, PIF.PROPERTIES, Map.of("gro", "off"));
        });
        List<Ref<PIF>> members = List.of(first, second);
        Map<String, String> wrong = Map.of("lacp-time", "never");
        refuses(List.of(), "x", wrong, "PIF_BOND_NEEDS_MORE_MEMBERS");
        refuses(members, "x", wrong, "NETWORK_UNMANAGED", network.value());
        Ref<Network> free = network;
        network = taken;
        refuses(
                members,
                "x",
                wrong,
                "NETWORK_ALREADY_CONNECTED",
                at.value(),
                store.snapshot().get(bond, Bond.MASTER).value());
        network = free;
        store.change(tx -> tx.set(network, Network.MANAGED, true));
        refuses(members, "x", wrong, "MAC_INVALID", "x");
        refuses(members, "", wrong, "INVALID_VALUE", "properties", "lacp-time = never");
        // The management interface is the primary one.
        refuses(members, "", Map.of(), "PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE", first.value());
        store.change(tx -> tx.set(second, PIF.PRIMARY_ADDRESS_TYPE, PrimaryAddressType.IPV4));
        refuses(List.of(bonded, second), "", Map.of(), "PIF_ALREADY_BONDED", bonded.value());
        refuses(members, "", Map.of(), "PIF_UNMANAGED", second.value());
        store.change(tx -> tx.set(second, PIF.MANAGED, true));
        refuses(members, "", Map.of(), "PIF_VLAN_EXISTS", "eth3");
        store.change(tx -> tx.set(second, PIF.VLAN_MASTER_OF, Ref.nil()));
        refuses(members, "", Map.of(), "HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE");
        store.change(tx -> tx.set(second, PIF.MANAGEMENT, false));
        refuses(members, "", Map.of(), "PIF_CANNOT_BOND_CROSS_HOST");
        store.change(tx -> tx.set(second, PIF.HOST, at));
        refuses(members, "", Map.of(), "INCOMPATIBLE_PIF_PROPERTIES");
        store.change(tx -> {
            tx.set(second, PIF.PROPERTIES, Map.of("gro", "on"));
            tx.set(second, PIF.IP_CONFIGURATION_MODE, IpConfigurationMode.STATIC);
        });
        refuses(members, "", Map.of(), "PIF_BOND_MORE_THAN_ONE_IP");
        store.change(tx -> tx.set(second, PIF.IP_CONFIGURATION_MODE, IpConfigurationMode.NONE));
        host.connect("br-admin", "eth2");
        refuses(members, "", Map.of(), "OPERATION_NOT_ALLOWED", "eth2 is in br-admin, which was set up on the host");
        host.connect("", "eth2");
        Ref<Bond> second0 = bonds.create(call(), network, members, "00:16:3E:00:00:0A", BondMode.LACP, Map.of());
        assertThat(master(second0).get(PIF.DEVICE)).isEqualTo("bond1");
        assertThat(master(second0).get(PIF.MAC)).isEqualTo("00:16:3E:00:00:0A");
        assertThat(store.snapshot().get(second0, Bond.AUTO_UPDATE_MAC)).isFalse();
    }

    @Test
    void aModeKeepsTheSettingsThatItHas() {
        Ref<Bond> bond = bond();
        assertRefused(
                () -> bonds.setProperty(bond, "lacp-time", "fast"), "INVALID_VALUE", "properties", "lacp-time = fast");
        bonds.setMode(bond, BondMode.LACP);
        assertThat(store.snapshot().get(bond, Bond.PROPERTIES))
                .containsOnly(
                        Map.entry("hashing_algorithm", "tcpudp_ports"),
                        Map.entry("lacp-time", "slow"),
                        Map.entry("lacp-fallback-ab", "true"));
        bonds.setProperty(bond, "lacp-aggregation-key", "0x10");
        bonds.setProperty(bond, "hashing_algorithm", "src_mac");
        assertThat(store.snapshot().get(bond, Bond.PROPERTIES))
                .containsEntry("lacp-aggregation-key", "0x10")
                .containsEntry("hashing_algorithm", "src_mac");
        bonds.setMode(bond, BondMode.BALANCE_SLB);
        assertThat(store.snapshot().get(bond, Bond.PROPERTIES)).isEmpty();
    }

    @Test
    void aBondIsPluggedAsAWhole() {
        Ref<Bond> bond = bond();
        Ref<PIF> master = store.snapshot().get(bond, Bond.MASTER);
        assertRefused(() -> pifs.plug(eth0), "CANNOT_PLUG_BOND_SLAVE", eth0.value());
        assertRefused(() -> pifs.forget(eth0), "PIF_ALREADY_BONDED", eth0.value());
        assertRefused(() -> pifs.forget(master), "PIF_ALREADY_BONDED", master.value());
        pifs.unplug(eth0);
        assertThat(host.bridgeOf("eth0")).as("a member goes down with its bond").isEqualTo("bond0");
        Ref<VLAN> vlan = vlans.create(master, 12, network("br12", 1500));
        pifs.unplug(master);
        assertThat(host.exists("xapi7")).isFalse();
        assertThat(host.exists("bond0")).as("its VLAN needs it").isTrue();
        vlans.destroy(vlan);
        assertThat(host.exists("bond0")).isFalse();
        pifs.plug(master);
        assertThat(host.bridgeOf("bond0")).isEqualTo("xapi7");
    }

    @Test
    void aStartMakesTheBondAgainAndFinishesItsMoves() {
        Ref<Bond> bond = bond();
        Ref<PIF> master = store.snapshot().get(bond, Bond.MASTER);
        host.removeBond("bond0");
        host.removeBridge("xapi7");
        Ref<Network> office = network("br12", 1500);
        store.change(tx -> {
            Ref<VLAN> left = VlanRecords.create(tx, eth0, 12, office);
            tx.set(tx.get(left, VLAN.UNTAGGED_PIF), PIF.CURRENTLY_ATTACHED, true);
        });
        start.run(at);
        assertThat(host.bridgeOf("eth1")).isEqualTo("bond0");
        assertThat(host.bridgeOf("bond0")).isEqualTo("xapi7");
        assertThat(host.bridgeOf("bond0.12")).isEqualTo("br12");
        assertThat(pif(master).get(PIF.VLAN_SLAVE_OF)).hasSize(1);
        assertThat(pif(eth0).get(PIF.VLAN_SLAVE_OF)).isEmpty();
    }

    /** The texts are those of ocaml/networkd/bin/network_monitor_thread.ml. */
    @Test
    void aMessageTellsAboutEachChangeOfItsLinks() {
        Ref<Bond> bond = bond();
        List<String> connected = new ArrayList<>(List.of("eth0", "eth1"));
        PifLinks links = new PifLinks(
                store,
                Hosts.only(SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT)),
                (any, device) -> connected.contains(device),
                new HandClock("2026-11-28T00:00:00Z"));
        links.look();
        assertThat(store.snapshot().get(bond, Bond.LINKS_UP)).isEqualTo(2);
        assertThat(store.snapshot().get(master(bond).get(PIF.METRICS), PIFMetrics.CARRIER))
                .isTrue();
        connected.remove("eth1");
        links.look();
        links.look();
        assertThat(store.snapshot().get(bond, Bond.LINKS_UP)).isEqualTo(1);
        assertThat(store.snapshot().all(Message.XEN_CLASS)).singleElement().satisfies(message -> {
            assertThat(message.row().get(Message.NAME)).isEqualTo("BOND_STATUS_CHANGED");
            assertThat(message.row().get(Message.OBJ_UUID)).isEqualTo("host");
            assertThat(message.row().get(Message.BODY))
                    .contains("The status of the eth0+eth1 bond changed: 1/2 up (was 2/2)");
        });
    }
}
