package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.XeProcess;

/** Three hosts with copies of the database vote, and need no administrator when one of them fails. */
class VotingPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final List<Member> hosts = new ArrayList<>();
    private String password = "";

    /** A host with ports of its own, which stay when its daemon starts again or changes its role. */
    private final class Member {
        final String address;
        final int http;
        final int https;

        @Nullable
        DaemonProcess daemon;

        String ref = "";
        String uuid = "";

        Member(int number) throws Exception {
            address = "127.0.0." + number;
            http = free(address);
            https = free(address);
            hosts.add(this);
            start();
        }

        void start() throws Exception {
            start(address + ":0");
        }

        void start(String replication) throws Exception {
            Path own = folder.resolve("host" + address.substring(address.length() - 1));
            Files.createDirectories(own);
            daemon = DaemonProcess.start(
                    own,
                    "--http",
                    address + ":" + http,
                    "--https",
                    address + ":" + https,
                    "--nbd",
                    "off",
                    "--agent",
                    address + ":0",
                    "--replication",
                    replication,
                    "--pam-service",
                    "off");
        }

        DaemonProcess daemon() {
            if (daemon == null) {
                throw new IllegalStateException("not started");
            }
            return daemon;
        }

        JsonClient client() throws Exception {
            return new JsonClient(
                    URI.create("http://" + address + ":" + http + "/").toURL());
        }

        /** The answer to a login; null if there is none. */
        @Nullable
        JsonNode login() throws Exception {
            try {
                return client().call("session.login_with_password", List.of("root", password, "1.0", "test"));
            } catch (IOException e) {
                return null;
            }
        }

        /** The coordinator that it names to clients; empty if it names none. */
        String coordinator() throws Exception {
            JsonNode answer = login();
            if (answer == null) {
                return "";
            }
            return answer.has("error") ? answer.at("/error/data/0").asText() : address;
        }

        Caller caller() throws Exception {
            return new Caller(client(), client().login(password));
        }
    }

    /** A session of root at a coordinator. */
    private record Caller(JsonClient client, String session) {
        JsonNode answer(String message, Object... params) throws Exception {
            List<Object> all = new ArrayList<>(List.of(session));
            all.addAll(List.of(params));
            return client.call(message, all);
        }

        String text(String message, Object... params) throws Exception {
            JsonNode answer = answer(message, params);
            assertThat(answer.has("error")).as(answer.toString()).isFalse();
            return answer.get("result").asText();
        }

        String network(String name) throws Exception {
            return text("network.create", Map.of("name_label", name, "other_config", Map.of(), "managed", true));
        }

        String vm(String name) throws Exception {
            JsonNode templates = answer("VM.get_by_name_label", "Other install media");
            String vm = text("VM.clone", templates.at("/result/0").asText(), name);
            text("VM.provision", vm);
            return vm;
        }

        boolean starts(String vm, Member host) throws Exception {
            return !answer("VM.start_on", vm, host.ref, false, false).has("error");
        }
    }

    private static int free(String address) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return probe.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        for (Member host : hosts) {
            if (host.daemon != null) {
                host.daemon.close();
            }
        }
    }

    /** Three hosts, which vote. */
    private Member pool() throws Exception {
        Member first = pool(3);
        awaitVoters(first, 2);
        return first;
    }

    /** So many hosts. */
    private Member pool(int count) throws Exception {
        Member first = new Member(1);
        password =
                Files.readString(first.daemon().data().resolve("root-password")).strip();
        for (int number = 2; number <= count; number++) {
            Member joins = new Member(number);
            joins.uuid = XeProcess.ok(joins.daemon().folder(), "host-list", "--minimal")
                    .strip();
            XeProcess.ok(
                    joins.daemon().folder(),
                    "pool-join",
                    "master-address=" + first.address + ":" + first.https,
                    "master-username=root",
                    "master-password=" + password);
            joins.daemon().awaitReady();
        }
        Caller caller = first.caller();
        first.ref = caller.answer("pool.get_all_records")
                .at("/result")
                .elements()
                .next()
                .get("master")
                .asText();
        first.uuid = caller.text("host.get_uuid", first.ref);
        for (Member each : without(first)) {
            each.ref = caller.text("host.get_by_uuid", each.uuid);
        }
        return first;
    }

    private void awaitVoters(Member coordinator, int count) throws Exception {
        Eventually.holds(() -> assertThat(XeProcess.ok(coordinator.daemon().folder(), "pool-status")
                        .lines())
                .filteredOn(line -> line.startsWith("voter: "))
                .hasSize(count));
    }

    /** Waits for a coordinator that one of these hosts is, and that the others name. */
    private Member elected(List<Member> among) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String named = among.get(0).coordinator();
            boolean agreed = true;
            for (Member host : among) {
                agreed &= host.coordinator().equals(named);
            }
            for (Member host : among) {
                if (agreed && host.address.equals(named)) {
                    return host;
                }
            }
            assertThat(System.nanoTime())
                    .as("the end of patience, with " + named)
                    .isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private List<Member> without(Member host) {
        return hosts.stream().filter(each -> each != host).toList();
    }

    @Test
    void theOthersElectACoordinatorWhenItIsKilledAndItComesBackAsAMember() throws Exception {
        Member first = pool();
        Caller before = first.caller();
        String kept = before.network("kept");
        String guest = before.vm("guest");
        Member host = hosts.get(1);
        Eventually.holds(() -> assertThat(before.starts(guest, host)).isTrue());
        first.daemon().kill();

        Member second = elected(without(first));
        Caller caller = second.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        assertThat(caller.text("VM.get_power_state", guest)).isEqualTo("Running");
        assertThat(caller.text("host.get_uuid", second.ref)).isEqualTo(second.uuid);
        String later = caller.network("later");

        first.start();
        assertThat(elected(hosts)).isSameAs(second);
        String back = caller.vm("back");
        Eventually.holds(() -> assertThat(caller.starts(back, first)).isTrue());
        awaitVoters(second, 2);

        // It votes again, and has all changes.
        second.daemon().kill();
        Member last = elected(without(second));
        Caller now = last.caller();
        assertThat(now.text("network.get_name_label", later)).isEqualTo("later");
        assertThat(now.text("VM.get_power_state", back)).isEqualTo("Running");

        // Another database, or one without the others, would be a second pool.
        Path dump = folder.resolve("dump.xml");
        XeProcess.ok(last.daemon().folder(), "pool-dump-database", "file-name=" + dump);
        assertThat(XeProcess.run(last.daemon().folder(), "pool-restore-database", "file-name=" + dump)
                        .said())
                .contains("Other hosts of the pool vote");
        assertThatThrownBy(() -> second.start("off"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other hosts of the pool vote");
    }

    @Test
    void aCoordinatorThatStoodStillAcknowledgesNothingOnceAnotherIsElected() throws Exception {
        Member first = pool();
        Caller before = first.caller();
        String pid = Long.toString(first.daemon().pid());
        new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        Member second = elected(without(first));
        Caller caller = second.caller();
        String network = caller.network("after");
        new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
        try {
            JsonNode late = before.answer(
                    "network.create", Map.of("name_label", "late", "other_config", Map.of(), "managed", true));
            assertThat(late.has("error")).as(late.toString()).isTrue();
        } catch (IOException e) {
            // It is on its way to become a member already.
        }
        assertThat(elected(hosts)).isSameAs(second);
        assertThat(caller.text("network.get_name_label", network)).isEqualTo("after");
        assertThat(caller.answer("network.get_by_name_label", "late").get("result"))
                .isEmpty();
    }

    @Test
    void aHostIsDesignatedAndAVoterLeaves() throws Exception {
        Member first = pool();
        Member heir = hosts.get(2);
        String kept = first.caller().network("kept");
        XeProcess.ok(first.daemon().folder(), "pool-designate-new-master", "host-uuid=" + heir.uuid);
        Eventually.holds(() -> assertThat(first.coordinator()).isEqualTo(heir.address));
        assertThat(elected(hosts)).isSameAs(heir);
        Caller caller = heir.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        awaitVoters(heir, 2);
        Eventually.holds(
                () -> assertThat(caller.starts(caller.vm("far"), first)).isTrue());

        Member leaves = hosts.get(1);
        Eventually.holds(() ->
                assertThat(caller.answer("pool.eject", leaves.ref).has("error")).isFalse());
        awaitVoters(heir, 0);
        Eventually.holds(() ->
                assertThat(XeProcess.ok(heir.daemon().folder(), "pool-status")).contains("copy: " + first.uuid));
        assertThat(caller.network("more")).isNotEmpty();
        assertThat(XeProcess.run(heir.daemon().folder(), "pool-status").said())
                .contains("an administrator must choose another one");
    }

    @Test
    void anAdministratorMakesTheLastOfThreeTheCoordinator() throws Exception {
        Member first = pool();
        Member second = hosts.get(1);
        Member last = hosts.get(2);
        String kept = first.caller().network("kept");
        // Two of three are lost, so the third is never elected.
        second.daemon().kill();
        String latest = first.caller().network("latest");
        first.daemon().kill();
        assertThat(XeProcess.ok(last.daemon().folder(), "pool-emergency-transition-to-master"))
                .contains("transition to master");
        Eventually.holds(() -> assertThat(last.coordinator()).isEqualTo(last.address));
        Caller caller = last.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        assertThat(caller.text("network.get_name_label", latest)).isEqualTo("latest");
        assertThat(caller.answer("host_metrics.get_live", caller.text("host.get_metrics", first.ref))
                        .get("result")
                        .asBoolean())
                .isFalse();

        // The other member follows it, although it has a vote in the former group.
        second.start();
        Eventually.holds(() -> assertThat(second.coordinator()).isEqualTo(last.address));
        String far = caller.vm("far");
        Eventually.holds(() -> assertThat(caller.starts(far, second)).isTrue());
        Eventually.holds(() ->
                assertThat(XeProcess.ok(last.daemon().folder(), "pool-status")).contains("copy: " + second.uuid));
    }

    @Test
    void aKillDuringAHandoverOfTwoHostsLeavesOneCoordinatorWithAllChanges() throws Exception {
        Member first = pool(2);
        Member heir = hosts.get(1);
        Eventually.holds(() ->
                assertThat(XeProcess.ok(first.daemon().folder(), "pool-status")).contains("copy: " + heir.uuid));
        Caller caller = first.caller();
        String kept = caller.network("kept");
        CompletableFuture<Boolean> order = CompletableFuture.supplyAsync(() -> {
            try {
                return caller.answer("pool.designate_new_master", heir.ref).has("result");
            } catch (Exception e) {
                return false;
            }
        });
        // The heir has been elected when it stops to be a member, or is the coordinator already.
        Eventually.holds(() -> assertThat(heir.coordinator()).isNotEqualTo(first.address));
        first.daemon().kill();
        order.join();
        first.start();
        Member now = elected(hosts);
        Caller after = now.caller();
        assertThat(after.text("network.get_name_label", kept)).isEqualTo("kept");
        Eventually.holds(() ->
                assertThat(after.starts(after.vm("far"), without(now).get(0))).isTrue());
    }
}
