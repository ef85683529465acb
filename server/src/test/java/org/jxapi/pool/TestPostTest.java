package org.jxapi.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.ThinClient;
import org.jxapi.store.ReadOnlyStore;

/** pool.send_test_post, against a server of its own (ocaml/xapi/remote_requests.ml). */
class TestPostTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private static HttpsServer server;
    private static int port;

    @BeforeAll
    static void serve() throws Exception {
        KeyPair keys = TestCertificates.rsa(2048);
        TestCertificates.Issued own = TestCertificates.selfSigned(TestCertificates.Request.of("elsewhere", keys));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", keys.getPrivate(), new char[0], new Certificate[] {own.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", TestPostTest::answer);
        server.start();
        port = server.getAddress().getPort();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        byte[] answer = body.equals("long") ? new byte[3 << 20] : ("got " + body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(body.equals("missing") ? 404 : 200, answer.length);
        try (var out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    @Test
    void theAnswerOfTheServerIsReturned() throws Exception {
        received.clear();
        assertThat(calls.text("pool.send_test_post", "127.0.0.1", port, "grüße"))
                .isEqualTo("got grüße");
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("POST / grüße");
        assertThat(new ThinClient(daemon.socket())
                        .run("pool-send-test-post", "dest-host=localhost", "dest-port=" + port, "body=text")
                        .ok())
                .isEqualTo("got text");
    }

    @Test
    void aServerThatGivesNoAnswerIsAnErrorWithItsReason() throws Exception {
        assertThat(calls.error("pool.send_test_post", "127.0.0.1", port, "missing"))
                .containsExactly("INTERNAL_ERROR", "127.0.0.1 port " + port + " has answered with status 404");
        assertThat(calls.error("pool.send_test_post", "127.0.0.1", port, "long"))
                .containsExactly(
                        "INTERNAL_ERROR",
                        "127.0.0.1 port " + port + " has sent more than 1048576 bytes, which is too much for a test");
        assertThat(calls.error("pool.send_test_post", "127.0.0.1", 1, "x"))
                .first()
                .isEqualTo("INTERNAL_ERROR");
        assertThat(calls.error("pool.send_test_post", "127.0.0.1", 1, "x").get(1))
                .startsWith("127.0.0.1 port 1 cannot be reached: ");
        for (String host : new String[] {"", "a b", "a/b", "a?b", "a#b", "u@a", "http://a", "\u0000", "a_b"}) {
            assertThat(calls.error("pool.send_test_post", host, 1, "x").get(1))
                    .as(host)
                    .startsWith(host + " is no name or address of a server");
        }
        for (long none : new long[] {0, -1, 65_536, Long.MIN_VALUE}) {
            assertThat(calls.error("pool.send_test_post", "127.0.0.1", none, "x"))
                    .containsExactly("INTERNAL_ERROR", "Port " + none + " is none: give one from 1 to 65535");
        }
    }

    @Test
    void aSilentServerIsWaitedForUntilTheLimitAndTheTaskCanBeCancelled() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            int there = silent.getLocalPort();
            TestPost post = new TestPost("127.0.0.1", there, Duration.ofSeconds(1));
            XenApiException late = catchThrowableOfType(
                    XenApiException.class,
                    () -> post.send(new InternalCall("pool.send_test_post", ReadOnlyStore.of(Map.of())), "x"));
            assertThat(late.code()).isEqualTo("WLB_TIMEOUT");
            assertThat(late.params()).containsExactly("1.0");

            String task = calls.text("Async.pool.send_test_post", "127.0.0.1", there, "x");
            Eventually.holds(() -> calls.ok("task.cancel", task));
            Eventually.holds(
                    () -> assertThat(calls.text("task.get_status", task)).isEqualTo("cancelled"));
        }
    }

    @Test
    void archivesOfProtectionPoliciesAreGone() throws Exception {
        assertThat(calls.error("pool.test_archive_target", calls.first("pool.get_all"), Map.of()))
                .containsExactly("MESSAGE_REMOVED");
    }
}
