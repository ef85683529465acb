package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;

/** Whatever comes in: an answer within the limits or a closed connection, and the daemon answers the next client. */
class BadInputTest {
    private static final String VALID = "<?xml version=\"1.0\"?><methodCall><methodName>session.login_with_password"
            + "</methodName><params><param><value><string>root</string></value></param><param><value><array><data>"
            + "<value><i4>5</i4></value></data></array></value></param></params></methodCall>";
    private static final String VALID_JSON =
            "{\"jsonrpc\":\"2.0\",\"method\":\"session.login_with_password\",\"params\":[\"root\",{\"a\":[1,2.5,true,null]}],"
                    + "\"id\":1}";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    @TempDir
    static Path folder;

    private static URL url;
    private static JsonClient json;
    private static String session;

    @BeforeAll
    static void start() throws Exception {
        url = daemon.http();
        json = new JsonClient(url);
        session = json.login(daemon.password());
    }

    @AfterEach
    void theDaemonStillAnswers() throws Exception {
        assertThat(json.ok("pool.get_all", session)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not XML",
                "<methodCall>",
                "<methodCall><methodName>x</methodName><params><param><value><i4>many</i4></value></param></params></methodCall>",
                "<html><body/></html>",
                "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"text\">]><methodCall><methodName>&e;</methodName></methodCall>",
                "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><methodCall><methodName>x</methodName><params/></methodCall>",
                "<?xml version=\"1.0\" encoding=\"no-such\"?><methodCall/>",
                "{\"method\":\"pool.get_all\"}"
            })
    void whatIsNoCallGetsAnErrorPageAndALine(String body) throws IOException {
        assertThat(RawHttp.exchange(url, RawHttp.request("/", body))).startsWith("HTTP/1.1 500 Internal Error\r\n");
        assertThat(Files.readString(daemon.log())).contains("Refused POST / of 127.0.0.1: ");
    }

    @Test
    void entitiesAreNeverExpandedNorFilesRead() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "TOP-SECRET");
        StringBuilder laughs = new StringBuilder("<!DOCTYPE l [<!ENTITY l0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY l" + i + " \"" + ("&l" + (i - 1) + ";").repeat(10) + "\">");
        }
        String call = "<methodCall><methodName>session.login_with_password</methodName><params><param><value>%s</value>"
                + "</param><param><value>x</value></param></params></methodCall>";
        assertThat(RawHttp.exchange(url, RawHttp.request("/", laughs + "]>" + String.format(call, "&l29;"))))
                .startsWith("HTTP/1.1 500 ");
        String external = "<!DOCTYPE x [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>" + String.format(call, "&x;");
        assertThat(RawHttp.exchange(url, RawHttp.request("/", external)))
                .startsWith("HTTP/1.1 500 ")
                .doesNotContain("TOP-SECRET");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        int depth = 100_000;
        String xml = "<methodCall><methodName>x</methodName><params><param>"
                + "<value><array><data>".repeat(depth) + "</data></array></value>".repeat(depth)
                + "</param></params></methodCall>";
        assertThat(RawHttp.exchange(url, RawHttp.request("/", xml))).startsWith("HTTP/1.1 500 ");
        String deep = "{\"method\":\"x\",\"id\":1,\"params\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
        assertThat(RawHttp.exchange(url, RawHttp.request("/jsonrpc", deep))).startsWith("HTTP/1.1 500 ");
        String query = "(".repeat(depth) + "true" + ")".repeat(depth);
        assertThat(RawHttp.post(
                        url,
                        "/jsonrpc",
                        "{\"method\":\"VM.get_all_records_where\",\"params\":[\"" + session + "\",\"" + query
                                + "\"],\"id\":1}"))
                .contains("INVALID_VALUE");
    }

    @Test
    void aHugeBodyIsRefusedBeforeItIsRead() throws IOException {
        try (RawHttp http = new RawHttp(url)) {
            http.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n");
            assertThat(http.answer()).startsWith("HTTP/1.1 500 Internal Error\r\n");
            assertThat(http.closed()).isTrue();
        }
        try (RawHttp http = new RawHttp(url)) {
            http.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n");
            assertThat(http.answer()).matches("(?s)(HTTP/1.1 [45]00 .*)?");
        }
    }

    @Test
    void theLargestBodyIsTaken() throws IOException {
        int size = 10 * 1024 * 1024;
        String start = "{\"method\":\"session.login_with_password\",\"params\":[\"root\",\"";
        String end = "\"],\"id\":1}";
        String body = start + "x".repeat(size - start.length() - end.length()) + end;
        assertThat(RawHttp.post(url, "/jsonrpc", body)).contains("SESSION_AUTHENTICATION_FAILED");
    }

    @Test
    void badUtf8IsRefused() throws IOException {
        byte[] xml = "<methodCall><methodName>x\u00ff</methodName><params/></methodCall>"
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] bad = "{\"method\":\"x\",\"params\":[\"\u00ff\"],\"id\":1}".getBytes(StandardCharsets.ISO_8859_1);
        try (RawHttp http = new RawHttp(url)) {
            http.send("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + bad.length + "\r\n\r\n");
            http.send(bad);
            assertThat(http.answer()).contains("INVALID_VALUE", "Invalid UTF-8 string in parameter");
            http.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + xml.length + "\r\n\r\n");
            http.send(xml);
            assertThat(http.answer()).startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void theContentTypeDoesNotMatter() throws IOException {
        String body = VALID_JSON.replace("{\"a\":[1,2.5,true,null]}", "\"wrong\"");
        assertThat(RawHttp.exchange(
                        url,
                        "POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body))
                .contains("SESSION_AUTHENTICATION_FAILED");
    }

    @Test
    void whatIsNotHttpIsClosed() throws IOException {
        for (String start :
                List.of("\0\1\2\3\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/9.9\r\n\r\n", "\u0016\u0003\u0001")) {
            try (RawHttp http = new RawHttp(url)) {
                http.send(start);
                http.endOutput();
                assertThat(http.answer()).matches("(?s)(HTTP/1.[01] [45]\\d\\d .*)?");
                assertThat(http.closed()).isTrue();
            }
        }
        try (RawHttp http = new RawHttp(url)) {
            http.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
            assertThat(http.answer()).startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n");
        } catch (java.net.SocketException closedWhileSending) {
            // The answer comes before all is read.
        }
    }

    @Test
    void requestsMayComeTogetherAndTheOutputMayEnd() throws IOException {
        String request = RawHttp.request("/jsonrpc", "{\"method\":\"no.such\",\"params\":[],\"id\":1}");
        try (RawHttp http = new RawHttp(url)) {
            http.send(request.repeat(20));
            http.endOutput();
            for (int i = 0; i < 20; i++) {
                assertThat(http.answer()).contains("MESSAGE_METHOD_UNKNOWN");
            }
            assertThat(http.closed()).isTrue();
        }
    }

    @Test
    void aTruncatedRequestIsForgotten() throws Exception {
        String request = RawHttp.request("/", VALID);
        for (int i = 0; i < request.length(); i += 17) {
            try (RawHttp http = new RawHttp(url)) {
                http.send(request.substring(0, i));
            }
        }
        try (RawHttp http = new RawHttp(url)) {
            http.send(request.substring(0, request.length() - 5));
            http.endOutput();
            assertThat(http.answer()).matches("(?s)(HTTP/1.[01] [45]\\d\\d .*)?");
            assertThat(http.closed()).isTrue();
        }
    }

    @Test
    void mutatedCallsAreAnsweredOrRefused() throws IOException {
        Random random = new Random(20261124);
        int answered = 0;
        for (int i = 0; i < 600; i++) {
            boolean xml = random.nextBoolean();
            byte[] body = mutated((xml ? VALID : VALID_JSON).getBytes(StandardCharsets.UTF_8), random);
            try (RawHttp http = new RawHttp(url)) {
                http.send("POST " + (xml ? "/" : "/jsonrpc") + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length
                        + "\r\n\r\n");
                http.send(body);
                String answer = http.answer();
                assertThat(answer)
                        .as(new String(body, StandardCharsets.ISO_8859_1))
                        .matches("(?s)HTTP/1.1 (200|500) .*");
                answered += answer.startsWith("HTTP/1.1 200") ? 1 : 0;
            }
        }
        assertThat(answered).isBetween(1, 599);
        assertThat(Files.readString(daemon.log())).doesNotContain("failed unexpectedly", "StackOverflow");
    }

    /** The bytes with some changed, removed or doubled. */
    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutant = bytes.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] = (byte) random.nextInt(256);
                case 1 -> mutant = Arrays.copyOf(mutant, at + 1);
                case 2 -> {
                    byte[] shorter = Arrays.copyOf(mutant, mutant.length);
                    int to = Math.min(mutant.length, at + random.nextInt(20));
                    System.arraycopy(mutant, to, shorter, at, mutant.length - to);
                    mutant = Arrays.copyOf(shorter, Math.max(1, mutant.length - (to - at)));
                }
                default -> {
                    byte[] longer = Arrays.copyOf(mutant, mutant.length + mutant.length - at);
                    System.arraycopy(mutant, at, longer, mutant.length, mutant.length - at);
                    mutant = longer;
                }
            }
        }
        return mutant;
    }

    @Test
    void manySlowSendersHoldNobodyUp() throws Exception {
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                RawHttp http = new RawHttp(url);
                slow.add(http);
                http.send(i % 2 == 0 ? "POST / HT" : "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<met");
            }
            for (int i = 0; i < 20; i++) {
                assertThat(json.ok("pool.get_all", session)).hasSize(1);
            }
        } finally {
            for (RawHttp http : slow) {
                http.close();
            }
        }
    }

    @Test
    void garbageInsteadOfTlsIsClosed() throws Exception {
        URI https = URI.create(daemon.endpoint("https"));
        for (String garbage : List.of("POST / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000garbage".repeat(50))) {
            try (RawHttp http = new RawHttp(new java.net.Socket("127.0.0.1", https.getPort()))) {
                http.send(garbage);
                http.endOutput();
                assertThat(drained(http)).isTrue();
            }
        }
    }

    /** Whether the connection is closed after at most an alert. */
    private static boolean drained(RawHttp http) throws IOException {
        for (int i = 0; i < 1000; i++) {
            if (http.closed()) {
                return true;
            }
        }
        return false;
    }
}
