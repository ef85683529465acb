package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.LoginTries;
import org.jxapi.harness.PamService;
import org.jxapi.harness.RoleProbes;
import org.jxapi.harness.RunningDaemon;

/**
 * Local users log in through PAM, as in XAPI: login_with_password in ocaml/xapi/xapi_session.ml, with its plugin
 * ocaml/xapi/authx.ml. The users are those that every Debian has.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalUserLoginsTest {
    private static final List<String> USERS = List.of("daemon", "bin", "sys", "games", "man", "mail");
    private static final PamService pam = new PamService();

    @RegisterExtension
    static final RunningDaemon daemon =
            RunningDaemon.onSimulator("--pam-service", pam.file().toString(), "--pam-superusers", "news,root");

    private static final Calls calls = daemon.calls();
    private static final LoginTries logins = new LoginTries(daemon);
    private static JsonClient client;

    @BeforeAll
    static void pamWorks() throws Exception {
        assumeTrue(pam.works(), "this machine lacks libpam 1.4 or its module pam_exec");
        client = new JsonClient(daemon.http());
    }

    @AfterAll
    static void removePam() throws Exception {
        pam.close();
    }

    private static String session(String user) throws Exception {
        return logins.session(user, PamService.password(user));
    }

    private static List<String> refusal(String user) throws Exception {
        return logins.refusal(user, PamService.password(user));
    }

    private static String subject(String identifier, String role) throws Exception {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("subject_identifier", identifier);
        record.put("other_config", Map.of());
        String subject = calls.text("subject.create", record);
        if (!role.isEmpty()) {
            calls.ok("subject.add_to_roles", subject, calls.first("role.get_by_name_label", role));
        }
        return subject;
    }

    @Test
    @Order(1)
    void withoutExternalAuthenticationOnlyNamedUsersLogIn() throws Exception {
        assertThat(refusal("daemon"))
                .containsExactly("SESSION_AUTHENTICATION_FAILED", "daemon", "Authentication failure");
        String news = session("news");
        assertThat(calls.ok("session.get_is_local_superuser", news).asBoolean()).isTrue();
        assertThat(calls.text("session.get_auth_user_name", news)).isEqualTo("news");
        assertThat(logins.refusal("news", "wrong")).startsWith("SESSION_AUTHENTICATION_FAILED", "news");
        assertThat(logins.refusal("news", "")).startsWith("SESSION_AUTHENTICATION_FAILED", "news");
        assertThat(logins.refusal("news", PamService.password("news") + "\0x"))
                .startsWith("SESSION_AUTHENTICATION_FAILED");
        assertThat(calls.error("auth.get_subject_identifier", "daemon")).containsExactly("AUTH_IS_DISABLED");
    }

    @Test
    @Order(2)
    void rootHasItsOwnPasswordAndThatOfPam() throws Exception {
        session("root");
        logins.session("root", daemon.password());
    }

    @Test
    @Order(3)
    void sixUsersHaveSixRoles() throws Exception {
        calls.ok("pool.enable_external_auth", calls.first("pool.get_all"), Map.of(), "local", "PAM");
        String host = calls.first("host.get_all");
        assertThat(calls.text("host.get_external_auth_type", host)).isEqualTo("PAM");
        assertThat(calls.text("host.get_external_auth_service_name", host)).isEqualTo("local");
        Map<String, String> sessions = new LinkedHashMap<>();
        for (int i = 0; i < USERS.size(); i++) {
            String user = USERS.get(i);
            String role = RoleProbes.ROLES.get(i);
            String identifier = calls.text("auth.get_subject_identifier", user);
            String subject = subject(identifier, role);
            String session = session(user);
            JsonNode record = calls.ok("session.get_record", session);
            assertThat(record.get("auth_user_sid").asText()).matches("u[0-9]+").isEqualTo(identifier);
            assertThat(record.get("auth_user_name").asText()).isEqualTo(user);
            assertThat(record.get("subject").asText()).isEqualTo(subject);
            assertThat(record.get("is_local_superuser").asBoolean()).isFalse();
            assertThat(record.get("rbac_permissions").toString())
                    .contains("\"" + role + "\"", "\"vm.get_power_state\"");
            RoleProbes.check(client, session, role);
            sessions.put(role, session);
        }
        new RoleWalk(client).check(sessions);
        assertThat(calls.list("session.get_all_subject_identifiers")).hasSizeGreaterThanOrEqualTo(USERS.size());
    }

    @Test
    @Order(4)
    void subjectsHaveTheDataOfXapi() throws Exception {
        String games = calls.text("auth.get_subject_identifier", "games");
        assertThat(calls.ok("auth.get_subject_information_from_identifier", games)
                        .toString())
                .contains(
                        "\"subject-name\":\"games\"",
                        "\"subject-is-group\":\"false\"",
                        "\"subject-account-disabled\":\"false\"",
                        "\"subject-password-expired\":\"false\"");
        assertThat(calls.list("auth.get_group_membership", games)).isNotEmpty().allMatch(g -> g.matches("g[0-9]+"));
        assertThat(calls.error("auth.get_subject_identifier", "nobody-of-that-name"))
                .containsExactly("SUBJECT_CANNOT_BE_RESOLVED");
        assertThat(calls.error("auth.get_group_membership", "u0 --help")).containsExactly("SUBJECT_CANNOT_BE_RESOLVED");
    }

    @Test
    @Order(5)
    void aGroupAdmitsItsMembers() throws Exception {
        assertThat(refusal("lp")).startsWith("SESSION_AUTHORIZATION_FAILED", "lp");
        String group = calls.list("auth.get_group_membership", calls.text("auth.get_subject_identifier", "lp"))
                .get(0);
        String subject = subject(group, "");
        assertThat(refusal("lp")).startsWith("RBAC_PERMISSION_DENIED");
        calls.ok("subject.add_to_roles", subject, calls.first("role.get_by_name_label", "vm-admin"));
        String session = session("lp");
        assertThat(calls.text("session.get_subject", session)).isEqualTo(subject);
        RoleProbes.check(client, session, "vm-admin");
        calls.ok("session.logout_subject_identifier", group);
        assertThat(client.call("VM.get_all", List.of(session)).toString()).contains("SESSION_INVALID");
    }

    @Test
    @Order(6)
    void aNameAndPasswordInARequestAreEnough() throws Exception {
        URI uri = URI.create(daemon.http() + "rrd_updates?start=0");
        assertThat(status(uri, "daemon", PamService.password("daemon"))).isEqualTo(200);
        assertThat(status(uri, "daemon", "wrong")).isEqualTo(401);
    }

    private static int status(URI uri, String user, String password) throws Exception {
        HttpURLConnection http = (HttpURLConnection) uri.toURL().openConnection();
        http.setRequestProperty(
                "Authorization",
                "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
        try {
            return http.getResponseCode();
        } finally {
            http.disconnect();
        }
    }

    @Test
    @Order(7)
    void anExpiredAccountDoesNotLogIn() throws Exception {
        pam.expire("mail");
        assertThat(refusal("mail")).startsWith("SESSION_AUTHENTICATION_FAILED");
    }

    /** change_password in xapi_session.ml, and pam_chauthtok in ocaml/auth/xa_auth.c. */
    @Test
    @Order(8)
    void aSuperuserOfPamChangesThePasswordInPam() throws Exception {
        assertThat(client.call("session.change_password", List.of(session("news"), "", "other"))
                        .has("error"))
                .isFalse();
        assertThat(pam.changed()).contains("news");
        assertThat(client.call("session.change_password", List.of(session("daemon"), "", "other"))
                        .toString())
                .contains("RBAC_PERMISSION_DENIED");
    }

    @Test
    @Order(9)
    void sessionsEndWithExternalAuthentication() throws Exception {
        String session = session("bin");
        assertThat(calls.error("pool.enable_external_auth", calls.first("pool.get_all"), Map.of(), "x", "PAM"))
                .containsExactly("POOL_AUTH_ALREADY_ENABLED", calls.first("host.get_all"));
        assertThat(calls.error("host.enable_external_auth", calls.first("host.get_all"), Map.of(), "x", "PAM"))
                .containsExactly("AUTH_ALREADY_ENABLED", "PAM", "local");
        calls.ok("pool.disable_external_auth", calls.first("pool.get_all"), Map.of());
        assertThat(client.call("VM.get_all", List.of(session)).toString()).contains("SESSION_INVALID");
        assertThat(refusal("bin")).startsWith("SESSION_AUTHENTICATION_FAILED");
        assertThat(calls.error(
                        "pool.enable_external_auth", calls.first("pool.get_all"), Map.of("key", "x"), "x", "PAM"))
                .startsWith("POOL_AUTH_ENABLE_FAILED", calls.first("host.get_all"));
        assertThat(calls.error("pool.enable_external_auth", calls.first("pool.get_all"), Map.of(), "x", "NIS"))
                .containsExactly("AUTH_UNKNOWN_TYPE", "NIS");
    }
}
