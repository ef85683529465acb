package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.TestCertificates.Issued;
import org.jxapi.harness.TestCertificates.Request;
import org.jxapi.harness.TlsPeer;

/**
 * Clients log in with a certificate: enable_client_certificate_auth in ocaml/xapi/xapi_pool.ml, the settings of stunnel in
 * xapi_stunnel_server.ml, and the role client-cert in xapi_session.ml.
 */
class ClientCertificateLoginsTest {
    private static final String NAME = "updates.example.com";
    private static final char[] KEY = "key".toCharArray();

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();
    private static Issued authority;
    private static Issued other;

    @BeforeAll
    static void trust() throws Exception {
        authority = TestCertificates.selfSigned(
                Request.of("authority", TestCertificates.rsa(2048)).asAuthority());
        other = TestCertificates.selfSigned(
                Request.of("other", TestCertificates.rsa(2048)).asAuthority());
        calls.ok("pool.install_ca_certificate", "clients.pem", authority.pem());
    }

    private static Issued issued(Issued by, String name) throws Exception {
        return TestCertificates.issue(by, Request.of(name, TestCertificates.rsa(2048)));
    }

    private static HttpsURLConnection open(String path, Issued shown) throws Exception {
        KeyManager[] keys = null;
        if (shown != null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", shown.key(), KEY, new Certificate[] {shown.certificate()});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, KEY);
            keys = factory.getKeyManagers();
        }
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys, new TrustManager[] {new TlsPeer.TrustAll()}, new SecureRandom());
        HttpsURLConnection http = (HttpsURLConnection)
                URI.create(daemon.endpoint("https:") + path).toURL().openConnection();
        http.setSSLSocketFactory(tls.getSocketFactory());
        http.setHostnameVerifier((host, session) -> true);
        return http;
    }

    private static JsonNode call(Issued shown, String method, Object... params) throws Exception {
        HttpsURLConnection http = open("/jsonrpc", shown);
        http.setDoOutput(true);
        try (OutputStream out = http.getOutputStream()) {
            out.write(JsonClient.JSON
                    .createObjectNode()
                    .put("jsonrpc", "2.0")
                    .put("method", method)
                    .put("id", 1)
                    .set("params", JsonClient.JSON.valueToTree(List.of(params)))
                    .toString()
                    .getBytes(StandardCharsets.UTF_8));
        }
        return JsonClient.JSON.readTree(http.getInputStream());
    }

    private static JsonNode login(Issued shown, String user, String password) throws Exception {
        return call(shown, "session.login_with_password", user, password, "1.0", "test");
    }

    private static String code(JsonNode answer) {
        return answer.path("error").path("message").asText();
    }

    @Test
    void aCertificateOfThePoolsAuthorityForTheNameIsEnough() throws Exception {
        Issued good = issued(authority, NAME);
        assertThat(code(login(good, "", ""))).isEqualTo("SESSION_AUTHENTICATION_FAILED");
        String pool = calls.first("pool.get_all");
        assertThat(calls.error("pool.enable_client_certificate_auth", pool, " "))
                .containsExactly("INVALID_VALUE", "name", " ");
        calls.ok("pool.enable_client_certificate_auth", pool, NAME);
        assertThat(calls.ok("pool.get_client_certificate_auth_enabled", pool).asBoolean())
                .isTrue();
        assertThat(calls.text("pool.get_client_certificate_auth_name", pool)).isEqualTo(NAME);

        String session = login(good, "", "").path("result").asText();
        JsonNode record = calls.ok("session.get_record", session);
        assertThat(record.get("client_certificate").asBoolean()).isTrue();
        assertThat(record.get("is_local_superuser").asBoolean()).isFalse();
        assertThat(call(null, "host.get_all", session).has("result")).isTrue();
        assertThat(code(call(null, "VM.start", session, "OpaqueRef:none", false, false)))
                .isEqualTo("RBAC_PERMISSION_DENIED");
        // In XAPI the certificate counts, and the name and the password do not.
        assertThat(calls.ok(
                                "session.get_is_local_superuser",
                                login(good, "root", daemon.password())
                                        .path("result")
                                        .asText())
                        .asBoolean())
                .isFalse();
        assertThat(open("/rrd_updates?start=0", good).getResponseCode()).isEqualTo(200);
        assertThat(open("/export?uuid=x", good).getResponseCode()).isEqualTo(403);

        List<Issued> strangers = new ArrayList<>(List.of(issued(other, NAME), issued(authority, "www.example.com")));
        for (Issued stranger : strangers) {
            assertThat(code(login(stranger, "", ""))).isEqualTo("SESSION_AUTHENTICATION_FAILED");
            assertThat(calls.ok(
                                    "session.get_is_local_superuser",
                                    login(stranger, "root", daemon.password())
                                            .path("result")
                                            .asText())
                            .asBoolean())
                    .isTrue();
        }
        assertThat(code(login(null, "", ""))).isEqualTo("SESSION_AUTHENTICATION_FAILED");

        calls.ok("pool.disable_client_certificate_auth", pool);
        assertThat(code(login(good, "", ""))).isEqualTo("SESSION_AUTHENTICATION_FAILED");
        assertThat(calls.text("pool.get_client_certificate_auth_name", pool)).isEmpty();
    }
}
