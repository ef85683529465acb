package org.jxapi.harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Users of an LDAP server, one for each role and one for the internal role of certificates, who log in at a daemon. */
public final class UsersOfRoles implements AutoCloseable {
    private final LdapServer server = LdapServer.start();
    private final Map<String, String> identifiers = new LinkedHashMap<>();
    private final LoginTries logins;

    /** Has the daemon ask that server, and makes the users its subjects. A user is called as its role. */
    public UsersOfRoles(TestDaemon daemon) throws Exception {
        logins = new LoginTries(daemon);
        Calls calls = new Calls(daemon);
        String pool = calls.first("pool.get_all");
        calls.ok("pool.install_trusted_certificate", pool, true, server.authorityPem(), List.of("ldaps"));
        Map<String, String> config =
                Map.of("server", server.ldaps(), "user", LdapServer.USER, "pass", LdapServer.PASSWORD);
        calls.ok("pool.enable_external_auth", pool, config, "example.com", "LDAP");
        List<String> roles = new ArrayList<>(RoleProbes.ROLES);
        roles.add("client-cert");
        for (String role : roles) {
            server.add(
                    "dn: uid=" + role + "," + LdapServer.BASE,
                    "objectClass: inetOrgPerson",
                    "uid: " + role,
                    "cn: User " + role,
                    "sn: x",
                    "userPassword: " + password(role));
            String identifier = calls.text("auth.get_subject_identifier", role);
            identifiers.put(role, identifier);
            String subject =
                    calls.text("subject.create", Map.of("subject_identifier", identifier, "other_config", Map.of()));
            calls.ok("subject.add_to_roles", subject, calls.first("role.get_by_name_label", role));
        }
    }

    private static String password(String role) {
        return "secret of " + role;
    }

    /** The identifier in the directory of the user of a role. */
    public String identifier(String role) {
        return identifiers.get(role);
    }

    /** A new session of the user of a role. */
    public String login(String role) throws Exception {
        return logins.session(role, password(role));
    }

    /** A new session of each user, by role. */
    public Map<String, String> loginAll() throws Exception {
        Map<String, String> sessions = new LinkedHashMap<>();
        for (String role : identifiers.keySet()) {
            sessions.put(role, login(role));
        }
        return sessions;
    }

    @Override
    public void close() {
        server.close();
    }
}
