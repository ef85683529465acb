package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.UsersOfRoles;

/**
 * All of docs/roles.md, sent to a running daemon by a user of each role, who has logged in with LDAP. A session without a permission gets
 * RBAC_PERMISSION_DENIED with XAPI's text, whatever else is wrong with the call; no other does. Upstream: rbac.ml,
 * gen_server.ml (the order of the checks), xapi_http.ml.
 */
class RoleWalkTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--host-console", "on");

    private static UsersOfRoles users;
    private static JsonClient json;
    private static Map<String, String> sessions;
    private static Map<String, Set<String>> table;

    @BeforeAll
    static void logIn() throws Exception {
        json = new JsonClient(daemon.http());
        users = new UsersOfRoles(daemon);
        sessions = users.loginAll();
        table = RoleTable.read();
    }

    @AfterAll
    static void stop() {
        users.close();
    }

    @Test
    void eachMessageAndKeyIsForTheRolesOfTheTable() throws Exception {
        Set<String> rest = new HashSet<>(table.keySet());
        rest.removeAll(new RoleWalk(json).check(sessions));
        assertThat(rest).allMatch(p -> p.startsWith("http/") || p.equals("task.destroy/any"));
    }

    @Test
    void eachHttpHandlerIsForTheRolesOfTheTable() throws Exception {
        String root = json.login(daemon.password());
        Set<String> served = new HashSet<>();
        for (HttpAction action : HttpAction.ALL) {
            int status = status(action, action.path(), root);
            if (!action.checked() || status == status(action, "/nowhere", root)) {
                continue;
            }
            served.add(action.name());
            for (Map.Entry<String, String> session : sessions.entrySet()) {
                boolean allowed = table.get(action.permission()).contains(session.getKey());
                assertThat(status(action, action.path(), session.getValue()))
                        .as(action.name() + " as " + session.getKey())
                        .isEqualTo(allowed ? status : 403);
            }
        }
        assertThat(served)
                .contains("get_export", "put_import", "connect_console", "connect_console_ws", "get_pool_xml_db_sync");
    }

    private static int status(HttpAction action, String path, String session) throws IOException {
        String[] headers = action.name().equals("connect_console_ws")
                ? new String[] {
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Protocol: binary"
                }
                : new String[] {"Content-Length: 0"};
        try (Http http = new Http(daemon, action.method(), path + "?session_id=" + session, headers)) {
            return Integer.parseInt(http.head().split(" ")[1]);
        }
    }

    /** console.ml rbac_check_for_control_domain. */
    @Test
    void theConsoleOfTheControlDomainIsForPoolAdmins() throws Exception {
        String root = json.login(daemon.password());
        String host = json.ok("host.get_all", root).get(0).asText();
        String dom0 = json.ok("host.get_control_domain", root, host).asText();
        String text = json.ok("VM.get_consoles", root, dom0).get(0).asText();
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            boolean admin = session.getKey().equals("pool-admin");
            String role = session.getKey();
            assertThat(connect(dom0, session.getValue())).as(role).isEqualTo(admin ? 404 : 403);
            assertThat(connect(text, session.getValue())).as(role).isEqualTo(admin ? 200 : 403);
        }
    }

    private static int connect(String ref, String session) throws IOException {
        try (Http http = new Http(daemon, "CONNECT", "/console?ref=" + ref + "&session_id=" + session)) {
            return Integer.parseInt(http.head().split(" ")[1]);
        }
    }

    /** xapi_http.ml rbac_raise: the task that the request names ends with the missing permission. */
    @Test
    void aRefusedRequestEndsItsTaskWithTheMissingPermission() throws Exception {
        String session = sessions.get("read-only");
        String task = json.ok("task.create", session, "export", "").asText();
        try (Http http =
                new Http(daemon, "GET", "/export?ref=OpaqueRef:none&session_id=" + session + "&task_id=" + task)) {
            assertThat(http.head()).startsWith("HTTP/1.0 403 ");
        }
        assertThat(json.ok("task.get_error_info", session, task))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "RBAC_PERMISSION_DENIED",
                        "http/get_export",
                        "No permission in user session. (Roles with this permission: vm-power-admin, vm-admin,"
                                + " pool-admin, pool-operator)");
    }

    /** gen_server.ml: a message that does not exist is looked for among the extensions, which only some may call. */
    @Test
    void anUnknownMessageNeedsTheRightToCallExtensions() throws Exception {
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            boolean allowed = table.get("host.call_extension").contains(session.getKey());
            assertThat(json.call("no.such_message", List.of(session.getValue()))
                            .path("error")
                            .path("message")
                            .asText())
                    .as(session.getKey())
                    .isEqualTo(allowed ? "MESSAGE_METHOD_UNKNOWN" : "RBAC_PERMISSION_DENIED");
        }
    }

    /** taskHelper.ml assert_op_valid: anybody ends tasks of its own, and pool-operators those of others. */
    @Test
    void aTaskOfAnotherUserIsForPoolOperators() throws Exception {
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            String own = json.ok("task.create", session.getValue(), "own", "").asText();
            json.ok("task.set_progress", session.getValue(), own, 0.5);
            json.ok("task.destroy", session.getValue(), own);
            String root = json.login(daemon.password());
            String task = json.ok("task.create", root, "of root", "").asText();
            String outcome = json.call("task.destroy", List.of(session.getValue(), task))
                    .path("error")
                    .path("data")
                    .path(0)
                    .asText("done");
            boolean allowed = table.get("task.destroy/any").contains(session.getKey());
            assertThat(outcome).as(session.getKey()).isEqualTo(allowed ? "done" : "task.destroy/any");
        }
    }

    /** helpers.ml set_map_with_rbac: a map is replaced by those who may set the protected keys that change. */
    @Test
    void aMapIsReplacedWithTheRightsToItsKeys() throws Exception {
        String root = json.login(daemon.password());
        String template = json.ok("VM.get_by_name_label", root, "Other install media")
                .get(0)
                .asText();
        String vm = json.ok("VM.clone", root, template, "keys").asText();
        Map<String, String> config = Map.of("folder", "/a", "XenCenter.CustomFields.owner", "me");
        String admin = sessions.get("vm-admin");
        json.ok("VM.set_other_config", admin, vm, config);
        JsonNode denied = json.call("VM.set_other_config", List.of(admin, vm, Map.of("pci", "0/0000:81:00.0")))
                .path("error");
        assertThat(denied.path("data").path(0).asText()).isEqualTo("vm.add_to_other_config/key:pci");
        json.ok("VM.add_to_other_config", sessions.get("vm-operator"), vm, "XenCenter.CustomFields.more", "x");
    }

    @Test
    void commandsRunWithTheRightsOfTheirSession() throws Exception {
        ThinClient xe = new ThinClient(daemon.socket());
        Map<String, String> messages = Map.of(
                "network-create",
                "network.create",
                "template-list",
                "VM.get_all_records_where",
                "vm-create",
                "VM.create",
                "secret-list",
                "secret.get_all_records_where");
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            for (Map.Entry<String, String> command : messages.entrySet()) {
                ThinClient.Outcome outcome = xe.run(
                        "session_id=" + session.getValue(), command.getKey(), "name-label=of " + session.getKey());
                boolean allowed = table.get(command.getValue()).contains(session.getKey());
                assertThat(outcome.err().contains("No permission in user session"))
                        .as(command.getKey() + " as " + session.getKey() + ": " + outcome)
                        .isEqualTo(!allowed);
            }
        }
    }

    /** session.rbac_permissions lists what a session may do: the names of its roles and permissions; for root nothing. */
    @Test
    void aSessionListsItsPermissions() throws Exception {
        String session = sessions.get("vm-operator");
        List<String> listed = new ArrayList<>();
        json.ok("session.get_rbac_permissions", session, session).forEach(p -> listed.add(p.asText()));
        assertThat(listed)
                .contains("vm-operator", "vm.start", "http/connect_console", "vm.add_to_other_config/key:folder")
                .doesNotContain("vm.destroy", "task.destroy/any", "vm.add_to_platform/key:hvm_serial");
        String root = json.login(daemon.password());
        assertThat(json.ok("session.get_rbac_permissions", root, root)).isEmpty();
    }
}
