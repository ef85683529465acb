package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;
import org.jxapi.harness.TestPlugin;
import org.jxapi.harness.TlsPeer;

/** The daemon of a member, controlled at the coordinator: its plug-ins, certificate, log and restart. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MemberDaemonTest {
    @TempDir
    static Path folder;

    private static TestPool pool;
    private static TestPool.Member member;
    private static TestPool.Caller caller;

    @BeforeAll
    static void start() throws Exception {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        TestPlugin.write(programs, "whose", "echo \"" + TestPlugin.success("$PPID") + "\"");
        TestPlugin.write(programs, "fails", "echo out; echo why >&2; exit 3");
        pool = new TestPool(folder.resolve("pool"), Site.LOOPBACK, "--plugin-dir", programs.toString());
        caller = pool.start(2).caller();
        member = pool.hosts().get(1);
        answers();
    }

    @AfterAll
    static void stop() {
        pool.close();
    }

    private static JsonNode plugin(TestPool.Member host, String name, String function) throws Exception {
        return caller.answer("host.call_plugin", host.ref, name, function, Map.of());
    }

    private static void answers() throws Exception {
        Eventually.holds(
                () -> assertThat(plugin(member, "whose", "fn").path("result").asText())
                        .isEqualTo(Long.toString(member.daemon().pid())));
    }

    @Test
    @Order(1)
    void aPluginRunsOnTheHostThatTheCallNames() throws Exception {
        for (TestPool.Member host : pool.hosts()) {
            assertThat(plugin(host, "whose", "fn").path("result").asText())
                    .isEqualTo(Long.toString(host.daemon().pid()));
        }
    }

    @Test
    @Order(1)
    void theErrorsOfAPluginOfAnotherHostArrive() throws Exception {
        JsonNode failed = plugin(member, "fails", "fn").path("error");
        assertThat(failed.path("message").asText()).isEqualTo("XENAPI_PLUGIN_FAILURE");
        assertThat(failed.path("data").toString()).isEqualTo("[\"non-zero exit\",\"out\\n\",\"why\"]");
        JsonNode missing = plugin(member, "none", "fn").path("error");
        assertThat(missing.path("message").asText()).isEqualTo("XENAPI_MISSING_PLUGIN");
        assertThat(missing.path("data").toString()).isEqualTo("[\"none\"]");
    }

    @Test
    @Order(1)
    void pluginsOfTheDaemonAreThereForEachHost() throws Exception {
        assertThat(plugin(member, "updater.py", "check_update").path("result").asText())
                .isEqualTo("[]");
        assertThat(plugin(member, "jxapi-pool", "status").path("result").asText())
                .startsWith("coordinator: " + pool.hosts().get(0).uuid);
    }

    private static X509Certificate shown() throws Exception {
        return TlsPeer.chain(member.daemon().https()).get(0);
    }

    /** The fingerprint of the only object for the certificate that the member's clients see. */
    private static String fingerprint() throws Exception {
        JsonNode found = caller.answer("Certificate.get_all_records").path("result");
        List<String> own = new ArrayList<>();
        found.forEach(row -> {
            if (row.get("host").asText().equals(member.ref)
                    && row.get("type").asText().equals("host")) {
                own.add(row.get("fingerprint_sha256").asText().replace(":", ""));
            }
        });
        assertThat(own).hasSize(1);
        return own.get(0);
    }

    private static String sha256(X509Certificate certificate) throws Exception {
        return HexFormat.of()
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    @Test
    @Order(1)
    void aMemberGetsACertificateForItsClients() throws Exception {
        Issued leaf = TestCertificates.selfSigned(Request.of("member.example", TestCertificates.rsa(2048)));
        X509Certificate before = shown();
        assertThat(caller.answer("host.install_server_certificate", member.ref, leaf.pem(), "no key", "")
                        .at("/error/message")
                        .asText())
                .isEqualTo("SERVER_CERTIFICATE_KEY_INVALID");
        assertThat(shown()).isEqualTo(before);
        caller.text("host.install_server_certificate", member.ref, leaf.pem(), leaf.keyPem(), "");
        assertThat(shown()).isEqualTo(leaf.certificate());
        assertThat(fingerprint()).isEqualTo(sha256(leaf.certificate()));
        assertThat(caller.text("host.get_server_certificate", member.ref)).isEqualTo(leaf.pem());
        caller.text("host.reset_server_certificate", member.ref);
        assertThat(shown()).isNotIn(before, leaf.certificate());
        assertThat(fingerprint()).isEqualTo(sha256(shown()));
    }

    private static void isRefused() {
        assertThatThrownBy(() -> new Socket(member.address, member.http).close())
                .isInstanceOf(ConnectException.class);
    }

    private static boolean httpsOnly() throws Exception {
        return caller.answer("host.get_https_only", member.ref).path("result").asBoolean();
    }

    @Test
    @Order(2)
    void aMemberRefusesPlainHttpAlsoAfterARestart() throws Exception {
        caller.text("host.set_https_only", member.ref, true);
        isRefused();
        assertThat(TlsPeer.chain(member.daemon().https())).isNotEmpty();
        member.daemon().kill();
        member.start();
        isRefused();
        answers();
        assertThat(httpsOnly()).isTrue();
        caller.text("host.set_https_only", member.ref, false);
        new Socket(member.address, member.http).close();
        assertThat(httpsOnly()).isFalse();
    }

    @Test
    @Order(2)
    void aMemberRestartsItsDaemon() throws Exception {
        caller.text("host.restart_agent", member.ref);
        member.daemon().awaitReady();
        answers();
    }

    @Test
    @Order(2)
    void theLogOfAMemberGoesToItsServerAlsoAfterARestart() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + server.getLocalPort();
            caller.text("host.set_logging", member.ref, Map.of("syslog_destination", address));
            caller.text("host.syslog_reconfigure", member.ref);
            logs(server, "before");
            member.daemon().kill();
            member.start();
            answers();
            logs(server, "after");
        }
        caller.text("host.set_logging", member.ref, Map.of("syslog_destination", "a b;c"));
        assertThat(caller.answer("host.syslog_reconfigure", member.ref)
                        .at("/error/message")
                        .asText())
                .isEqualTo("INVALID_VALUE");
    }

    /** The member logs what a plug-in writes: again and again, until the coordinator has told it where to. */
    private static void logs(DatagramSocket server, String function) throws Exception {
        server.setSoTimeout(1000);
        Eventually.holds(() -> {
            plugin(member, "fails", function);
            assertThat(received(server)).contains("Plug-in fails: " + function + ": why");
        });
    }

    private static String received(DatagramSocket server) throws Exception {
        StringBuilder lines = new StringBuilder();
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        try {
            while (lines.indexOf("Plug-in") < 0) {
                server.receive(packet);
                lines.append(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
        } catch (SocketTimeoutException e) {
            // The daemon logs elsewhere.
        }
        return lines.toString();
    }

    @Test
    @Order(3)
    void aHostThatIsGoneIsOffline() throws Exception {
        member.daemon().kill();
        Eventually.holds(() -> assertThat(
                        plugin(member, "whose", "fn").at("/error/message").asText())
                .isEqualTo("HOST_OFFLINE"));
        for (String message : new String[] {"host.restart_agent", "host.syslog_reconfigure"}) {
            JsonNode error = caller.answer(message, member.ref).path("error");
            assertThat(error.path("message").asText()).as(message).isEqualTo("HOST_OFFLINE");
            assertThat(error.at("/data/0").asText()).isEqualTo(member.ref);
        }
    }
}
