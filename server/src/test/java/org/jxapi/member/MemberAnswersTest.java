package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.NpmClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.TlsPeer;
import org.jxapi.harness.XeProcess;

/** A member with {@code answers = members}: its clients get what the coordinator has, whatever protocol they speak. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MemberAnswersTest {
    @TempDir
    static Path folder;

    private static DaemonProcess coordinator;
    private static DaemonProcess member;
    private static JsonClient client;
    private static String session;
    private static String vm;

    private static DaemonProcess start(String name, String address, int port, String answers) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        return DaemonProcess.start(
                own,
                "--http",
                address + ":" + port,
                "--https",
                address + ":" + port(own),
                "--nbd",
                "off",
                "--agent",
                address + ":0",
                "--answers",
                answers,
                "--pam-service",
                "off");
    }

    /** The port for TLS of an earlier start: members know it. */
    private static int port(Path own) throws IOException {
        Path known = own.resolve("port");
        return Files.exists(known) ? Integer.parseInt(Files.readString(known)) : 0;
    }

    @BeforeAll
    static void join() throws Exception {
        coordinator = start("coordinator", "127.0.0.1", 0, "coordinator");
        Files.writeString(
                coordinator.folder().resolve("port"),
                Integer.toString(coordinator.https().getPort()));
        member = start("member", "127.0.0.2", 0, "members");
        XeProcess.ok(
                member.folder(),
                "pool-join",
                "master-address=127.0.0.1:" + coordinator.https().getPort(),
                "master-username=root",
                "master-password=" + coordinator.password());
        member.awaitReady();
        client = new JsonClient(member.http());
        session = client.login(coordinator.password());
        String template =
                ok("VM.get_by_name_label", "Other install media").get(0).asText();
        vm = ok("VM.clone", template, "passed").asText();
        client.ok("VM.provision", session, vm);
    }

    @AfterAll
    static void stop() {
        member.close();
        coordinator.close();
    }

    private static JsonNode ok(String message, Object... params) throws Exception {
        List<Object> all = new ArrayList<>(List.of(session));
        all.addAll(List.of(params));
        return client.ok(message, all.toArray());
    }

    @Test
    @Order(1)
    void aSessionOfTheMemberIsOneOfTheCoordinator() throws Exception {
        JsonClient there = new JsonClient(coordinator.http());
        assertThat(there.ok("VM.get_name_label", session, vm).asText()).isEqualTo("passed");
        String call = "<?xml version=\"1.0\"?><methodCall><methodName>VM.get_name_label</methodName><params><param>"
                + "<value><string>" + session + "</string></value></param><param><value><string>" + vm
                + "</string></value></param></params></methodCall>";
        try (RawHttp http = new RawHttp(member.http())) {
            for (int i = 0; i < 3; i++) {
                http.send(RawHttp.request("/", call));
                assertThat(http.answer()).startsWith("HTTP/1.1 200 OK").contains("<value>passed</value>");
            }
        }
        try (RawHttp tls = new RawHttp(TlsPeer.connect(member.https()))) {
            tls.send(RawHttp.request("/RPC2", call));
            assertThat(tls.answer()).contains("<value>passed</value>");
        }
    }

    @Test
    @Order(1)
    void aLongRequestAndALongAnswerArriveWhole() throws Exception {
        String text = "long ".repeat(200_000);
        ok("VM.set_name_description", vm, text);
        assertThat(ok("VM.get_name_description", vm).asText()).isEqualTo(text);
        assertThat(ok("VM.get_record", vm).get("uuid").asText()).hasSize(36);
        ok("VM.set_name_description", vm, "");
    }

    @Test
    @Order(1)
    void eventsArrive() throws Exception {
        String token = ok("event.from", List.of("vm"), "", 0.0).get("token").asText();
        CompletableFuture<JsonNode> waits = CompletableFuture.supplyAsync(() -> {
            try {
                return ok("event.from", List.of("vm"), token, 30.0);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        new JsonClient(coordinator.http()).ok("VM.set_name_description", session, vm, "changed");
        assertThat(waits.get(30, TimeUnit.SECONDS).get("events").toString()).contains("changed");
    }

    @Test
    @Order(2)
    void filesGoBothWays() throws Exception {
        byte[] archive;
        try (Http get = new Http(member, "GET", "/export?ref=" + vm + "&session_id=" + session)) {
            assertThat(get.head()).contains("200 OK");
            archive = get.rest();
        }
        assertThat(archive.length).isGreaterThan(10_000);
        int before = ok("VM.get_by_name_label", "passed").size();
        try (Http put = new Http(
                member,
                "PUT",
                "/import?session_id=" + session,
                "Content-Length: " + archive.length,
                "Expect: 100-continue")) {
            assertThat(put.head()).contains("100 Continue");
            assertThat(put.head()).contains("200 OK");
            put.send(archive);
            put.rest();
        }
        Eventually.holds(
                () -> assertThat(ok("VM.get_by_name_label", "passed").size()).isEqualTo(before + 1));
    }

    @Test
    @Order(2)
    void consolesOpen() throws Exception {
        client.ok("VM.start", session, vm, false, false);
        String console = ok("VM.get_consoles", vm).get(0).asText();
        String target = "/console?ref=" + console + "&session_id=" + session;
        try (Http connect = new Http(member, "CONNECT", target)) {
            assertThat(connect.head()).contains("200 OK");
            assertThat(new String(connect.body(3), StandardCharsets.US_ASCII)).isEqualTo("RFB");
        }
        CompletableFuture<byte[]> first = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("binary")
                .buildAsync(
                        URI.create(member.http().toString().replaceFirst("http", "ws") + target.substring(1)),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onBinary(
                                    WebSocket webSocket, java.nio.ByteBuffer data, boolean last) {
                                byte[] bytes = new byte[data.remaining()];
                                data.get(bytes);
                                first.complete(bytes);
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        assertThat(new String(first.get(30, TimeUnit.SECONDS), StandardCharsets.US_ASCII))
                .startsWith("RFB");
        socket.abort();
    }

    @Test
    @Order(2)
    void aBrowserFollowsEvents() throws Exception {
        HttpResponse<InputStream> events = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(member.http() + "events?classes=vm&session_id=" + session))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(events.statusCode()).isEqualTo(200);
        try (InputStream body = events.body()) {
            assertThat(new String(body.readNBytes(200), StandardCharsets.UTF_8)).contains("data:");
        }
    }

    @Test
    @Order(3)
    void xenOrchestrasClientWorksAtTheMember() throws Exception {
        Program.Ran node = NpmClient.life(member.http().toString(), coordinator.password(), "json-rpc");
        assertThat(node.status()).as(node.output()).isZero();
        assertThat(node.output()).contains("life: well");
    }

    @Test
    @Order(3)
    void rootOfTheMemberWorksAtTheCoordinatorAlsoWithFiles() throws Exception {
        assertThat(XeProcess.ok(member.folder(), "host-list", "--minimal").split(","))
                .hasSize(2);
        String uuid = ok("VM.get_uuid", vm).asText();
        Path file = folder.resolve("passed.xva");
        XeProcess.ok(member.folder(), "vm-shutdown", "uuid=" + uuid, "--force");
        XeProcess.ok(member.folder(), "vm-export", "uuid=" + uuid, "filename=" + file);
        assertThat(file).isNotEmptyFile();
        assertThat(XeProcess.ok(member.folder(), "vm-import", "filename=" + file)
                        .strip())
                .hasSize(36);
    }

    @Test
    @Order(3)
    void theCoordinatorKnowsTheClientsAddress() throws Exception {
        String call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.login_with_password\",\"params\":"
                + "[\"root\",\"wrong\",\"1.0\",\"test\"]}";
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.77", 0));
            socket.connect(
                    new InetSocketAddress(member.http().getHost(), member.http().getPort()));
            try (RawHttp http = new RawHttp(socket)) {
                http.send("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nForwarded: for=_unix\r\nContent-Length: "
                        + call.length() + "\r\n\r\n" + call);
                assertThat(http.answer()).contains("SESSION_AUTHENTICATION_FAILED");
            }
        }
        assertThat(Files.readString(coordinator.log())).contains("127.0.0.77");
    }

    @Test
    @Order(3)
    void onlyAMemberOpensATunnel() throws Exception {
        for (String head : List.of(
                "jxapi-member: OpaqueRef:none\r\nauthorization: Bearer x\r\nforwarded: for=_unix\r\n",
                "authorization: Basic cm9vdDpyb290\r\nforwarded: for=_unix\r\n",
                "")) {
            assertThat(RawHttp.exchange(coordinator.http(), "CONNECT /tunnel HTTP/1.1\r\n" + head + "\r\n"))
                    .startsWith("HTTP/1.1 404");
            assertThat(RawHttp.exchange(member.http(), "CONNECT /tunnel HTTP/1.1\r\n" + head + "\r\n"))
                    .startsWith("HTTP/1.1 404");
        }
    }

    @Test
    @Order(3)
    void whatOnlyTheMemberKnowsStaysThere() throws Exception {
        assertThat(ok("VM.get_name_label", vm).asText())
                .as("on the same connection")
                .isEqualTo("passed");
        String own = client.ok("session.slave_local_login_with_password", "root", member.password())
                .asText();
        assertThat(client.ok("pool.is_slave", own, "").asBoolean()).isTrue();
        assertThat(RawHttp.exchange(member.http(), "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        XeProcess.ok(member.folder(), "pool-emergency-reset-master", "master-address=127.0.0.1");
        assertThat(ok("VM.get_name_label", vm).asText()).isEqualTo("passed");
    }

    @Test
    @Order(4)
    void aConnectionCanGoToTheCoordinatorAndThenToTheMember() throws Exception {
        String passed = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"VM.get_name_label\",\"params\":[\"" + session
                + "\",\"" + vm + "\"]}";
        String own = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"pool.is_slave\",\"params\":[\"none\",\"\"]}";
        for (int i = 0; i < 200; i++) {
            try (RawHttp http = new RawHttp(member.http())) {
                http.send(RawHttp.request("/jsonrpc", passed));
                assertThat(http.answer()).contains("\"result\":\"passed\"");
                http.send(RawHttp.request("/jsonrpc", passed));
                assertThat(http.answer()).contains("\"result\":\"passed\"");
                http.send(RawHttp.request("/jsonrpc", own));
                assertThat(http.answer()).contains("SESSION_INVALID").containsIgnoringCase("connection: close");
            }
        }
    }

    @Test
    @Order(4)
    void silentClientsKeepNobodyWaiting() throws Exception {
        List<RawHttp> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawHttp http = new RawHttp(member.http());
                silent.add(http);
                http.send(i % 2 == 0 ? "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" : "GET /");
            }
            assertThat(ok("VM.get_name_label", vm).asText()).isEqualTo("passed");
        } finally {
            for (RawHttp http : silent) {
                http.close();
            }
        }
    }

    @Test
    @Order(5)
    void theMemberSaysWhereTheCoordinatorIsWhileThatIsAway() throws Exception {
        coordinator.kill();
        JsonNode refused = new JsonClient(member.http()).call("VM.get_all", List.of(session));
        assertThat(refused.at("/error/message").asText()).isEqualTo("HOST_IS_SLAVE");
        assertThat(refused.at("/error/data/0").asText()).isEqualTo("127.0.0.1");
        assertThat(XeProcess.run(member.folder(), "host-list").said()).contains("host: 127.0.0.1");
        coordinator = start("coordinator", "127.0.0.1", coordinator.http().getPort(), "coordinator");
        session = new JsonClient(coordinator.http()).login(coordinator.password());
        Eventually.holds(() -> assertThat(client.call("VM.get_name_label", List.of(session, vm))
                        .path("result")
                        .asText())
                .isEqualTo("passed"));
    }
}
