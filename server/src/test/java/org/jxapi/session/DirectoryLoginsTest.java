package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.LdapServer;
import org.jxapi.harness.LoginTries;
import org.jxapi.harness.RoleProbes;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Users of an LDAP server log in: login_with_password in ocaml/xapi/xapi_session.ml, xapi_pool.ml, xapi_subject.ml. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DirectoryLoginsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final LoginTries logins = new LoginTries(daemon);
    private static LdapServer server;
    private static JsonClient client;

    @BeforeAll
    static void fill() throws Exception {
        client = new JsonClient(daemon.http());
        server = LdapServer.start();
        for (String role : RoleProbes.ROLES) {
            server.add(
                    "dn: uid=" + role + ",dc=example,dc=com",
                    "objectClass: inetOrgPerson",
                    "uid: " + role,
                    "cn: User " + role,
                    "sn: x",
                    "userPassword: secret of " + role);
        }
        server.add(
                "dn: cn=operators,dc=example,dc=com",
                "objectClass: groupOfNames",
                "cn: operators",
                "member: uid=vm-operator,dc=example,dc=com");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, String> config(String address) {
        return new HashMap<>(Map.of("server", address, "user", LdapServer.USER, "pass", LdapServer.PASSWORD));
    }

    private static String enable(Map<String, String> config) throws Exception {
        return calls.outcome("pool.enable_external_auth", pool(), config, "example.com", "LDAP");
    }

    private static String pool() throws Exception {
        return calls.first("pool.get_all");
    }

    private static String session(String user) throws Exception {
        return logins.session(user, "secret of " + user);
    }

    private static String subjectOf(String name, String role) throws Exception {
        String subject = calls.text(
                "subject.create",
                Map.of(
                        "subject_identifier",
                        calls.text("auth.get_subject_identifier", name),
                        "other_config",
                        Map.of()));
        calls.ok("subject.add_to_roles", subject, calls.first("role.get_by_name_label", role));
        return subject;
    }

    @Test
    @Order(1)
    void aDirectoryIsEnabledOnlyIfItAnswersOverTrustedTls() throws Exception {
        assertThat(enable(config(server.ldaps()))).isEqualTo("POOL_AUTH_ENABLE_FAILED_NO_TRUSTED_CERTS");
        calls.ok("pool.install_trusted_certificate", pool(), true, server.authorityPem(), List.of("ldaps"));
        Map<String, String> wrong = config(server.ldaps());
        wrong.put("pass", "wrong");
        assertThat(enable(wrong)).isEqualTo("POOL_AUTH_ENABLE_FAILED_WRONG_CREDENTIALS");
        try (LdapServer other = LdapServer.start()) {
            assertThat(enable(config(other.ldaps()))).isEqualTo("POOL_AUTH_ENABLE_FAILED_INVALID_TRUSTED_CERTS");
        }
        assertThat(calls.error("pool.enable_external_auth", pool(), Map.of(), "example.com", "LDAP"))
                .containsExactly("POOL_AUTH_ENABLE_FAILED", calls.first("host.get_all"), "enable requires user");
        assertThat(calls.text("host.get_external_auth_type", calls.first("host.get_all")))
                .isEmpty();
        assertThat(enable(config(server.ldaps()))).isEqualTo("ok");
        String configuration = calls.ok("host.get_external_auth_configuration", calls.first("host.get_all"))
                .toString();
        assertThat(configuration).contains("pass_secret", LdapServer.USER).doesNotContain(LdapServer.PASSWORD);
    }

    @Test
    @Order(2)
    void sixUsersHaveSixRoles() throws Exception {
        for (String role : RoleProbes.ROLES) {
            String subject = subjectOf(role, role);
            String session = session(role);
            JsonNode record = calls.ok("session.get_record", session);
            assertThat(record.get("subject").asText()).isEqualTo(subject);
            assertThat(record.get("auth_user_name").asText()).isEqualTo(role);
            assertThat(record.get("auth_user_sid").asText()).hasSize(36);
            RoleProbes.check(client, session, role);
        }
        assertThat(calls.error(
                        "subject.create",
                        Map.of(
                                "subject_identifier",
                                calls.text("auth.get_subject_identifier", "read-only"),
                                "other_config",
                                Map.of())))
                .containsExactly("SUBJECT_ALREADY_EXISTS");
    }

    @Test
    @Order(3)
    void wrongPasswordsAreRefusedAndAnEmptyOneToo() throws Exception {
        for (String password : List.of("wrong", "", "secret of read-only\0")) {
            assertThat(logins.refusal("read-only", password)).startsWith("SESSION_AUTHENTICATION_FAILED", "read-only");
        }
        assertThat(logins.refusal("*", "secret of read-only")).startsWith("SESSION_AUTHENTICATION_FAILED", "*");
        assertThat(logins.refusal("root", "secret of read-only")).startsWith("SESSION_AUTHENTICATION_FAILED", "root");
    }

    @Test
    @Order(4)
    void rolesOfGroupsAddUp() throws Exception {
        subjectOf("operators", "vm-power-admin");
        RoleProbes.check(client, session("vm-operator"), "vm-power-admin");
    }

    /** external_auth_set_ldaps in ocaml/xapi/xapi_host.ml. */
    @Test
    @Order(4)
    void ldapsIsChangedOnlyIfTheServerAnswers() throws Exception {
        String host = calls.first("host.get_all");
        assertThat(calls.error("host.external_auth_set_ldaps", host, true, false))
                .containsExactly("AUTH_SET_LDAPS_FAILED", host, "ldaps is already true");
        assertThat(calls.error("pool.external_auth_set_ldaps", pool(), false, false))
                .startsWith("AUTH_SET_LDAPS_FAILED", host);
        assertThat(calls.ok("host.get_external_auth_configuration", host).has("ldaps"))
                .isFalse();
        calls.ok("pool.external_auth_set_ldaps", pool(), false, true);
        assertThat(calls.ok("host.get_external_auth_configuration", host)
                        .get("ldaps")
                        .asText())
                .isEqualTo("false");
        calls.ok("pool.external_auth_set_ldaps", pool(), true, false);
    }

    /** subject_add and subject_role_add in ocaml/xapi-cli-server/cli_operations.ml. */
    @Test
    @Order(5)
    void xeAddsSubjects() throws Exception {
        server.add(
                "dn: uid=carol,dc=example,dc=com",
                "objectClass: inetOrgPerson",
                "uid: carol",
                "cn: Carol",
                "sn: x",
                "userPassword: secret of carol");
        ThinClient xe = new ThinClient(daemon.folder().resolve("sock"));
        String uuid = xe.run("subject-add", "subject-name=carol").ok();
        xe.run("subject-role-add", "uuid=" + uuid, "role-name=vm-operator").ok();
        assertThat(xe.run("subject-list", "uuid=" + uuid).ok()).contains("carol", "vm-operator");
        RoleProbes.check(client, session("carol"), "vm-operator");
        xe.run("subject-role-remove", "uuid=" + uuid, "role-name=vm-operator").ok();
        assertThat(logins.refusal("carol", "secret of carol")).startsWith("RBAC_PERMISSION_DENIED");
        xe.run("subject-remove", "subject-uuid=" + uuid).ok();
        assertThat(logins.refusal("carol", "secret of carol")).startsWith("SESSION_AUTHORIZATION_FAILED", "carol");
    }

    @Test
    @Order(6)
    void aTokenIsAPasswordOfItsUser() throws Exception {
        ThinClient xe = new ThinClient(daemon.folder().resolve("sock"));
        String token = xe.run("token-create", "user=pool-admin", "role=vm-admin", "name=backup", "days=30")
                .ok();
        RoleProbes.check(client, logins.session("pool-admin", token), "vm-admin");
        assertThat(logins.refusal("read-only", token)).startsWith("SESSION_AUTHENTICATION_FAILED");
        assertThat(logins.refusal("root", token)).startsWith("SESSION_AUTHENTICATION_FAILED");
        String root = xe.run("token-create").ok();
        String session = logins.session("root", root);
        assertThat(calls.ok("session.get_is_local_superuser", session).asBoolean())
                .isTrue();
        String listed = xe.run("token-list").ok();
        assertThat(listed).contains("backup", "vm-admin", "pool-admin").doesNotContain(token, root);
        xe.run("token-revoke", "id=" + root.substring(6, 38)).ok();
        assertThat(client.call("VM.get_all", List.of(session)).toString()).contains("SESSION_INVALID");
        assertThat(logins.refusal("root", root)).startsWith("SESSION_AUTHENTICATION_FAILED");
        assertThat(calls.error(
                        "host.call_plugin",
                        calls.first("host.get_all"),
                        "jxapi-token",
                        "create",
                        Map.of("user", "operators")))
                .startsWith("XENAPI_PLUGIN_FAILURE");
    }

    private static JsonNode tokens(String session, String function, Map<String, String> args) throws Exception {
        return client.call(
                "host.call_plugin", List.of(session, calls.first("host.get_all"), "jxapi-token", function, args));
    }

    @Test
    @Order(6)
    void aUserManagesTheOwnTokens() throws Exception {
        ThinClient xe = new ThinClient(daemon.folder().resolve("sock"));
        String others =
                xe.run("token-create", "user=pool-admin", "name=of another").ok();
        String session = session("vm-operator");
        ThinClient.Outcome made =
                xe.run("session_id=" + session, "token-create", "name=own", "role=pool-admin", "days=1");
        String token = made.ok();
        String byToken = logins.session("vm-operator", token);
        // The user's group makes a vm-power-admin of the user. The token's role does not add to that.
        RoleProbes.check(client, byToken, "vm-power-admin");
        String listed = tokens(session, "list", Map.of()).get("result").asText();
        assertThat(listed).contains("own").doesNotContain("of another");
        assertThat(tokens(session("pool-admin"), "list", Map.of()).get("result").asText())
                .contains("own", "of another");
        assertThat(tokens(session, "create", Map.of("user", "pool-admin")).toString())
                .contains("RBAC_PERMISSION_DENIED");
        assertThat(tokens(session, "create", Map.of("user", "root")).toString()).contains("RBAC_PERMISSION_DENIED");
        assertThat(tokens(session, "revoke", Map.of("id", others.substring(6, 38)))
                        .toString())
                .contains("there is no token");
        assertThat(tokens(byToken, "create", Map.of()).toString()).contains("a session that began with a token");
        assertThat(client.call(
                                "host.call_plugin",
                                List.of(session, calls.first("host.get_all"), "perfmon", "refresh", Map.of()))
                        .toString())
                .contains("RBAC_PERMISSION_DENIED");
        assertThat(tokens(session, "revoke", Map.of("id", token.substring(6, 38)))
                        .has("error"))
                .isFalse();
        assertThat(client.call("VM.get_all", List.of(byToken)).toString()).contains("SESSION_INVALID");
        for (int i = 0; i < TokenPlugin.MOST_OWN; i++) {
            assertThat(tokens(session, "create", Map.of()).get("result").asText())
                    .startsWith("jxapi_");
        }
        assertThat(tokens(session, "create", Map.of()).toString()).contains("tokens already");
    }

    /** set_ext_auth_cache_enabled in ocaml/xapi/xapi_pool.ml, Caching in xapi_session.ml. */
    @Test
    @Order(7)
    void aRememberedUserNeedsNoDirectory() throws Exception {
        calls.ok("pool.set_ext_auth_cache_enabled", pool(), true);
        session("vm-admin");
        server.close();
        RoleProbes.check(client, session("vm-admin"), "vm-admin");
        assertThat(logins.refusal("vm-admin", "wrong")).startsWith("SESSION_AUTHORIZATION_FAILED");
        assertThat(logins.refusal("read-only", "secret of read-only")).startsWith("SESSION_AUTHORIZATION_FAILED");
        String subject = calls.text("session.get_subject", session("vm-admin"));
        calls.ok("subject.remove_from_roles", subject, calls.first("role.get_by_name_label", "vm-admin"));
        assertThat(logins.refusal("vm-admin", "secret of vm-admin")).startsWith("RBAC_PERMISSION_DENIED");
        calls.ok("pool.set_ext_auth_cache_enabled", pool(), false);
        calls.ok("pool.set_ext_auth_cache_enabled", pool(), true);
        assertThat(logins.refusal("vm-admin", "secret of vm-admin")).startsWith("SESSION_AUTHORIZATION_FAILED");
        calls.ok("pool.set_ext_auth_cache_enabled", pool(), false);
    }

    @Test
    @Order(8)
    void aDirectoryThatDoesNotAnswerDelaysOnlyItsOwnUsers() throws Exception {
        calls.ok("pool.disable_external_auth", pool(), Map.of());
        List<CompletableFuture<JsonNode>> waiting = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // The second server is silent, so enabling succeeds; then the first one ends.
            try (LdapServer first = LdapServer.start()) {
                calls.ok("pool.install_trusted_certificate", pool(), true, first.authorityPem(), List.of("ldaps"));
                assertThat(enable(config(first.ldaps() + ",localhost:" + silent.getLocalPort())))
                        .isEqualTo("ok");
            }
            assertThat(calls.error("pool.set_ext_auth_max_threads", pool(), 0))
                    .startsWith("VALUE_NOT_SUPPORTED", "ext_auth_max_threads", "0");
            calls.ok("pool.set_ext_auth_max_threads", pool(), 2);
            assertThat(calls.ok("pool.get_ext_auth_max_threads", pool()).asInt())
                    .isEqualTo(2);
            for (int i = 0; i < 3; i++) {
                waiting.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return logins.answer("read-only", "secret of read-only");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            long begin = System.nanoTime();
            logins.session("root", daemon.password());
            assertThat(calls.list("VM.get_all")).isNotNull();
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
        for (CompletableFuture<JsonNode> login : waiting) {
            assertThat(login.get(120, TimeUnit.SECONDS).toString()).contains("SESSION_AUTHORIZATION_FAILED");
        }
        calls.ok("pool.disable_external_auth", pool(), Map.of());
        assertThat(calls.ok("host.get_external_auth_configuration", calls.first("host.get_all"))
                        .size())
                .isZero();
    }
}
