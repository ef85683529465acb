package org.jxapi.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.TlsPeer;

/** Certificates of a running daemon, changed without a restart; XAPI's messages are in xapi_host.ml. */
class HostCertificatesTest {
    private static final String OPTIONS = "OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();
    private static KeyPair keys;
    private static Issued authority;

    @BeforeAll
    static void make() throws Exception {
        keys = TestCertificates.rsa(2048);
        authority = TestCertificates.selfSigned(
                Request.of("authority", TestCertificates.rsa(2048)).asAuthority());
    }

    private static List<X509Certificate> shown(String... names) throws Exception {
        return TlsPeer.chain(daemon.https(), names);
    }

    private static String host() throws Exception {
        return calls.first("host.get_all");
    }

    /** The only object of a type. */
    private static JsonNode object(String type) throws Exception {
        JsonNode found = calls.ok("Certificate.get_all_records_where", "field \"type\" = \"" + type + "\"");
        assertThat(found).hasSize(1);
        return found.elements().next();
    }

    private static void assertFollows(String type, X509Certificate certificate) throws Exception {
        JsonNode object = object(type);
        assertThat(object.get("fingerprint_sha256").asText()).isEqualTo(CertificateRows.sha256(certificate));
        assertThat(object.get("fingerprint_sha1").asText())
                .isEqualTo(CertificateRows.fingerprint("SHA-1", certificate));
        assertThat(object.get("host").asText()).isEqualTo(host());
        assertThat(object.get("name").asText()).isEmpty();
        assertThat(calls.list("host.get_certificates", host())).hasSize(2);
    }

    @Test
    void aNewCertificateIsForNewConnectionsAndOldOnesGoOn() throws Exception {
        Issued leaf = TestCertificates.issue(authority, Request.of("xen.example", keys));
        try (SSLSocket before = TlsPeer.connect(daemon.https());
                RawHttp old = new RawHttp(before)) {
            old.send(OPTIONS);
            assertThat(old.answer()).startsWith("HTTP/1.1 200 OK");
            calls.ok("host.install_server_certificate", host(), leaf.pem(), leaf.keyPem(), authority.pem());
            assertThat(shown()).containsExactly(leaf.certificate(), authority.certificate());
            assertFollows("host", leaf.certificate());
            assertThat(calls.text("host.get_server_certificate", host())).isEqualTo(leaf.pem());
            old.send(OPTIONS);
            assertThat(old.answer()).startsWith("HTTP/1.1 200 OK");
        }
        calls.ok("host.reset_server_certificate", host());
        X509Certificate own = shown().get(0);
        assertThat(own).isNotEqualTo(leaf.certificate());
        assertThat(own.getSubjectX500Principal()).isEqualTo(own.getIssuerX500Principal());
        assertFollows("host", own);
    }

    @Test
    void aRefusedCertificateChangesNothing() throws Exception {
        X509Certificate before = shown().get(0);
        Issued leaf = TestCertificates.issue(authority, Request.of("xen.example", keys));
        assertThat(calls.error("host.install_server_certificate", host(), leaf.pem(), authority.keyPem(), ""))
                .containsExactly("SERVER_CERTIFICATE_KEY_MISMATCH");
        assertThat(calls.error("host.install_server_certificate", "OpaqueRef:none", leaf.pem(), leaf.keyPem(), ""))
                .containsExactly("HANDLE_INVALID", "host", "OpaqueRef:none");
        assertThat(shown()).containsExactly(before);
        assertFollows("host", before);
    }

    @Test
    void hostsOfThePoolSeeACertificateOfTheirOwn() throws Exception {
        X509Certificate before = shown("pool").get(0);
        assertThat(before).isNotEqualTo(shown().get(0));
        assertFollows("host_internal", before);
        calls.ok("host.refresh_server_certificate", host());
        X509Certificate after = shown("pool").get(0);
        assertThat(after).isNotEqualTo(before);
        assertThat(after.getSubjectX500Principal().getName()).contains(calls.text("host.get_uuid", host()));
        assertFollows("host_internal", after);
        assertThat(calls.ok("pool.get_current_operations", calls.first("pool.get_all")))
                .isEmpty();
    }

    @Test
    void anInstalledCertificateThatExpiresSoonIsAMessage() throws Exception {
        Instant now = Instant.now();
        Issued leaf = TestCertificates.issue(
                authority, Request.of("xen.example", keys).valid(now.minusSeconds(60), now.plus(Duration.ofDays(10))));
        calls.ok("host.install_server_certificate", host(), leaf.pem(), leaf.keyPem(), "");
        JsonNode messages =
                calls.ok("message.get_all_records_where", "field \"name\" = \"HOST_SERVER_CERTIFICATE_EXPIRING_14\"");
        assertThat(messages).hasSize(1);
        JsonNode message = messages.elements().next();
        assertThat(message.get("priority").asText()).isEqualTo("2");
        assertThat(message.get("cls").asText()).isEqualTo("Host");
        assertThat(message.get("body").asText())
                .isEqualTo("<body><message>The TLS server certificate is expiring soon.</message><date>"
                        + object("host").get("not_after").asText() + "</date></body>");
        calls.ok("host.reset_server_certificate", host());
    }

    @Test
    void xeChangesTheCertificatesOfTheHost() throws Exception {
        Issued leaf = TestCertificates.issue(authority, Request.of("xen.example", keys));
        ThinClient xe = new ThinClient(daemon.socket());
        Map<String, String> files =
                Map.of("leaf.pem", leaf.pem(), "key.pem", leaf.keyPem(), "chain.pem", authority.pem());
        xe.run(
                        List.of(),
                        files,
                        "host-server-certificate-install",
                        "certificate=leaf.pem",
                        "private-key=key.pem",
                        "certificate-chain=chain.pem")
                .ok();
        assertThat(shown()).containsExactly(leaf.certificate(), authority.certificate());
        assertThat(xe.run("host-get-server-certificate").ok().strip())
                .isEqualTo(leaf.pem().strip());
        for (String command : List.of("host-reset-server-certificate", "host-emergency-reset-server-certificate")) {
            X509Certificate before = shown().get(0);
            xe.run(command).ok();
            assertThat(shown().get(0)).isNotEqualTo(before);
            assertFollows("host", shown().get(0));
        }
        X509Certificate internal = shown("pool").get(0);
        xe.run("host-refresh-server-certificate", "host=" + calls.text("host.get_uuid", host()))
                .ok();
        assertThat(shown("pool").get(0)).isNotEqualTo(internal);
        assertThat(xe.run("certificate-list", "type=host", "params=fingerprint_sha256", "--minimal")
                        .ok())
                .isEqualTo(CertificateRows.sha256(shown().get(0)));
    }

    @Test
    void xeChangesWhatThePoolTrusts() throws Exception {
        ThinClient xe = new ThinClient(daemon.socket());
        String crl = TestCertificates.pem(TestCertificates.revoke(authority));
        Map<String, String> files = Map.of("/root/my-ca.pem", authority.pem(), "list.pem", crl);
        xe.run(List.of(), files, "pool-install-ca-certificate", "filename=/root/my-ca.pem")
                .ok();
        assertThat(xe.run("pool-certificate-list").ok()).isEqualTo("my-ca.pem");
        assertFingerprintOfCa();
        xe.run(List.of(), files, "pool-crl-install", "filename=list.pem").ok();
        assertThat(xe.run("pool-crl-list").ok()).isEqualTo("list.pem");
        xe.run("pool-certificate-sync").ok();
        xe.run("pool-crl-uninstall", "name=list.pem").ok();
        xe.run("pool-uninstall-ca-certificate", "name=my-ca.pem").ok();
        assertThat(xe.run("certificate-list", "type=ca", "--minimal").ok()).isEmpty();
        xe.run(
                        List.of(),
                        files,
                        "pool-install-trusted-certificate",
                        "filename=/root/my-ca.pem",
                        "ca=true",
                        "purpose=ldaps")
                .ok();
        String uuid = xe.run("certificate-list", "type=ca", "--minimal").ok();
        assertThat(xe.run("certificate-param-get", "uuid=" + uuid, "param-name=purpose")
                        .ok())
                .isEqualTo("ldaps");
        xe.run("pool-uninstall-trusted-certificate", "certificate-uuid=" + uuid).ok();
        assertThat(xe.run("certificate-list", "type=ca", "--minimal").ok()).isEmpty();
    }

    private static void assertFingerprintOfCa() throws Exception {
        assertThat(object("ca").get("fingerprint").asText()).isEqualTo(CertificateRows.sha256(authority.certificate()));
    }
}
