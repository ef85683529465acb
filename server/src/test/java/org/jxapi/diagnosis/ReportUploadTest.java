package org.jxapi.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.XeProcess;

/** host.bugreport_upload, with a server and a proxy on this machine. */
class ReportUploadTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Map<String, String> DIRECTLY = Map.of("http_proxy", "");
    private static final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private static HttpServer server;
    private static String host;

    private record Received(String target, String length, String user, String proxyUser, byte[] body) {
        static Received of(HttpExchange http) throws IOException {
            return new Received(
                    http.getRequestMethod() + " " + http.getRequestURI(),
                    http.getRequestHeaders().getFirst("Content-Length"),
                    header(http, "Authorization"),
                    header(http, "Proxy-Authorization"),
                    http.getRequestBody().readAllBytes());
        }

        private static String header(HttpExchange http, String name) {
            String value = http.getRequestHeaders().getFirst(name);
            return value == null
                    ? ""
                    : new String(
                            Base64.getDecoder().decode(value.substring("Basic ".length())), StandardCharsets.UTF_8);
        }
    }

    /** Takes files, as a server and as a proxy. Of some names it takes none. */
    @BeforeAll
    static void serve() throws Exception {
        host = calls.first("host.get_all");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", http -> {
            Received request = Received.of(http);
            String path = http.getRequestURI().getPath();
            int status = 201;
            if (path.endsWith("/full")) {
                status = 507;
            } else if (path.endsWith("/moved")) {
                http.getResponseHeaders().set("Location", "http://files.example.com/new");
                status = 307;
            } else if (path.endsWith("/closed-proxy") && request.proxyUser().isEmpty()) {
                http.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"proxy\"");
                status = 407;
            } else {
                received.add(request);
            }
            http.sendResponseHeaders(status, -1);
            http.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static Received next() throws InterruptedException {
        Received next = received.poll(60, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private static void nothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(daemon.data())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("jxapi-status-"));
        }
    }

    private static List<String> refusal(String url, Map<String, String> options) throws Exception {
        return calls.error("host.bugreport_upload", host, url, options);
    }

    @Test
    void xeUploadsAReportWithoutSecrets() throws Exception {
        XeProcess.ok(
                daemon.folder(),
                "host-bugreport-upload",
                "url=http://me:secret@" + address() + "/reports/",
                "http_proxy=");
        Received report = next();
        assertThat(report.target())
                .matches(
                        "PUT /reports/" + calls.text("host.get_uuid", host) + "-[0-9]{4}:[0-9]{2}:[0-9]{2}T[0-9:]{8}Z");
        assertThat(report.user()).isEqualTo("me:secret");
        assertThat(report.length()).isEqualTo(Integer.toString(report.body().length));
        assertThat(new String(report.body(), StandardCharsets.UTF_8))
                .startsWith("bug-report-")
                .contains("/jxapid/database.xml", "/logs/recent.log", "/inventory.txt")
                .doesNotContain(daemon.password());
        nothingIsLeft();
    }

    @Test
    void aProxyGetsTheUrlAndAPasswordIfItAsksForOne() throws Exception {
        calls.ok("host.bugreport_upload", host, "http://files.invalid/mine.tar", Map.of("http_proxy", address()));
        assertThat(next().target()).isEqualTo("PUT http://files.invalid/mine.tar");
        calls.ok(
                "host.bugreport_upload",
                host,
                "http://files.invalid/closed-proxy",
                Map.of("http_proxy", "http://you:pass@" + address()));
        Received report = next();
        assertThat(report.proxyUser()).isEqualTo("you:pass");
        assertThat(report.length()).isEqualTo(Integer.toString(report.body().length));
    }

    @Test
    void aServerThatDoesNotTakeItIsAnErrorWithTheReason() throws Exception {
        assertThat(refusal("http://" + address() + "/full", DIRECTLY))
                .containsExactly("INTERNAL_ERROR", "127.0.0.1 answered 507 and did not take the file");
        assertThat(refusal("http://" + address() + "/moved", DIRECTLY).get(1))
                .contains(" 307", "http://files.example.com/new");
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed.close();
            assertThat(refusal("http://127.0.0.1:" + closed.getLocalPort() + "/", DIRECTLY)
                            .get(1))
                    .startsWith("Failed to connect to host 127.0.0.1");
        }
        assertThat(refusal("http://files.invalid/", DIRECTLY).get(1))
                .isEqualTo("Failed to resolve proxy or host files.invalid");
        assertThat(refusal("http://x/", Map.of("http_proxy", "proxy.invalid")).get(1))
                .isEqualTo("Failed to resolve proxy proxy.invalid");
        assertThat(refusal("", DIRECTLY)).containsExactly("INVALID_VALUE", "url", "");
        assertThat(refusal("ftp://files.example.com/", DIRECTLY)).startsWith("INVALID_VALUE", "url");
        nothingIsLeft();
    }

    /** The server takes the connection and reads nothing. */
    @Test
    void anUploadIsCancelled() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String task = calls.text(
                    "Async.host.bugreport_upload", host, "http://127.0.0.1:" + silent.getLocalPort() + "/", DIRECTLY);
            try (Socket connection = silent.accept()) {
                calls.ok("task.cancel", task);
                Eventually.holds(
                        () -> assertThat(calls.text("task.get_status", task)).isEqualTo("cancelled"));
                nothingIsLeft();
                assertThat(connection.getInputStream().readAllBytes()).isNotNull();
            }
        }
    }

    @Test
    void aSilentServerIsWaitedForOnlySoLong(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("report"), "x");
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            UploadTarget target = UploadTarget.of("http://127.0.0.1:" + silent.getLocalPort() + "/", "", "report");
            HttpUpload upload = new HttpUpload(target, Duration.ofSeconds(1));
            assertThatThrownBy(() -> upload.send(file, () -> {}, part -> {}))
                    .hasMessageContaining("127.0.0.1 has taken nothing and answered nothing for 1 s");
        }
    }
}
