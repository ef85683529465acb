package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;

/** Networks with the key jxapi-nat, over a host that records what is done to it. */
class NatNetworksTest {
    @TempDir
    Path folder;

    private final List<String> done = new ArrayList<>();
    private final List<NatAddress> others = new ArrayList<>();
    private boolean broken;
    private H2Store store;
    private Networks networks;

    private final SimulatedHostNetwork host = new SimulatedHostNetwork(List.of(), new Recorder());

    private final class Recorder implements Nat {
        @Override
        public List<NatAddress> others(String bridge) {
            return others;
        }

        @Override
        public void start(String bridge, NatAddress address) {
            if (broken) {
                throw Errors.internalError("dnsmasq is not installed");
            }
            done.add("start " + bridge + " " + address);
        }

        @Override
        public boolean isUp(String bridge) {
            return done.stream().anyMatch(step -> step.startsWith("start " + bridge + " "));
        }

        @Override
        public void stop(String bridge) {
            done.add("stop " + bridge);
        }
    }

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        networks = new Networks(store, PoolNetworks.only(host));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Row<Network> nat(String value) {
        return Row.of(Network.XEN_CLASS)
                .with(Network.MANAGED, true)
                .with(Network.OTHER_CONFIG, Map.of("jxapi-nat", value));
    }

    @Test
    void natComesAndGoesWithItsNetworkAndWithAStart() {
        Ref<Network> network = networks.create(nat("10.0.3.1/24"));
        assertThat(done).containsExactly("start xapi0 10.0.3.1/24");
        networks.start(Ref.nil());
        assertThat(done).hasSize(2).last().isEqualTo("start xapi0 10.0.3.1/24");
        networks.destroy(network);
        assertThat(done).hasSize(3).last().isEqualTo("stop xapi0");
        assertThat(host.exists("xapi0")).isFalse();
    }

    @Test
    void natGoesWithItsNetworkWhenTheKeyHasGoneBefore() {
        Ref<Network> network = networks.create(nat("10.0.3.1/24"));
        store.change(tx -> tx.set(network, Network.OTHER_CONFIG, Map.of()));
        networks.destroy(network);
        assertThat(done).containsExactly("start xapi0 10.0.3.1/24", "stop xapi0");
    }

    @Test
    void otherNetworksHaveNone() {
        networks.destroy(networks.create(Row.of(Network.XEN_CLASS).with(Network.MANAGED, true)));
        assertThat(done).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.3.1",
                "10.0.3.0/24",
                "10.0.3.255/24",
                "10.0.3.1/31",
                "10.0.3.1/7",
                "127.0.0.1/8",
                "fd00::1/64",
                "10.0.3.300/24",
                "yes"
            })
    void valuesThatAreNoAddressOfAHostAreRefused(String value) {
        assertThatThrownBy(() -> networks.create(nat(value)))
                .hasMessageContaining("INVALID_VALUE")
                .hasMessageContaining("other_config:jxapi-nat");
        assertThat(store.snapshot().count(Network.XEN_CLASS)).isZero();
        assertThat(host.exists("xapi0")).isFalse();
    }

    @Test
    void addressesThatAreInUseAreRefused() {
        networks.create(nat("10.0.3.1/24"));
        assertThatThrownBy(() -> networks.create(nat("10.0.0.1/16"))).hasMessageContaining("overlaps with the network");
        others.add(NatAddress.parse("192.168.7.2/24").orElseThrow());
        assertThatThrownBy(() -> networks.create(nat("192.168.7.1/25")))
                .hasMessageContaining("overlaps with 192.168.7.2/24 on this host");
        assertThat(store.snapshot().count(Network.XEN_CLASS)).isEqualTo(1);
        assertThat(host.exists("xapi1")).isFalse();
    }

    @Test
    void aNetworkThatIsNotManagedHasNoNat() {
        assertThatThrownBy(() -> networks.create(
                        nat("10.0.3.1/24").with(Network.MANAGED, false).with(Network.BRIDGE, "br0")))
                .hasMessageContaining("not managed");
    }

    @Test
    void aFailureLeavesNeitherNetworkNorBridge() {
        broken = true;
        assertThatThrownBy(() -> networks.create(nat("10.0.3.1/24"))).hasMessageContaining("dnsmasq is not installed");
        assertThat(store.snapshot().count(Network.XEN_CLASS)).isZero();
        assertThat(host.exists("xapi0")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.3.1/24, 10.0.3.2, 10.0.3.254, 255.255.255.0, 10.0.3.0/24",
        "10.0.3.254/24, 10.0.3.1, 10.0.3.253, 255.255.255.0, 10.0.3.0/24",
        "192.168.0.5/30, 192.168.0.6, 192.168.0.6, 255.255.255.252, 192.168.0.4/30",
        "200.1.2.3/8, 200.1.2.4, 200.255.255.254, 255.0.0.0, 200.0.0.0/8"
    })
    void guestsGetTheAddressesNextToTheHosts(String text, String first, String last, String netmask, String network) {
        NatAddress address = NatAddress.parse(text).orElseThrow();
        assertThat(NatAddress.text(address.guests().first())).isEqualTo(first);
        assertThat(NatAddress.text(address.guests().last())).isEqualTo(last);
        assertThat(address.netmask()).isEqualTo(netmask);
        assertThat(address.network()).isEqualTo(network);
        assertThat(address).hasToString(text);
    }
}
