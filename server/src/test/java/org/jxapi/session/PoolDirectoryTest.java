package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.LdapServer;
import org.jxapi.harness.RunningDaemon;

/** The directory of a pool of two hosts, either of which may become the coordinator: xapi_pool.ml and xapi_host.ml. */
class PoolDirectoryTest {
    private static final String WORLD = """
            hosts:
              - {name: alpha}
              - {name: beta}
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld(WORLD);

    private static final Calls calls = daemon.calls();
    private static LdapServer server;
    private static String pool;
    private static String coordinator;
    private static String member;

    @BeforeAll
    static void find() throws Exception {
        server = LdapServer.start();
        pool = calls.first("pool.get_all");
        coordinator = calls.first("host.get_by_name_label", "alpha");
        member = calls.first("host.get_by_name_label", "beta");
        calls.ok("pool.install_trusted_certificate", pool, true, server.authorityPem(), List.of("ldaps"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, String> config() {
        return Map.of("server", server.ldaps(), "user", LdapServer.USER, "pass", LdapServer.PASSWORD);
    }

    private static String type(String host) throws Exception {
        return calls.text("host.get_external_auth_type", host);
    }

    private static JsonNode configuration(String host) throws Exception {
        return calls.ok("host.get_external_auth_configuration", host);
    }

    @Test
    void allHostsOfThePoolUseOneDirectory() throws Exception {
        int secrets = calls.list("secret.get_all").size();
        calls.ok("pool.enable_external_auth", pool, config(), "example.com", "LDAP");
        assertThat(type(coordinator)).isEqualTo("LDAP");
        assertThat(type(member)).isEqualTo("LDAP");
        assertThat(calls.text("host.get_external_auth_service_name", member)).isEqualTo("example.com");
        assertThat(configuration(member).toString()).contains("pass_secret").doesNotContain(LdapServer.PASSWORD);

        calls.ok("host.disable_external_auth", member, Map.of());
        assertThat(type(member)).isEmpty();
        assertThat(configuration(coordinator).has("pass_secret")).isTrue();
        assertThat(calls.error("pool.enable_external_auth", pool, config(), "example.com", "LDAP"))
                .containsExactly("POOL_AUTH_ALREADY_ENABLED", coordinator);
        calls.ok("host.enable_external_auth", member, config(), "example.com", "LDAP");
        assertThat(calls.error("host.enable_external_auth", member, config(), "example.com", "LDAP"))
                .containsExactly("AUTH_ALREADY_ENABLED", "LDAP", "example.com");

        calls.ok("pool.external_auth_set_ldaps", pool, false, true);
        assertThat(configuration(coordinator).get("ldaps").asText()).isEqualTo("false");
        assertThat(configuration(member).get("ldaps").asText()).isEqualTo("false");

        calls.ok("pool.disable_external_auth", pool, Map.of());
        assertThat(type(coordinator)).isEmpty();
        assertThat(type(member)).isEmpty();
        assertThat(calls.list("secret.get_all")).hasSize(secrets);
    }
}
