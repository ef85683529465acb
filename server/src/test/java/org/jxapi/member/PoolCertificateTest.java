package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.certificate.Pem;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.TlsPeer;
import org.jxapi.harness.XeProcess;

/** The certificates by which the hosts of a pool know each other are renewed while the pool works. */
class PoolCertificateTest {
    private static final int KILLS = 3;
    /** About as long as a renewal takes. */
    private static final int RENEWAL_MILLIS = 150;

    @TempDir
    Path folder;

    private TestPool pool = new TestPool(Path.of(""));

    @BeforeEach
    void begin() {
        pool = new TestPool(folder);
    }

    @AfterEach
    void end() {
        pool.close();
    }

    /** The fingerprint of the certificate that a host shows to the pool, as the API has it. */
    private static String fingerprint(TestPool.Caller caller, TestPool.Member host) throws Exception {
        Set<String> found = new HashSet<>();
        caller.answer("Certificate.get_all_records").path("result").forEach(row -> {
            if (row.get("host").asText().equals(host.ref)
                    && row.get("type").asText().equals("host_internal")) {
                found.add(row.get("fingerprint_sha256").asText());
            }
        });
        assertThat(found).hasSize(1);
        return found.iterator().next();
    }

    private static void answers(TestPool.Caller caller, TestPool.Member host) throws Exception {
        Eventually.holds(
                () -> assertThat(caller.answer("host.call_plugin", host.ref, "updater.py", "check_update", Map.of())
                                .path("result")
                                .asText())
                        .isEqualTo("[]"));
    }

    private static X509Certificate shown(TestPool.Member coordinator) throws Exception {
        return TlsPeer.chain(coordinator.daemon().https(), "pool").get(0);
    }

    private static String place(TestPool.Member member) throws IOException {
        return Files.readString(member.folder().resolve("data/pool/member.json"));
    }

    private static Set<String> trusted(TestPool.Member member) throws IOException {
        JsonNode place = JsonClient.JSON.readTree(place(member));
        Set<String> all = new HashSet<>(Set.of(place.get("certificate").asText()));
        place.get("others").forEach(other -> all.add(other.asText()));
        return all;
    }

    private static String inJson(X509Certificate certificate) {
        return Pem.of(certificate).replace("\n", "\\n");
    }

    @Test
    void allHostsOfAPoolThatVotesGetNewCertificates() throws Exception {
        TestPool.Member first = pool.voting();
        TestPool.Caller caller = first.caller();
        X509Certificate before = shown(first);
        Set<String> all = new HashSet<>();
        for (TestPool.Member host : pool.hosts()) {
            all.add(fingerprint(caller, host));
            XeProcess.ok(first.daemon().folder(), "host-refresh-server-certificate", "host=" + host.uuid);
            all.add(fingerprint(caller, host));
        }
        assertThat(all).as("each host had one, and has another one").hasSize(6);
        assertThat(shown(first)).isNotEqualTo(before);
        for (TestPool.Member member : pool.without(first)) {
            assertThat(place(member)).contains(inJson(shown(first))).doesNotContain(inJson(before));
        }

        // All connect again: to the agents, to the coordinator, and as voters.
        for (TestPool.Member member : pool.without(first)) {
            member.daemon().kill();
            member.start();
            answers(caller, member);
            assertThat(XeProcess.ok(member.daemon().folder(), "host-list", "--minimal")
                            .split(","))
                    .hasSize(3);
        }
        pool.awaitVoters(first, 2);
        String kept = caller.network("kept");
        first.daemon().kill();
        pool.elected(pool.without(first));
        first.start();
        TestPool.Member third = pool.elected(pool.hosts());
        pool.awaitVoters(third, 2);
        TestPool.Caller again = third.caller();
        assertThat(again.text("network.get_name_label", kept)).isEqualTo("kept");
        for (TestPool.Member host : pool.hosts()) {
            answers(again, host);
        }
        String renewed = fingerprint(again, first);
        again.text("host.refresh_server_certificate", first.ref);
        assertThat(fingerprint(again, first)).isNotEqualTo(renewed);
        answers(again, first);
        for (TestPool.Member member : pool.without(third)) {
            assertThat(member.folder().resolve("data/copy/peers.json"))
                    .as("certificates of an earlier time")
                    .doesNotExist();
        }
    }

    @Test
    void nothingIsRenewedWhileAHostDoesNotAnswer() throws Exception {
        TestPool.Member first = pool.start(2);
        TestPool.Member member = pool.hosts().get(1);
        TestPool.Caller caller = first.caller();
        answers(caller, member);
        X509Certificate before = shown(first);
        member.daemon().kill();
        Eventually.holds(() -> assertThat(error(caller, member)).startsWith("HOST_OFFLINE"));
        assertThat(error(caller, first)).containsExactly("CANNOT_CONTACT_HOST", member.ref);
        assertThat(shown(first)).isEqualTo(before);
        member.start();
        answers(caller, member);
        caller.text("host.refresh_server_certificate", first.ref);
        assertThat(shown(first)).isNotEqualTo(before);
    }

    /** The code of the error, and its parameters. */
    private static List<String> error(TestPool.Caller caller, TestPool.Member host) throws Exception {
        JsonNode error =
                caller.answer("host.refresh_server_certificate", host.ref).path("error");
        List<String> all = new ArrayList<>(List.of(error.path("message").asText()));
        error.path("data").forEach(parameter -> all.add(parameter.asText()));
        return all;
    }

    @Test
    void aKillDuringARenewalLeavesThePoolConnected() throws Exception {
        TestPool.Member first = pool.start(2);
        TestPool.Member member = pool.hosts().get(1);
        answers(first.caller(), member);
        Random random = new Random();
        for (int kill = 0; kill < KILLS; kill++) {
            TestPool.Member renewed = pool.hosts().get(kill % 2);
            TestPool.Caller caller = first.caller();
            CompletableFuture<Void> call = CompletableFuture.runAsync(() -> {
                try {
                    caller.answer("host.refresh_server_certificate", renewed.ref);
                } catch (Exception e) {
                    // The daemon is killed meanwhile.
                }
            });
            TimeUnit.MILLISECONDS.sleep(random.nextInt(RENEWAL_MILLIS));
            TestPool.Member killed = random.nextBoolean() ? first : renewed;
            killed.daemon().kill();
            killed.start();
            call.join();
            TestPool.Caller again = first.caller();
            answers(again, member);
            assertThat(XeProcess.ok(member.daemon().folder(), "host-list", "--minimal")
                            .split(","))
                    .hasSize(2);
            Eventually.holds(() -> assertThat(trusted(member))
                    .as("the certificates that it trusts: its own and the coordinator's")
                    .hasSize(2));
            again.text("host.refresh_server_certificate", renewed.ref);
            answers(again, member);
        }
    }
}
