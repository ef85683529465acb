package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RawHttp;

/**
 * A member that sends a client to the coordinator names the coordinator's certificate, if the client asks for it
 * (ocaml/xapi/api_server.ml).
 */
class CoordinatorThumbprintTest {
    private static final String ASKED = "x-xenapi-request-host-certificate-thumbprint";
    private static final String ANSWER = "x-xenapi-response-host-certificate-thumbprint: ";
    private static final String JSON = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"VM.get_all\",\"params\":[\"none\"]}";
    private static final String XML =
            "<?xml version=\"1.0\"?><methodCall><methodName>VM.get_all</methodName><params><param>"
                    + "<value><string>none</string></value></param></params></methodCall>";

    /** The header of the answer; empty if it has none. */
    private static String answer(TestPool.Member host, String path, String body, String header) throws Exception {
        String request = RawHttp.request(path, body).replaceFirst("\r\n", "\r\n" + header + "\r\n");
        String answer = RawHttp.exchange(host.daemon().http(), request);
        return answer.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(ANSWER))
                .map(line -> line.substring(ANSWER.length()))
                .findFirst()
                .orElse("");
    }

    private static String certificate(TestPool.Caller caller, String field) throws Exception {
        for (var record : caller.answer("Certificate.get_all_records").get("result")) {
            if (record.get("type").asText().equals("host")
                    && record.get("host")
                            .asText()
                            .equals(caller.answer("pool.get_all_records")
                                    .at("/result")
                                    .findPath("master")
                                    .asText())) {
                return record.get(field).asText();
            }
        }
        return "";
    }

    @Test
    void aMemberNamesTheCertificateOfTheCoordinatorAlsoAfterAChange(@TempDir Path folder) throws Exception {
        try (TestPool pool = new TestPool(folder)) {
            TestPool.Member coordinator = pool.start(2);
            TestPool.Member member = pool.without(coordinator).get(0);
            TestPool.Caller caller = coordinator.caller();
            String first = certificate(caller, "fingerprint_sha256");
            assertThat(first).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
            Eventually.holds(() -> assertThat(answer(member, "/jsonrpc", JSON, ASKED + ": sha-256:master"))
                    .isEqualTo(first));

            caller.text("host.reset_server_certificate", coordinator.ref);
            String second = certificate(caller, "fingerprint_sha256");
            assertThat(second).isNotEqualTo(first);
            Eventually.holds(() -> assertThat(answer(member, "/RPC2", XML, ASKED + ": sha-256:master"))
                    .isEqualTo(second));
            String sha1 = certificate(caller, "fingerprint_sha1");
            assertThat(sha1).matches("([0-9A-F]{2}:){19}[0-9A-F]{2}");
            assertThat(answer(member, "/jsonrpc", JSON, ASKED + ": sha-1:master"))
                    .isEqualTo(sha1);

            assertThat(answer(member, "/jsonrpc", JSON, ASKED + ": sha-512:master"))
                    .isEmpty();
            assertThat(answer(member, "/", XML, "x-nothing: asked")).isEmpty();
            assertThat(answer(coordinator, "/jsonrpc", JSON, ASKED + ": sha-256:master"))
                    .isEmpty();
        }
    }

    @Test
    void aFormerCoordinatorNamesTheCertificateOfTheNextOne(@TempDir Path folder) throws Exception {
        try (TestPool pool = new TestPool(folder)) {
            TestPool.Member former = pool.pair();
            TestPool.Member next = pool.without(former).get(0);
            former.caller().text("host.reset_server_certificate", former.ref);
            String before = certificate(former.caller(), "fingerprint_sha256");
            Eventually.holds(() -> assertThat(answer(next, "/jsonrpc", JSON, ASKED + ": sha-256:master"))
                    .isEqualTo(before));
            former.caller().answer("pool.designate_new_master", next.ref);
            assertThat(pool.elected(pool.hosts())).isSameAs(next);
            String after = certificate(next.caller(), "fingerprint_sha256");
            assertThat(after).isNotEmpty().isNotEqualTo(before);
            Eventually.holds(() -> assertThat(answer(former, "/jsonrpc", JSON, ASKED + ": sha-256:master"))
                    .isEqualTo(after));
        }
    }
}
