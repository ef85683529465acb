package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * packaging/bin/vif-bridge, which libxl runs as tools/libs/light/libxl_linux.c does. The programs that it calls record their
 * arguments.
 */
class VifBridgeTest {
    private static final String XENBUS = "backend/vif/7/0";
    private static final String CONNECTED =
            "xenstore-write /local/domain/7/device/vif/0/mtu 1500 " + XENBUS + "/hotplug-status connected";

    @TempDir
    Path folder;

    private ScriptTree tree;

    @BeforeEach
    void make() throws Exception {
        tree = new ScriptTree(folder.resolve("tree"), "bin/vif-bridge");
        records("tools/ip", "ip", "");
        records("tools/xenstore-write", "xenstore-write", "");
        xenstore("");
        records("scripts/vif-bridge", "xen's", "");
        Files.createDirectories(tree.path("sys/class/net/xenbr0/bridge"));
        Files.createDirectories(tree.path("sys/class/net/vif7.0"));
        filter("iptables", "0");
        hook("# Place local modifications here.\n\n");
    }

    private void records(String program, String name, String text) throws IOException {
        tree.program(program, "echo \"" + name + " $*\" >>'" + tree.path("calls") + "'\n" + text);
    }

    /** Has the bridge of the interface, and an MTU if one is given. */
    private void xenstore(String mtu) throws IOException {
        String answers = "case $1 in */bridge) echo xenbr0;; *) echo '" + mtu + "'; [ '" + mtu + "' ];; esac";
        records("tools/xenstore-read", "xenstore-read", answers);
        tree.file("sys/class/net/xenbr0/mtu", "1500\n");
    }

    private void filter(String of, String value) throws IOException {
        tree.file("proc/sys/net/bridge/bridge-nf-call-" + of, value + "\n");
    }

    private void hook(String text) throws IOException {
        tree.program("scripts/vif-post.d/00-vif-local.hook", text);
    }

    /** The programs that the script has called, with their arguments. */
    private List<String> calls(String action, String type) throws Exception {
        Files.deleteIfExists(tree.path("calls"));
        ProcessBuilder command =
                tree.command(tree.path("packaging/bin/vif-bridge").toString(), action, "type_if=" + type);
        command.environment()
                .putAll(Map.of(
                        "XENBUS_PATH",
                        XENBUS,
                        "vif",
                        "vif7.0",
                        "INTERFACE",
                        "vif7.0-emu",
                        "XEN_SCRIPT_DIR",
                        tree.path("scripts").toString(),
                        "SYSFS",
                        tree.path("sys").toString(),
                        "PROCFS",
                        tree.path("proc").toString()));
        assertThat(ScriptTree.outcome(command)).isEqualTo("0");
        return Files.exists(tree.path("calls")) ? Files.readAllLines(tree.path("calls")) : List.of();
    }

    private static String joins(String device) {
        return "ip link set dev " + device + " address fe:ff:ff:ff:ff:ff mtu 1500 master xenbr0 up";
    }

    @Test
    void anInterfaceComesToItsBridgeAndGoesWithFewPrograms() throws Exception {
        String bridge = "xenstore-read " + XENBUS + "/bridge";
        String mtu = "xenstore-read " + XENBUS + "/mtu";
        assertThat(calls("online", "vif")).containsExactly(bridge, mtu, joins("vif7.0"), CONNECTED);
        assertThat(calls("add", "tap")).containsExactly(bridge, mtu, joins("vif7.0-emu"));
        xenstore("9000");
        assertThat(calls("online", "vif"))
                .contains(joins("vif7.0").replace("1500", "9000"), CONNECTED.replace("1500", "9000"));
        assertThat(calls("offline", "vif")).containsExactly("ip link set dev vif7.0 nomaster down");
        assertThat(calls("remove", "tap")).as("of a device that is gone").isEmpty();
    }

    @Test
    void xensOwnScriptDoesAllThatIsNotUsual() throws Exception {
        List<String> online = List.of("xen's online type_if=vif");
        hook("# Mine:\niptables -A FORWARD -j DROP\n");
        assertThat(calls("online", "vif")).isEqualTo(online);
        assertThat(calls("offline", "vif")).containsExactly("xen's offline type_if=vif");
        hook("#");
        filter("ip6tables", "1");
        assertThat(calls("online", "vif")).isEqualTo(online);
        assertThat(calls("remove", "tap")).containsExactly("xen's remove type_if=tap");
        filter("ip6tables", "0");
        assertThat(calls("online", "vif")).contains(CONNECTED);

        Files.move(tree.path("sys/class/net/xenbr0/bridge"), tree.path("sys/class/net/xenbr0/ovs"));
        assertThat(calls("online", "vif")).endsWith(online.get(0)).doesNotContain(CONNECTED);
        Files.move(tree.path("sys/class/net/xenbr0/ovs"), tree.path("sys/class/net/xenbr0/bridge"));
        records("tools/ip", "ip", "exit 2");
        assertThat(calls("online", "vif")).endsWith(online.get(0)).doesNotContain(CONNECTED);
        records("tools/ip", "ip", "");
        records("tools/xenstore-read", "xenstore-read", "exit 1");
        assertThat(calls("online", "vif")).endsWith(online.get(0)).doesNotContain(CONNECTED);
        assertThat(calls("online", "tap")).containsExactly("xen's online type_if=tap");
    }
}
