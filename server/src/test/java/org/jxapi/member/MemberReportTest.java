package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.TestDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** The status report and the logs of a host that is another machine than the coordinator. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MemberReportTest {
    private static final String LOG = "jxapid.log";
    private static final int MIB = 1 << 20;

    @TempDir
    static Path folder;

    private static final List<String> planted = new ArrayList<>();
    private static DaemonProcess coordinator;
    private static DaemonProcess member;
    private static Calls calls;
    private static String host;
    private static String uuid;
    private static String master;

    private static DaemonProcess start(String name, String address) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        return DaemonProcess.start(
                own,
                "--http",
                address + ":0",
                "--https",
                address + ":0",
                "--nbd",
                "off",
                "--agent",
                address + ":0",
                "--log-file",
                own.resolve(LOG).toString(),
                "--pam-service",
                "off");
    }

    /** Makes a pool, and plants in a log of the member all secrets that it and the coordinator know. */
    @BeforeAll
    static void join() throws Exception {
        coordinator = start("coordinator", "127.0.0.1");
        member = start("member", "127.0.0.2");
        uuid = XeProcess.ok(member.folder(), "host-list", "--minimal").strip();
        XeProcess.ok(
                member.folder(),
                "pool-join",
                "master-address=127.0.0.1:" + coordinator.https().getPort(),
                "master-username=root",
                "master-password=" + coordinator.password());
        member.awaitReady();
        calls = new Calls(coordinator);
        host = calls.text("host.get_by_uuid", uuid);
        master = calls.text("pool.get_master", calls.first("pool.get_all"));
        Eventually.holds(() -> assertThat(calls.outcome("host.get_system_status_capabilities", host))
                .isEqualTo("ok"));
        String kept = "kept-in-the-database";
        calls.ok("secret.create", Map.of("value", kept, "other_config", Map.of()));
        String login = new ObjectMapper()
                .readTree(member.data().resolve("pool/member.json").toFile())
                .get("secret")
                .asText();
        planted.addAll(List.of(kept, login, coordinator.password(), member.password(), calls.session()));
        StringBuilder log = new StringBuilder("the log of yesterday\n");
        planted.forEach(secret -> log.append("this line has ").append(secret).append(" in it\n"));
        log.append("-----BEGIN PRIVATE KEY-----\nMIIplanted\n-----END PRIVATE KEY-----\n");
        planted.add("MIIplanted");
        Files.writeString(member.folder().resolve(LOG + ".1"), log);
    }

    @AfterAll
    static void stop() {
        member.close();
        coordinator.close();
    }

    private static String at(TestDaemon daemon, String target) throws Exception {
        String separator = target.contains("?") ? "&" : "?";
        try (Http http = new Http(daemon, "GET", target + separator + "session_id=" + calls.session())) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            return new String(http.rest(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void isOfTheMember(String report) {
        assertThat(report)
                .contains("dataDir=" + member.data(), "the log of yesterday", "this line has (hidden) in it")
                .doesNotContain("dataDir=" + coordinator.data());
        planted.forEach(secret -> assertThat(report.contains(secret)).as(secret).isFalse());
    }

    private static void isOfTheCoordinator(String report) {
        assertThat(report).contains("dataDir=" + coordinator.data()).doesNotContain("dataDir=" + member.data());
    }

    @Test
    @Order(1)
    void xeSavesTheReportOfEachHost() throws Exception {
        Path file = folder.resolve("member.tar");
        XeProcess.ok(coordinator.folder(), "host-get-system-status", "uuid=" + uuid, "filename=" + file, "output=tar");
        String report = Files.readString(file, StandardCharsets.ISO_8859_1);
        isOfTheMember(report);
        assertThat(report)
                .contains("/jxapid/version.txt", "\nJava ", "/jxapid/threads.txt", "AgentServer")
                .contains(
                        "/xen/version.txt", "/load/proc-meminfo.txt", "MemTotal:", "/logs/recent.log", "/inventory.txt")
                .as("the database is the pool's")
                .contains("/jxapid/database.xml", "uuid=\"" + uuid + "\"");
        Path other = folder.resolve("coordinator.tar");
        XeProcess.ok(
                member.folder(),
                "host-get-system-status",
                "uuid=" + calls.text("host.get_uuid", master),
                "filename=" + other,
                "entries=xenserver-config",
                "output=tar");
        isOfTheCoordinator(Files.readString(other, StandardCharsets.ISO_8859_1));
        nothingIsLeft();
    }

    @Test
    @Order(1)
    void aRequestIsForTheHostThatItNamesOrArrivesAt() throws Exception {
        String parts = "/system-status?output=tar&entries=xenserver-config,xenserver-logs";
        isOfTheMember(at(member, parts));
        isOfTheMember(at(coordinator, parts + "&host_id=" + host));
        isOfTheCoordinator(at(coordinator, parts));
        isOfTheCoordinator(at(member, parts + "&host_id=" + master));
        assertThat(at(member, "/system-status?list=true"))
                .isEqualTo(calls.text("host.get_system_status_capabilities", host))
                .contains("key=\"xenserver-databases\"");
        assertThat(XeProcess.ok(coordinator.folder(), "host-get-system-status-capabilities", "uuid=" + uuid))
                .contains("key=\"xenserver-logs\"");
    }

    @Test
    @Order(1)
    void xeSavesTheLogsOfEachHost() throws Exception {
        Path file = folder.resolve("logs");
        XeProcess.ok(coordinator.folder(), "host-logs-download", "uuid=" + uuid, "file-name=" + file);
        String logs = unpacked(Files.readAllBytes(file));
        assertThat(logs).contains("logs/jxapid.log.1", "the log of yesterday", "logs/recent.log", "inventory.txt");
        planted.forEach(secret -> assertThat(logs.contains(secret)).as(secret).isFalse());
        assertThat(unpacked(at(member, "/host_logs_download").getBytes(StandardCharsets.ISO_8859_1)))
                .contains("the log of yesterday");
        assertThat(unpacked(at(coordinator, "/host_logs_download").getBytes(StandardCharsets.ISO_8859_1)))
                .contains("logs/recent.log")
                .doesNotContain("the log of yesterday");
    }

    private static String unpacked(byte[] packed) throws Exception {
        return new String(
                new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    @Order(1)
    void theReportOfAMemberIsUploaded() throws Exception {
        BlockingQueue<Map.Entry<String, String>> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", http -> {
            String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            received.add(Map.entry(http.getRequestURI().getPath(), body));
            http.sendResponseHeaders(201, -1);
            http.close();
        });
        server.start();
        try {
            XeProcess.ok(
                    coordinator.folder(),
                    "host-bugreport-upload",
                    "uuid=" + uuid,
                    "url=http://127.0.0.1:" + server.getAddress().getPort() + "/",
                    "http_proxy=");
        } finally {
            server.stop(0);
        }
        Map.Entry<String, String> report = received.poll(1, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        assertThat(report.getKey()).startsWith("/" + uuid + "-");
        isOfTheMember(report.getValue());
        nothingIsLeft();
    }

    @Test
    @Order(1)
    void theThreadsAreThoseOfTheMember() throws Exception {
        assertThat(calls.text("host.get_thread_diagnostics", host))
                .startsWith("digraph Threads {\n")
                .contains("member-timer");
        assertThat(calls.text("host.get_thread_diagnostics", master)).doesNotContain("member-timer");
    }

    /** The client reads so little that the coordinator cannot fetch the next log before the member is killed. */
    @Test
    @Order(2)
    void aMemberThatGoesAwayLeavesAReportThatNamesTheMissingItems() throws Exception {
        String line = "x".repeat(99) + "\n";
        for (int number = 2; number <= 5; number++) {
            Files.writeString(member.folder().resolve(LOG + "." + number), line.repeat(4 * MIB / line.length()));
        }
        String task = calls.text("task.create", "report", "");
        String target = "/system-status?output=tar&entries=xenserver-logs&host_id=" + host + "&session_id="
                + calls.session() + "&task_id=" + task;
        String report;
        try (Http http = new Http(coordinator, "GET", target)) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            http.body(MIB);
            member.kill();
            offline();
            report = new String(http.rest(), StandardCharsets.ISO_8859_1);
        }
        String inventory = report.substring(report.lastIndexOf("xenserver-logs bug-report-"));
        assertThat(report.contains("/logs/jxapid.log.2")).isTrue();
        assertThat(inventory).contains("/logs/recent.log: The host is gone (HOST_OFFLINE). ");
        assertThat(new Uploads(coordinator, calls).ended(task).get("status").asText())
                .isEqualTo("success");
        nothingIsLeft();
    }

    private static void offline() throws Exception {
        Eventually.holds(() ->
                assertThat(calls.outcome("host.get_thread_diagnostics", host)).isEqualTo("HOST_OFFLINE"));
    }

    @Test
    @Order(3)
    void aMemberThatIsAwayHasNoReport() throws Exception {
        for (String message : List.of("host.get_system_status_capabilities", "host.get_thread_diagnostics")) {
            assertThat(calls.error(message, host)).containsExactly("HOST_OFFLINE", host);
        }
        assertThat(calls.error("host.bugreport_upload", host, "http://127.0.0.1:1/", Map.of()))
                .containsExactly("HOST_OFFLINE", host);
        Path file = folder.resolve("none");
        for (List<String> command : List.of(
                List.of("host-get-system-status", "filename=" + file),
                List.of("host-logs-download", "file-name=" + file))) {
            XeProcess run = XeProcess.run(coordinator.folder(), command.get(0), "uuid=" + uuid, command.get(1));
            assertThat(run.status()).isNotZero();
            assertThat(run.said()).contains("host: " + uuid);
            assertThat(file).doesNotExist();
        }
        for (String path : List.of("/system-status", "/host_logs_download")) {
            try (Http http =
                    new Http(coordinator, "GET", path + "?host_id=" + host + "&session_id=" + calls.session())) {
                assertThat(http.head()).contains(" 500 ");
                assertThat(new String(http.rest(), StandardCharsets.UTF_8)).contains("HOST_OFFLINE");
            }
        }
        isOfTheCoordinator(at(coordinator, "/system-status?output=tar"));
    }

    private static void nothingIsLeft() throws Exception {
        for (TestDaemon each : List.of(coordinator, member)) {
            try (Stream<Path> files = Files.list(each.data())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("jxapi-status-"));
            }
        }
    }
}
