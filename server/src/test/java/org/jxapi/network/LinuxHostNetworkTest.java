package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real bridges and VLANs, in a network namespace of the test's own; only root may make one. */
class LinuxHostNetworkTest {
    private final String namespace = "jxapi" + ProcessHandle.current().pid();
    private LinuxHostNetwork network;

    @BeforeEach
    void makeNamespace() throws Exception {
        assumeTrue(run("ip", "netns", "add", namespace), "network namespaces can be made");
        network = new LinuxHostNetwork(List.of("ip", "-n", namespace), Path.of("/no/devices"), new SimulatedNat());
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
        String vlan = network.makeVlan("base", 12);
        assertThat(network.hasVlan("base", 12)).isTrue();
        network.connect("xapi0", vlan);
        assertThat(network.bridgeOf(vlan)).isEqualTo("xapi0");
        assertThat(network.addressed(vlan)).isFalse();
        network.removeVlan("base", 12);
        assertThat(network.exists(vlan)).isFalse();
        assertThat(network.hasVlan("base", 9)).isTrue();
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
