package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Host;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.NpmClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.XeProcess;

/** Two daemons, each in a process of its own: one joins the pool of the other, works in it, and leaves. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoolJoinTest {
    @TempDir
    static Path folder;

    private static DaemonProcess coordinator;
    private static DaemonProcess member;
    private static Calls calls;
    private static int port;
    private static String host;
    private static String vm;

    /** @param port of plain HTTP: clients look for the coordinator at the port of the member that sent them there */
    private static DaemonProcess start(String name, String address, int port) throws Exception {
        Path own = folder.resolve(name);
        Files.createDirectories(own);
        return DaemonProcess.start(
                own,
                "--http",
                address + ":" + port,
                "--https",
                address + ":0",
                "--nbd",
                "off",
                "--agent",
                address + ":0",
                "--pam-service",
                "off");
    }

    @BeforeAll
    static void startBoth() throws Exception {
        coordinator = start("coordinator", "127.0.0.1", 0);
        port = coordinator.http().getPort();
        member = start("member", "127.0.0.2", port);
        calls = new Calls(coordinator);
    }

    @AfterAll
    static void stop() {
        member.close();
        coordinator.close();
    }

    private static String[] join(String password) {
        return new String[] {
            "pool-join",
            "master-address=127.0.0.1:" + coordinator.https().getPort(),
            "master-username=root",
            "master-password=" + password
        };
    }

    @Test
    @Order(1)
    void aWrongPasswordAndAWrongAddressChangeNothing() throws Exception {
        Calls own = new Calls(member);
        String address = "127.0.0.1:" + coordinator.https().getPort();
        assertThat(own.error("pool.join", address, "root", "wrong")).startsWith("SESSION_AUTHENTICATION_FAILED");
        for (String none : List.of(
                "127.0.0.1:1",
                "127.0.0.1:99999",
                "-1",
                "1e999",
                "a%",
                "[::1",
                "[a]",
                "",
                "a b",
                "a.",
                "a".repeat(64),
                "fe80::1%lo")) {
            assertThat(own.error("pool.join", none, "root", "wrong"))
                    .as(none)
                    .containsExactly("JOINING_HOST_CONNECTION_FAILED");
        }
        String itself = "127.0.0.2:" + member.https().getPort();
        assertThat(own.error("pool.join", itself, "root", member.password()))
                .containsExactly("OPERATION_NOT_ALLOWED", "Host cannot become slave of itself");
        assertThat(own.list("host.get_all")).hasSize(1);
    }

    @Test
    @Order(2)
    void aHostWithARunningVmIsRefused() throws Exception {
        Calls own = new Calls(member);
        String running = own.vm("busy");
        own.ok("VM.start", running, false, false);
        assertThat(own.error("pool.join", "127.0.0.1:" + coordinator.https().getPort(), "root", coordinator.password()))
                .containsExactly("JOINING_HOST_CANNOT_HAVE_RUNNING_VMS");
        own.ok("VM.hard_shutdown", running);
        assertThat(calls.list("host.get_all")).hasSize(1);
    }

    @Test
    @Order(3)
    void aHostJoinsWithItsVmsAndItsStorage() throws Exception {
        Calls own = new Calls(member);
        String uuid = own.text("host.get_uuid", own.first("host.get_all"));
        String disk = own.vdi(own.first("SR.get_by_name_label", "Local storage"), 1 << 20);
        vm = own.first("VM.get_by_name_label", "busy");
        own.ok("VBD.create", Calls.vbdRecord(vm, disk));
        for (Calls side : List.of(calls, own, calls, own)) {
            side.ok("network.create", Map.of("name_label", "internal", "other_config", Map.of(), "managed", true));
        }
        XeProcess.ok(member.folder(), join(coordinator.password()));
        member.awaitReady();
        host = calls.text("host.get_by_uuid", uuid);
        Eventually.holds(() -> assertThat(live()).isTrue());
        assertThat(calls.list("host.get_all")).hasSize(2);
        assertThat(calls.text("VM.get_name_label", vm)).isEqualTo("busy");
        assertThat(calls.text("VDI.get_uuid", disk)).isNotEmpty();
        assertThat(calls.list("SR.get_by_name_label", "Local storage")).hasSize(2);
        assertThat(calls.text("host.get_address", host)).isEqualTo("127.0.0.2");
        assertThat(calls.list("network.get_by_name_label", "Host internal management network"))
                .hasSize(1);
        assertThat(calls.list("network.get_by_name_label", "internal")).hasSize(4);
        List<String> bridges = new ArrayList<>();
        for (JsonNode network : calls.ok("network.get_all_records")) {
            bridges.add(network.get("bridge").asText());
        }
        assertThat(bridges).doesNotHaveDuplicates();
    }

    private static boolean live() throws Exception {
        return calls.ok("host_metrics.get_live", calls.text("host.get_metrics", host))
                        .asBoolean()
                && calls.ok("host.get_enabled", host).asBoolean();
    }

    @Test
    @Order(4)
    void aMemberSendsClientsToTheCoordinatorAndItsOwnRootWorksThere() throws Exception {
        JsonNode error = new JsonClient(member.http())
                .call("session.login_with_password", List.of("root", member.password(), "1.0", "test"))
                .get("error");
        assertThat(error.get("message").asText()).isEqualTo("HOST_IS_SLAVE");
        assertThat(error.get("data").get(0).asText()).isEqualTo("127.0.0.1");
        assertThat(XeProcess.ok(member.folder(), "host-list", "--minimal").split(","))
                .hasSize(2);
    }

    @Test
    @Order(5)
    void xeFollowsAMemberToTheCoordinator() throws Exception {
        List<String> words = List.of(
                "host-list",
                "--minimal",
                "--nossl",
                "-s",
                "127.0.0.2",
                "-p",
                Integer.toString(port),
                "-u",
                "root",
                "-pw",
                coordinator.password());
        assertThat(XeProcess.ok(member.folder(), words.toArray(String[]::new)).split(","))
                .hasSize(2);
        // As XAPI's own client would: it gets the error as a text.
        byte[] body = ("host-list\nusername=root\npassword=" + coordinator.password()).getBytes(StandardCharsets.UTF_8);
        try (RawHttp other = new RawHttp(member.http())) {
            other.send("POST /cli HTTP/1.0\r\ncontent-length: " + body.length + "\r\n\r\n");
            other.send(body);
            other.endOutput();
            assertThat(new String(other.rest(), StandardCharsets.UTF_8))
                    .contains("127.0.0.1")
                    .doesNotContain("HOST_IS_SLAVE");
        }
    }

    @Test
    @Order(5)
    void theOfficialJavaSdkFollowsAMemberToTheCoordinator() throws Exception {
        Connection wrong = new Connection(member.http());
        Types.HostIsSlave moved = catchThrowableOfType(
                Types.HostIsSlave.class,
                () -> Session.loginWithPassword(wrong, "root", coordinator.password(), "1.0", "test"));
        URL there = new URL("http", moved.masterIPAddress, port, "/");
        Connection right = new Connection(there);
        Session.loginWithPassword(right, "root", coordinator.password(), "1.0", "test");
        assertThat(Host.getAll(right)).hasSize(2);
        Session.logout(right);
    }

    @Test
    @Order(5)
    void xenOrchestrasClientFollowsAMemberToTheCoordinator() throws Exception {
        Program.Ran node = NpmClient.life(member.http().toString(), coordinator.password(), "json-rpc");
        assertThat(node.status()).as(node.output()).isZero();
        assertThat(node.output()).contains("life: well");
    }

    @Test
    @Order(5)
    void anAdministratorOfTheMemberItselfGivesItAnotherCoordinator() throws Exception {
        JsonClient own = new JsonClient(member.http());
        JsonNode refused = own.call("session.slave_local_login_with_password", List.of("root", "wrong"));
        assertThat(refused.at("/error/message").asText()).isEqualTo("SESSION_AUTHENTICATION_FAILED");
        String session = own.ok("session.slave_local_login_with_password", "root", member.password())
                .asText();
        assertThat(own.ok("pool.is_slave", session, host).asBoolean()).isTrue();
        assertThat(own.call("pool.emergency_reset_master", List.of("none", "127.0.0.9"))
                        .at("/error/message")
                        .asText())
                .isEqualTo("SESSION_INVALID");
        own.ok("pool.emergency_reset_master", session, "localhost");
        assertThat(own.call("VM.get_all", List.of(session)).at("/error/data/0").asText())
                .isEqualTo("localhost");
        XeProcess.ok(member.folder(), "pool-emergency-reset-master", "master-address=127.0.0.1");
        assertThat(own.call("VM.get_all", List.of(session)).at("/error/data/0").asText())
                .isEqualTo("127.0.0.1");
    }

    @Test
    @Order(5)
    void theCoordinatorStaysOneInEmergencies() throws Exception {
        calls.ok("pool.emergency_transition_to_master");
        assertThat(XeProcess.ok(coordinator.folder(), "pool-emergency-transition-to-master", "--force"))
                .contains("is master");
        assertThat(calls.error("pool.emergency_reset_master", "127.0.0.9").get(0))
                .isEqualTo("OPERATION_NOT_ALLOWED");
        assertThat(calls.list("pool.recover_slaves")).containsExactly(host);
    }

    @Test
    @Order(5)
    void aVmStartsOnTheMember() throws Exception {
        calls.ok("VM.start_on", vm, host, false, false);
        assertThat(calls.text("VM.get_resident_on", vm)).isEqualTo(host);
        assertThat(calls.error("pool.eject", host)).containsExactly("OPERATION_NOT_ALLOWED", "VM resident on host");
    }

    @Test
    @Order(6)
    void consolesAndMeasurementsAreThereWhereClientsLookForThem() throws Exception {
        String session = new JsonClient(coordinator.http()).login(coordinator.password());
        String console = calls.list("VM.get_consoles", vm).get(0);
        URI location = URI.create(calls.text("console.get_location", console));
        assertThat(location.getHost())
                .as("XAPI's clients go to the host of the VM")
                .isEqualTo("127.0.0.2");
        try (Http connect = new Http(
                member, "CONNECT", location.getPath() + "?" + location.getQuery() + "&session_id=" + session)) {
            assertThat(connect.head()).contains("200 OK");
            assertThat(new String(connect.body(3), StandardCharsets.US_ASCII)).isEqualTo("RFB");
        }
        String own = calls.text("host.get_uuid", host);
        String master = calls.text("pool.get_master", calls.first("pool.get_all"));
        String other = calls.text("host.get_uuid", master);
        String uuid = calls.text("VM.get_uuid", vm);
        Eventually.holds(() -> {
            String updates = get(member, "/rrd_updates?start=0&host=true&session_id=" + session);
            assertThat(updates).contains("host:" + own).contains("vm:" + uuid).doesNotContain("host:" + other);
        });
        assertThat(get(member, "/host_rrd?session_id=" + session))
                .isNotEqualTo(get(coordinator, "/host_rrd?session_id=" + session));
    }

    /** Not XAPI's way, whose members save and restore themselves. */
    @Test
    @Order(6)
    void aMemberIsNotSavedAndACoordinatorOfMembersNotRestored() throws Exception {
        String session = new JsonClient(coordinator.http()).login(coordinator.password());
        try (Http get = new Http(member, "GET", "/host_backup?session_id=" + session)) {
            assertThat(get.head()).contains(" 501 ");
        }
        try (Http put = new Http(member, "PUT", "/host_restore?session_id=" + session, "content-length: 10")) {
            assertThat(put.head()).contains(" 501 ");
        }
        Path file = folder.resolve("host.backup");
        String uuid = "uuid=" + calls.text("host.get_uuid", host);
        for (String command : List.of("host-backup", "host-restore")) {
            XeProcess xe = XeProcess.run(coordinator.folder(), command, "file-name=" + file, uuid);
            assertThat(xe.status()).isEqualTo(1);
            assertThat(xe.said()).contains("is a member of a pool");
        }
        String master = calls.text("pool.get_master", calls.first("pool.get_all"));
        String own = "uuid=" + calls.text("host.get_uuid", master);
        XeProcess.ok(coordinator.folder(), "host-backup", "file-name=" + file, own);
        XeProcess restore = XeProcess.run(coordinator.folder(), "host-restore", "file-name=" + file, own);
        assertThat(restore.status()).isEqualTo(1);
        assertThat(restore.said()).contains("Other hosts are members of this pool");
    }

    private static String get(DaemonProcess daemon, String target) throws Exception {
        try (Http get = new Http(daemon, "GET", target)) {
            assertThat(get.head()).contains("200 OK");
            return new String(get.rest(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Order(6)
    void theMembersOwnStorageIsReachedThroughItsAgent() throws Exception {
        List<String> local = new ArrayList<>();
        for (String pbd : calls.list("host.get_PBDs", host)) {
            String sr = calls.text("PBD.get_SR", pbd);
            if (calls.text("SR.get_name_label", sr).equals("Local storage")) {
                local.add(sr);
                Eventually.holds(() -> assertThat(
                                calls.ok("PBD.get_currently_attached", pbd).asBoolean())
                        .isTrue());
            }
        }
        assertThat(local).hasSize(1);
        String made = calls.vdi(local.get(0), 1 << 20);
        String uuid = calls.text("VDI.get_uuid", made);
        assertThat(files(member.data().resolve("storage"))).anyMatch(name -> name.contains(uuid));
        assertThat(files(coordinator.data().resolve("storage"))).noneMatch(name -> name.contains(uuid));
        calls.ok("VDI.destroy", made);
        assertThat(files(member.data().resolve("storage"))).noneMatch(name -> name.contains(uuid));
    }

    private static List<String> files(Path folder) throws Exception {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    @Order(7)
    void guestsOutliveTheDaemonOfTheirHostAndTheCoordinator() throws Exception {
        member.kill();
        Eventually.holds(() -> assertThat(calls.error("VM.pause", vm)).containsExactly("HOST_OFFLINE", host));
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        coordinator.kill();
        Path former = coordinator.data().resolve("pool/hosts");
        assertThat(former).as("the database has what is known of members").doesNotExist();
        Files.createDirectories(former);
        Path left = Files.writeString(
                former.resolve("none.json"),
                "{\"uuid\":\"none\",\"address\":\"127.0.0.1\",\"port\":1,\"certificate\":\"\",\"secret\":\"\"}");
        coordinator = start("coordinator", "127.0.0.1", port);
        assertThat(left).as("it moves into the database").doesNotExist();
        calls = new Calls(coordinator);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        member = start("member", "127.0.0.2", port);
        Eventually.holds(
                () -> assertThat(calls.answer("VM.pause", vm).has("error")).isFalse());
        calls.ok("VM.unpause", vm);
        calls.ok("VM.clean_shutdown", vm);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
    }

    @Test
    @Order(8)
    void anEjectedHostIsTheCoordinatorOfAPoolOfItsOwn() throws Exception {
        String uuid = calls.text("host.get_uuid", host);
        calls.ok("pool.eject", host);
        member.awaitReady();
        Calls own = new Calls(member);
        assertThat(own.list("host.get_all")).hasSize(1);
        assertThat(own.list("VM.get_by_name_label", "busy")).isEmpty();
        assertThat(calls.list("host.get_all")).hasSize(1);
        assertThat(calls.error("host.get_by_uuid", uuid)).startsWith("UUID_INVALID");
        List<String> left = new ArrayList<>();
        JsonNode pifs = calls.ok("PIF.get_all_records");
        pifs.fields()
                .forEachRemaining(pif -> left.add(pif.getValue().get("host").asText()));
        assertThat(left).doesNotContain(host);
        assertThat(Map.of("pbds", calls.ok("PBD.get_all_records").toString()).get("pbds"))
                .doesNotContain(host);
    }
}
