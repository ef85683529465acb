package org.jxapi.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.PlausibleCalls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.UsersOfRoles;
import org.jxapi.xenapi.XenModel;

/** The audit log of a running daemon. Upstream: ocaml/xapi/rbac_audit.ml, ocaml/xapi/audit_log.ml. */
class AuditLogTest {
    private static final String SECRET = "hunter2-hunter2";

    /** Names, and the parameters that XAPI records of single calls. */
    private static final Set<String> RECORDED = Set.of(
            "name",
            "label",
            "description",
            "name_label",
            "name_description",
            "new_name",
            "body",
            "subject_identifier",
            "master_address",
            "service_name",
            "auth_type",
            "value of host.set_address",
            "hostname",
            "address",
            "external_auth_type",
            "external_auth_service_name",
            "edition",
            "device",
            "vLAN",
            "ha_restart_priority");

    @TempDir
    static Path folder;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static UsersOfRoles users;
    private static JsonClient json;
    private static Map<String, String> sessions;
    private static String root;
    private static String vm;
    private static String uuid;

    @BeforeAll
    static void start() throws Exception {
        json = new JsonClient(daemon.http());
        users = new UsersOfRoles(daemon);
        sessions = users.loginAll();
        root = json.login(daemon.password());
        String template = json.ok("VM.get_by_name_label", root, "Other install media")
                .get(0)
                .asText();
        vm = json.ok("VM.clone", root, template, "it's audited").asText();
        uuid = json.ok("VM.get_uuid", root, vm).asText();
    }

    @AfterAll
    static void stop() {
        users.close();
    }

    private static String log(String session, String query) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(daemon.http() + "audit_log?session_id=" + session + query))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map()).as(answer.toString()).containsEntry("content-type", List.of("text/plain"));
        return answer.body();
    }

    /** The records that have all these texts. */
    private static List<String> records(String... texts) throws Exception {
        return log(root, "")
                .lines()
                .filter(line -> List.of(texts).stream().allMatch(line::contains))
                .toList();
    }

    private static String track(String session) throws Exception {
        byte[] hash = MessageDigest.getInstance("MD5").digest(session.getBytes(StandardCharsets.UTF_8));
        return "trackid=" + HexFormat.of().formatHex(hash);
    }

    @Test
    void aCallThatChangesSomethingIsRecordedWithItsUserObjectAndOutcome() throws Exception {
        json.ok("VM.set_name_description", root, vm, "changed");
        json.ok("VM.get_record", root, vm);
        assertThat(records("'VM.set_name_description'"))
                .singleElement()
                .asString()
                .matches("\\[\\d{8}T\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\\|audit\\|\\|\\d+ 127\\.0\\.0\\.1\\|"
                        + "VM\\.set_name_description\\|audit\\] .*")
                .endsWith(" ('" + track(root) + "' 'LOCAL_SUPERUSER' 'root' 'ALLOWED' 'OK' 'API'"
                        + " 'VM.set_name_description' (('self' 'it\\\\'s audited' '" + uuid + "' '" + vm + "')))");
        assertThat(records("VM.get_record")).isEmpty();
        json.call("VM.start", List.of(root, "OpaqueRef:" + uuid, true, false));
        assertThat(records("'VM.start'", "OpaqueRef:" + uuid))
                .singleElement()
                .asString()
                .contains("'ALLOWED' 'ERROR:HANDLE_INVALID: [ VM; OpaqueRef:" + uuid + " ]' 'API' 'VM.start'"
                        + " (('vm' '' '' 'OpaqueRef:" + uuid + "') ('start_paused' 'B(true)' '' '')"
                        + " ('force' 'B(false)' '' ''))");
        assertThat(records("|VM.clone R:", "('new_name' 'it\\\\'s audited' '' '')"))
                .hasSize(1);
    }

    @Test
    void aCallWithoutTheRightIsRecordedAsDenied() throws Exception {
        String session = sessions.get("read-only");
        json.call("VM.destroy", List.of(session, vm));
        assertThat(records("'VM.destroy'", track(session)))
                .singleElement()
                .asString()
                .endsWith("('" + track(session) + "' '" + users.identifier("read-only")
                        + "' 'read-only' 'DENIED' '' 'API' 'VM.destroy'" + " (('self' 'it\\\\'s audited' '" + uuid
                        + "' '" + vm + "')))");
    }

    @Test
    void anObjectThatIsDestroyedKeepsItsNameInTheRecord() throws Exception {
        String network = json.ok(
                        "network.create",
                        root,
                        Map.of("name_label", "short-lived", "name_description", "", "other_config", Map.of()))
                .asText();
        json.ok("network.destroy", root, network);
        assertThat(records("'network.create'", "('name_label' 'short-lived' '' '')"))
                .hasSize(1);
        assertThat(records("'network.destroy'", "('self' 'short-lived' '", network))
                .hasSize(1);
    }

    @Test
    void requestsAreRecordedToo() throws Exception {
        String session = sessions.get("vm-operator");
        String target = "/export?uuid=" + uuid + "&session_id=";
        try (Http http = new Http(daemon, "GET", target + session)) {
            assertThat(http.head()).contains(" 403 ");
        }
        assertThat(records("'HTTP' 'http/get_export'", track(session)))
                .singleElement()
                .asString()
                .contains("'DENIED' '' 'HTTP' 'http/get_export' (('uuid' 'it\\\\'s audited' '" + uuid + "' '" + vm
                        + "'))");
        try (Http http = new Http(daemon, "CONNECT", "/console?uuid=" + uuid + "&session_id=" + root)) {
            assertThat(http.head()).contains(" 500 ");
        }
        assertThat(records("'ALLOWED' 'ERROR:INTERNAL_ERROR", "'HTTP' 'http/connect_console'"))
                .hasSize(1);
        try (Http http = new Http(daemon, "GET", "/rrd_updates?start=0&session_id=" + root)) {
            http.head();
        }
        assertThat(records("http/rrd_updates")).isEmpty();
    }

    @Test
    void usersOtherThanRootHaveRecordsOfTheirLogins() throws Exception {
        String session = sessions.get("vm-power-admin");
        assertThat(records("'session.create'", track(session)))
                .singleElement()
                .asString()
                .contains("'" + users.identifier("vm-power-admin")
                        + "' 'vm-power-admin' 'ALLOWED' 'OK' 'API' 'session.create'"
                        + " (('uname' 'vm-power-admin' '' '') ('originator' ");
        json.ok("session.logout", session);
        assertThat(records("'session.destroy'", track(session))).hasSize(1);
        assertThat(records("session.logout")).isEmpty();
    }

    @Test
    void theLogIsReadFromATimeOn() throws Exception {
        json.ok("VM.add_tags", root, vm, "before");
        String all = log(root, "");
        String last = AuditLine.time(all.lines().reduce((a, b) -> b).orElseThrow());
        String since = last.substring(0, 4) + "-" + last.substring(4, 6) + "-" + last.substring(6) + "Z";
        assertThat(log(root, "&since=" + since)).contains(last).hasSizeLessThan(all.length());
        assertThat(log(root, "&since=2999-01-01")).isEmpty();
        assertThat(log(sessions.get("read-only"), "")).contains("VM.add_tags");
        try (Http http = new Http(daemon, "GET", "/audit_log")) {
            assertThat(http.head()).contains(" 401 ").contains("Basic realm=\"get_audit_log\"");
        }
    }

    @Test
    void aCommandSavesIt() throws Exception {
        json.ok("VM.add_tags", root, vm, "saved");
        Path saved = folder.resolve("saved");
        ProcessBuilder xe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.jxapi.xe.Xe",
                        "audit-log-get",
                        "filename=" + saved,
                        "since=2020-01-01")
                .redirectErrorStream(true);
        xe.environment().put("JXAPI_SOCKET", daemon.socket().toString());
        xe.environment().put("HOME", folder.toString());
        xe.environment().remove("XE_EXTRA_ARGS");
        Process process = xe.start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("audit-log-get (since \"2020-01-01\") into file " + saved + " succeeded");
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(saved)).contains("'VM.add_tags'");
    }

    @Test
    void onlyTheDaemonsUserReadsTheFile() throws Exception {
        Path file = daemon.data().resolve("audit.log");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(records("x")).isNotEmpty();
        assertThat(Files.readString(file)).contains("VM.clone");
    }

    /** Parameters of the right types, in which each text that is not recorded, and each map, has the secret. */
    private static List<Object> secretParams(MessageModel message, String session) {
        List<Object> params = PlausibleCalls.params(message, session, Map.of());
        for (int i = 0; i < message.params().size(); i++) {
            String name = message.params().get(i).name();
            boolean recorded = RECORDED.contains(name) || RECORDED.contains(name + " of " + message.fullName());
            params.set(i + 1, recorded ? params.get(i + 1) : secret(params.get(i + 1)));
        }
        return params;
    }

    private static Object secret(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(name, RECORDED.contains(name) ? member : secret(member)));
            return map.isEmpty() ? Map.of("password", SECRET) : members;
        }
        return "text".equals(value) ? SECRET : value;
    }

    /** Every text of every call that is no name may be a password: none is in the log, whether the call succeeds or not. */
    @Test
    void noTextOfACallIsInTheLogExceptNames() throws Exception {
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                if (message.session()
                        && !message.params().isEmpty()
                        && !message.poolInternal()
                        && !message.name().startsWith("get")) {
                    String session = json.login(daemon.password());
                    json.call(message.fullName(), secretParams(message, session));
                }
            }
        }
        String log = log(json.login(daemon.password()), "");
        assertThat(log).contains("'session.change_password'", "'secret.create'", "'PBD.create'", "'pool.join'");
        assertThat(log.lines().filter(line -> line.contains(SECRET))).isEmpty();
        assertThat(log).doesNotContain(root);
    }
}
