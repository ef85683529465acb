package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.xenapi.BondMode;

/** Real bridges and VLANs, in a network namespace of the test's own; only root may make one. */
class LinuxHostNetworkTest {
    private final String namespace = "jxapi" + ProcessHandle.current().pid();
    private LinuxHostNetwork network;

    @TempDir
    Path folder;

    @BeforeEach
    void makeNamespace() throws Exception {
        assumeTrue(run("ip", "netns", "add", namespace), "network namespaces can be made");
        Path ethtool = folder.resolve("ethtool");
        Files.writeString(ethtool, "#!/bin/sh\necho \"$@\" >> " + folder.resolve("calls") + "\n[ \"$2\" != nic9 ]\n");
        assertThat(ethtool.toFile().setExecutable(true)).isTrue();
        network = with(ethtool.toString());
    }

    private LinuxHostNetwork with(String ethtool) {
        return new LinuxHostNetwork(
                List.of("ip", "-n", namespace), List.of(ethtool), folder.resolve("devices"), new SimulatedNat());
    }

    @AfterEach
    void removeNamespace() throws Exception {
        run("ip", "netns", "delete", namespace);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void bridgesComeAndGo() {
        network.makeBridge("xapi0", 1400);
        network.makeBridge("xapi0", 1400);
        assertThat(network.exists("xapi0")).isTrue();
        assertThat(network.ownBridge("xapi0")).isTrue();
        network.removeBridge("xapi0");
        network.removeBridge("xapi0");
        assertThat(network.exists("xapi0")).isFalse();
    }

    @Test
    void aVlanIsConnectedWithABridge() throws Exception {
        network.makeBridge("xapi0", 1500);
        network.makeBridge("base", 1500);
        boolean vlans =
                run("ip", "-n", namespace, "link", "add", "link", "base", "name", "v", "type", "vlan", "id", "9");
        assumeTrue(vlans, "the kernel knows VLANs");
        assertThat(network.hasVlan("base", 12)).isFalse();
        String vlan = network.makeVlan("base", 12, 1400);
        assertThat(network.hasVlan("base", 12)).isTrue();
        network.connect("xapi0", vlan);
        assertThat(network.bridgeOf(vlan)).isEqualTo("xapi0");
        assertThat(network.addressed(vlan)).isFalse();
        network.removeVlan("base", 12);
        assertThat(network.exists(vlan)).isFalse();
        assertThat(network.hasVlan("base", 9)).isTrue();
    }

    private static BondDevice bond(BondMode mode, Map<String, String> properties) {
        return new BondDevice(
                "bond0", List.of("nic1", "nic2"), "00:16:3e:00:00:07", 1400, mode, properties, Map.of("updelay", 500));
    }

    @Test
    void aBondChangesItsModeAndFreesItsMembers() throws Exception {
        boolean bonds = run("ip", "-n", namespace, "link", "add", "name", "bond9", "type", "bond");
        assumeTrue(bonds, "the kernel knows bonds");
        for (String nic : List.of("nic1", "nic2")) {
            run("ip", "-n", namespace, "link", "add", "name", nic, "type", "dummy");
        }
        network.makeBond(bond(BondMode.ACTIVE_BACKUP, Map.of()));
        network.makeBridge("xapi0", 1400);
        network.connect("xapi0", "bond0");
        String vlan = network.makeVlan("bond0", 12, 1400);
        assertThat(network.ownBond("bond0")).isTrue();
        assertThat(network.bridgeOf("nic1")).isEqualTo("bond0");
        Map<String, String> settings = Map.of("hashing_algorithm", "src_mac", "lacp-time", "fast");
        network.makeBond(bond(BondMode.LACP, settings));
        network.makeBond(bond(BondMode.LACP, settings));
        assertThat(run("sh", "-c", "ip -n " + namespace + " link show bond0 | grep -q 00:16:3e:00:00:07"))
                .as("the bond has its address still")
                .isTrue();
        assertThat(network.bridgeOf("nic2")).isEqualTo("bond0");
        assertThat(network.bridgeOf("bond0")).isEqualTo("xapi0");
        assertThat(network.exists(vlan)).isTrue();
        network.removeBond("bond9");
        assertThat(network.exists("bond9")).as("a bond of the host").isTrue();
        network.removeBond("bond0");
        assertThat(network.exists("bond0")).isFalse();
        assertThat(network.bridgeOf("nic1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "BALANCE_SLB, hashing_algorithm, src_mac, mode",
        "LACP, lacp-fallback-ab, false, lacp-fallback-ab",
        "LACP, lacp-aggregation-key, 0x400, lacp-aggregation-key"
    })
    void bondsThatTheKernelCannotMakeAreRefused(BondMode mode, String name, String value, String field) {
        assertThatThrownBy(() -> network.checkBond(mode, Map.of(name, value)))
                .hasMessageContaining("VALUE_NOT_SUPPORTED")
                .hasMessageContaining(field);
        network.checkBond(BondMode.LACP, Map.of("lacp-fallback-ab", "true", "lacp-aggregation-key", "1023"));
    }

    @Test
    void settingsOfADeviceGoToEthtool() throws Exception {
        network.tune("nic1", new DeviceTuning(0, Map.of("speed", "1000"), Map.of("tso", "off")));
        assertThat(folder.resolve("calls")).hasContent("-s nic1 speed 1000\n-K nic1 tso off");
        assertThatThrownBy(() -> network.tune("nic9", new DeviceTuning(0, Map.of(), Map.of("gro", "off"))))
                .hasMessageContaining("INTERNAL_ERROR")
                .hasMessageContaining("-K nic9 gro off");
        network.makeBridge("xapi0", 1500);
        network.tune("xapi0", new DeviceTuning(1300, Map.of(), Map.of()));
        assertThat(run("sh", "-c", "ip -n " + namespace + " link show xapi0 | grep -q 'mtu 1300'"))
                .isTrue();
        assertThatThrownBy(() -> with("no-ethtool").tune("nic1", new DeviceTuning(0, Map.of(), Map.of("gro", "off"))))
                .hasMessageContaining("INTERNAL_ERROR")
                .hasMessageContaining("no-ethtool");
    }

    @Test
    void routesLeadThroughABridge() throws Exception {
        network.makeBridge("xapi0", 1500);
        run("ip", "-n", namespace, "address", "add", "10.9.8.7/24", "dev", "xapi0");
        List<StaticRoute> routes = StaticRoute.of(Map.of("static-routes", "10.1.0.0/16/10.9.8.1,10.2.0.0/16/10.9.8.2"));
        network.route("xapi0", routes);
        network.route("xapi0", routes);
        assertThat(run("sh", "-c", "ip -n " + namespace + " route | grep -q '10.2.0.0/16 via 10.9.8.2 dev xapi0'"))
                .isTrue();
        assertThat(StaticRoute.of(Map.of("static-routes", "10.1.0.0/16/10.9.8.1,10.2.0.0/33/10.9.8.2")))
                .as("a malformed route")
                .isEmpty();
    }

    @Test
    void aPromiscuousPortNeedsAKernelThatHasThem() throws Exception {
        assertThatThrownBy(() -> network.promiscuous("vif1.0", true)).hasMessageContaining("promiscuous");
        Path port = Files.createDirectories(
                folder.resolve("devices").resolve("vif1.0").resolve("brport"));
        Files.writeString(port.resolve("promisc"), "0");
        network.promiscuous("vif1.0", true);
        assertThat(port.resolve("promisc")).hasContent("1");
    }

    @Test
    void aBridgeOfTheHostIsNeverRemoved() throws Exception {
        run("ip", "-n", namespace, "link", "add", "name", "br0", "type", "bridge");
        run("ip", "-n", namespace, "address", "add", "10.9.8.7/24", "dev", "br0");
        network.makeBridge("br0", 1500);
        assertThat(network.ownBridge("br0")).isFalse();
        assertThat(network.addressed("br0")).isTrue();
        network.removeBridge("br0");
        assertThat(network.exists("br0")).isTrue();
    }

    @Test
    void whatIpSaysReachesTheClient() {
        assertThatThrownBy(() -> network.connect("no-bridge", "lo")).hasMessageContaining("INTERNAL_ERROR");
    }
}
