package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkDefaultLockingMode;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;

/** The checks of ocaml/xapi/xapi_network.ml, in their order, and the bridges that follow. */
class NetworksTest extends StoreTest {
    private final HostNetwork host = new SimulatedHostNetwork(List.of());
    private Networks networks;

    @BeforeEach
    void create() {
        networks = new Networks(store, PoolNetworks.only(host));
    }

    private static Row<Network> managed() {
        return Row.of(Network.XEN_CLASS).with(Network.MANAGED, true);
    }

    private String bridge(Ref<Network> network) {
        return store.snapshot().get(network, Network.BRIDGE);
    }

    @Test
    void aNetworkWithoutABridgeGetsTheFirstFreeName() {
        Ref<Network> first = networks.create(managed());
        Ref<Network> second = networks.create(managed());
        assertThat(bridge(first)).isEqualTo("xapi0");
        assertThat(bridge(second)).isEqualTo("xapi1");
        assertThat(host.exists("xapi1")).isTrue();
        networks.destroy(first);
        assertThat(host.exists("xapi0")).isFalse();
        assertThat(bridge(networks.create(managed()))).isEqualTo("xapi0");
    }

    @Test
    void anMtuThatIsNotGivenIsThatOfEthernet() {
        Ref<Network> network = networks.create(managed());
        assertThat(store.snapshot().get(network, Network.MTU)).isEqualTo(1500);
        Ref<Network> negative = networks.create(managed().with(Network.MTU, -5L));
        assertThat(store.snapshot().get(negative, Network.MTU)).isEqualTo(1500);
        Ref<Network> jumbo = networks.create(managed().with(Network.MTU, 9000L));
        assertThat(store.snapshot().get(jumbo, Network.MTU)).isEqualTo(9000);
        assertRefused(() -> networks.create(managed().with(Network.MTU, 65_536L)), "INVALID_VALUE", "MTU", "65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"xenbr7", "xapi9", "vif1.0", "tap0", "eth3", "sixteen-letters_", "a/b", "..", "a b"})
    void aBridgeWithANameThatIsNotForClientsIsRefused(String bridge) {
        assertRefused(() -> networks.create(managed().with(Network.BRIDGE, bridge)), "INVALID_VALUE", "bridge", bridge);
        assertThat(store.snapshot().count(Network.XEN_CLASS)).isZero();
    }

    @Test
    void aBridgeBelongsToOneNetwork() {
        networks.create(managed().with(Network.BRIDGE, "br.mine"));
        assertRefused(
                () -> networks.create(managed().with(Network.BRIDGE, "br.mine")), "BRIDGE_NAME_EXISTS", "br.mine");
    }

    @Test
    void theBridgeOfANetworkThatIsNotManagedMustBeThere() {
        Ref<Network> network = networks.create(
                Row.of(Network.XEN_CLASS).with(Network.BRIDGE, "br0").with(Network.MANAGED, false));
        assertThat(host.exists("br0")).isFalse();
        assertRefused(() -> networks.raise(store.snapshot().row(network)), "BRIDGE_NOT_AVAILABLE", "br0");
    }

    @Test
    void aNetworkInUseIsNotDestroyed() {
        Ref<Network> network = networks.create(managed());
        Ref<VIF> idle = store.transact(tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network)));
        Ref<VIF> attached = store.transact(
                tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network).with(VIF.CURRENTLY_ATTACHED, true)));
        Ref<VIF> reserved = store.transact(
                tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network).with(VIF.RESERVED, true)));
        Ref<PIF> pif = store.transact(tx -> tx.create(Row.of(PIF.XEN_CLASS).with(PIF.NETWORK, network)));
        store.change(
                tx -> tx.set(network, Network.OTHER_CONFIG, Map.of("is_host_internal_management_network", "true")));
        assertRefused(() -> networks.destroy(network), "NETWORK_CONTAINS_VIF", attached.value(), reserved.value());
        store.change(tx -> {
            tx.set(attached, VIF.CURRENTLY_ATTACHED, false);
            tx.set(reserved, VIF.RESERVED, false);
        });
        assertRefused(() -> networks.destroy(network), "NETWORK_CONTAINS_PIF", pif.value());
        store.change(tx -> tx.destroy(pif));
        assertRefused(() -> networks.destroy(network), "CANNOT_DESTROY_SYSTEM_NETWORK", network.value());
        assertThat(host.exists("xapi0")).isTrue();
        store.change(tx -> tx.set(network, Network.OTHER_CONFIG, Map.of()));
        networks.destroy(network);
        assertThat(store.snapshot().find(network)).isEmpty();
        assertThat(store.snapshot().find(idle))
                .as("the VIF goes with its network")
                .isEmpty();
        assertThat(host.exists("xapi0")).isFalse();
    }

    @Test
    void noTwoNetworksHaveDifferentPurposes() {
        Ref<Network> network = networks.create(managed());
        Ref<Network> other = networks.create(managed());
        networks.addPurpose(network, NetworkPurpose.NBD);
        networks.addPurpose(network, NetworkPurpose.NBD);
        networks.addPurpose(other, NetworkPurpose.NBD);
        assertThat(store.snapshot().get(network, Network.PURPOSE)).containsExactly(NetworkPurpose.NBD);
        for (Ref<Network> either : List.of(network, other)) {
            assertRefused(
                    () -> networks.addPurpose(either, NetworkPurpose.INSECURE_NBD),
                    "NETWORK_INCOMPATIBLE_PURPOSES",
                    "insecure_nbd",
                    "nbd");
        }
        networks.removePurpose(network, NetworkPurpose.NBD);
        networks.removePurpose(other, NetworkPurpose.NBD);
        networks.addPurpose(other, NetworkPurpose.INSECURE_NBD);
        assertThat(store.snapshot().get(other, Network.PURPOSE)).containsExactly(NetworkPurpose.INSECURE_NBD);
    }

    @Test
    void aNetworkThatIsNotManagedHasNoPurpose() {
        Ref<Network> network = networks.create(managed().with(Network.MANAGED, false));
        assertRefused(() -> networks.addPurpose(network, NetworkPurpose.NBD), "NETWORK_UNMANAGED", network.value());
    }

    @Test
    void theLockingModeDoesNotChangeUnderAVifInUse() {
        Ref<Network> network = networks.create(managed());
        Ref<VIF> vif = store.transact(
                tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network).with(VIF.CURRENTLY_ATTACHED, true)));
        assertRefused(
                () -> networks.setDefaultLockingMode(network, NetworkDefaultLockingMode.DISABLED),
                "VIF_IN_USE",
                network.value(),
                vif.value());
        store.change(tx -> tx.set(vif, VIF.CURRENTLY_ATTACHED, false));
        networks.setDefaultLockingMode(network, NetworkDefaultLockingMode.DISABLED);
        assertThat(store.snapshot().get(network, Network.DEFAULT_LOCKING_MODE))
                .isEqualTo(NetworkDefaultLockingMode.DISABLED);
    }
}
