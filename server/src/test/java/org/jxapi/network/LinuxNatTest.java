package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;

/**
 * A real NAT network between network namespaces of the test's own: a guest, the host and the outside. Only root may make
 * them.
 */
class LinuxNatTest {
    private static final NatAddress ADDRESS = NatAddress.parse("10.77.3.1/24").orElseThrow();

    @TempDir
    Path folder;

    private final String id = "jxnat" + ProcessHandle.current().pid();
    private final String host = id + "h";
    private final String guest = id + "g";
    private final String outside = id + "o";
    private final List<Long> servers = new ArrayList<>();
    private LinuxNat nat;
    private LinuxHostNetwork network;

    @BeforeEach
    void prepare() throws Exception {
        for (String tool : List.of("ip", "nft", "dnsmasq", "bash", "timeout")) {
            assumeTrue(run("sh", "-c", "command -v " + tool).status == 0, tool + " is installed");
        }
        assumeTrue(run("ip", "netns", "add", host).status == 0, "network namespaces can be made");
        boolean tables = in(host, "nft", "add", "table", "ip", "t").status == 0
                && in(host, "nft", "add chain ip t c { type nat hook postrouting priority 100; }").status == 0;
        in(host, "nft", "delete", "table", "ip", "t");
        assumeTrue(tables, "the kernel has nftables with NAT");
        nat = new LinuxNat(List.of("ip", "netns", "exec", host), folder.resolve("nat"));
        network = new LinuxHostNetwork(List.of("ip", "-n", host), List.of("ethtool"), Path.of("/no/devices"), nat);
        network.makeBridge("br1", 1500);
        connect(guest, "10.77.3.9/24", "10.77.3.1");
        connect(outside, "192.0.2.2/24", "192.0.2.1");
        ok("ip", "-n", host, "link", "set", "p" + guest.substring(2), "master", "br1");
        ok("ip", "-n", host, "address", "add", "192.0.2.1/24", "dev", "p" + outside.substring(2));
    }

    /** Makes a namespace with an interface, whose other end is in the host's namespace. */
    private void connect(String namespace, String address, String router) throws Exception {
        String peer = "p" + namespace.substring(2);
        ok("ip", "netns", "add", namespace);
        ok("ip", "-n", host, "link", "add", peer, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        ok("ip", "-n", host, "link", "set", peer, "up");
        ok("ip", "-n", namespace, "address", "add", address, "dev", "eth0");
        ok("ip", "-n", namespace, "link", "set", "eth0", "up");
        if (namespace.equals(guest)) {
            ok("ip", "-n", namespace, "route", "add", "default", "via", router);
        }
    }

    @AfterEach
    void remove() throws Exception {
        servers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        if (nat != null) {
            nat.stop("br1");
        }
        for (String namespace : List.of(guest, outside, host)) {
            run("ip", "netns", "delete", namespace);
        }
    }

    private record Result(int status, String said) {}

    private static Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), said);
    }

    private static void ok(String... command) throws IOException, InterruptedException {
        Result result = run(command);
        assertThat(result.status).as(result.said).isZero();
    }

    private static Result in(String namespace, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command));
        return run(words.toArray(String[]::new));
    }

    private long server() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("nat/br1.pid")).strip());
    }

    @Test
    void aGuestReachesTheOutsideWithTheHostsAddressAndIsNotReached() throws Exception {
        nat.start("br1", ADDRESS);
        listen(outside, "192.0.2.2");
        listen(guest, "10.77.3.9");
        // The outside has no route to the guest, so an answer shows that the host's address was used.
        Eventually.holds(() -> assertThat(connected(guest, "192.0.2.2")).isZero());
        ok("ip", "-n", outside, "route", "add", "10.77.3.0/24", "via", "192.0.2.1");
        assertThat(connected(outside, "10.77.3.9"))
                .as("the connection is dropped")
                .isEqualTo(124);
    }

    /** With the way to the outside and a name server, from a client as small systems have it. */
    @Test
    void aGuestGetsItsAddressByDhcp() throws Exception {
        assumeTrue(run("sh", "-c", "busybox --list | grep -x udhcpc").status == 0, "busybox has a DHCP client");
        nat.start("br1", ADDRESS);
        listen(outside, "192.0.2.2");
        ok("ip", "-n", guest, "address", "flush", "dev", "eth0");
        Path lease = folder.resolve("lease");
        Path script = Files.writeString(folder.resolve("on-lease"), """
                #!/bin/sh
                [ "$1" = bound ] || exit 0
                ip address add "$ip/$mask" dev "$interface"
                ip route add default via "$router"
                echo "$ip $mask $router $dns" >%s
                """.formatted(lease));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Result result = in(
                guest, "timeout", "60", "busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-t", "10", "-s", script + "");
        assertThat(result.status).as(result.said).isZero();
        assertThat(Files.readString(lease)).matches("10\\.77\\.3\\.\\d+ 24 10\\.77\\.3\\.1 10\\.77\\.3\\.1\n");
        String address = Files.readString(lease).split(" ")[0];
        assertThat(Files.readString(folder.resolve("nat/br1.leases"))).contains(" " + address + " ");
        Eventually.holds(() -> assertThat(connected(guest, "192.0.2.2")).isZero());
        assertThat(in(guest, "busybox", "nslookup", "localhost", "10.77.3.1").said)
                .contains("127.0.0.1");
    }

    /** Has a server wait for connections. */
    private void listen(String namespace, String address) throws Exception {
        Path pid = folder.resolve(namespace + ".pid");
        Result started = in(
                namespace,
                "dnsmasq",
                "--conf-file=/dev/null",
                "--port=5353",
                "--bind-interfaces",
                "--listen-address=" + address,
                "--pid-file=" + pid);
        assertThat(started.status).as(started.said).isZero();
        servers.add(Long.parseLong(Files.readString(pid).strip()));
    }

    private static int connected(String from, String to) throws IOException, InterruptedException {
        return in(from, "timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/" + to + "/5353").status;
    }

    @Test
    void itGoesWithoutATraceAndOthersStay() throws Exception {
        in(host, "nft", "add", "table", "ip", "mine");
        String before = in(host, "nft", "list", "ruleset").said;
        nat.start("br1", ADDRESS);
        long server = server();
        assertThat(in(host, "nft", "list", "ruleset").said).contains("masquerade", "table ip mine");
        nat.stop("br1");
        nat.stop("br1");
        assertThat(in(host, "nft", "list", "ruleset").said).isEqualTo(before);
        Eventually.holds(() -> assertThat(ProcessHandle.of(server)).isEmpty());
        try (var files = Files.list(folder.resolve("nat"))) {
            assertThat(files).isEmpty();
        }
    }

    /** As after a restart of the daemon: guests keep their name server. */
    @Test
    void aServerThatRunsStaysUnlessItsSettingsChange() throws Exception {
        nat.start("br1", ADDRESS);
        long server = server();
        new LinuxNat(List.of("ip", "netns", "exec", host), folder.resolve("nat")).start("br1", ADDRESS);
        assertThat(server()).isEqualTo(server);
        ProcessHandle.of(server).orElseThrow().destroyForcibly();
        Eventually.holds(() -> assertThat(ProcessHandle.of(server)).isEmpty());
        nat.start("br1", ADDRESS);
        assertThat(server()).isNotEqualTo(server);
    }

    @Test
    void addressesOfOtherInterfacesAreFound() {
        assertThat(nat.others("br1")).contains(NatAddress.parse("192.0.2.1/24").orElseThrow());
    }

    @Test
    void aFailureLeavesNothing() throws Exception {
        String before = in(host, "nft", "list", "ruleset").said;
        Files.writeString(folder.resolve("nat"), "in the way");
        assertThatThrownBy(() -> nat.start("br1", ADDRESS)).hasMessageContaining("INTERNAL_ERROR");
        Files.delete(folder.resolve("nat"));
        assertThat(in(host, "nft", "list", "ruleset").said).isEqualTo(before);
        assertThat(network.addressed("br1")).isFalse();
    }
}
