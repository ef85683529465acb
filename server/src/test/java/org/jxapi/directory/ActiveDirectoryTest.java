package org.jxapi.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.LdapServer;

/** Active Directory's names, identifiers and states, on a server with such entries; extauth_plugin_ADwinbind.ml. */
class ActiveDirectoryTest {
    private static final String DOMAIN = "S-1-5-21-1004336348-1177238915-682003330-";

    private static LdapServer server;

    @BeforeAll
    static void fill() throws Exception {
        server = LdapServer.start();
        user("alice", 1105, "512", "0");
        user("disabled", 1106, "514", "0");
        user("locked", 1107, "512", "16");
        user("old", 1108, "512", "8388608");
        Entry group = new Entry(
                "cn=admins,dc=example,dc=com",
                new Attribute("objectClass", "top", "group"),
                new Attribute("sAMAccountName", "admins"),
                new Attribute("objectSid", sid(1120)),
                new Attribute("member", "cn=disabled,dc=example,dc=com"));
        server.add(group);
        server.add(new Entry(
                "cn=all,dc=example,dc=com",
                new Attribute("objectClass", "top", "group"),
                new Attribute("sAMAccountName", "all"),
                new Attribute("objectSid", sid(1121)),
                new Attribute("member", "cn=admins,dc=example,dc=com")));
    }

    private static byte[] sid(int number) {
        return Sids.bytes(DOMAIN + number).orElseThrow();
    }

    private static void user(String name, int number, String control, String computed) throws Exception {
        Entry entry = new Entry(
                "cn=" + name + ",dc=example,dc=com",
                new Attribute("objectClass", "top", "person", "organizationalPerson", "user"),
                new Attribute("sAMAccountName", name),
                new Attribute("userPrincipalName", name + ".p@example.com"),
                new Attribute("displayName", "The " + name),
                new Attribute("objectSid", sid(number)),
                new Attribute("userAccountControl", control),
                new Attribute("msDS-User-Account-Control-Computed", computed),
                new Attribute("accountExpires", "9223372036854775807"),
                new Attribute("userPassword", "secret"));
        if (name.equals("alice")) {
            entry.addAttribute(new Attribute("tokenGroups", sid(513), sid(1120)));
        }
        server.add(entry);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Directory directory() throws DirectoryException {
        DirectoryTrust trust = () -> Optional.of(new DirectoryTrust.Tls(server.client(), true));
        return new Directories("jxapi", () -> null, trust)
                .open(
                        "AD",
                        "example.com",
                        Map.of("server", server.ldaps(), "user", LdapServer.USER, "pass", LdapServer.PASSWORD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "EXAMPLE\\alice",
                "example.com\\ALICE",
                "alice@example.com",
                "alice.p@example.com",
                "Alice@EXAMPLE.com"
            })
    void aUserHasTheNamesOfActiveDirectory(String name) throws Exception {
        assertThat(directory().authenticate(name, "secret")).isEqualTo(DOMAIN + "1105");
        assertThat(directory().identifier(name)).isEqualTo(DOMAIN + "1105");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OTHER\\alice", "alice@other.com", "admins", "\\alice", "a*"})
    void otherNamesDoNotLogIn(String name) {
        assertThatThrownBy(() -> directory().authenticate(name, "secret"))
                .isInstanceOfSatisfying(
                        DirectoryException.class, e -> assertThat(e.kind()).isEqualTo(DirectoryException.Kind.REFUSED));
    }

    @ParameterizedTest
    @CsvSource({"1105,false,false,false", "1106,true,false,false", "1107,false,true,false", "1108,false,false,true"})
    void anAccountHasTheStatesOfActiveDirectory(String number, boolean disabled, boolean locked, boolean old)
            throws Exception {
        assertThat(directory().account(DOMAIN + number).state())
                .isEqualTo(new Account.State(disabled, false, locked, old));
    }

    @Test
    void aSubjectHasTheDataOfXapi() throws Exception {
        assertThat(directory().account(DOMAIN + "1105").information())
                .containsEntry("subject-name", "EXAMPLE\\alice")
                .containsEntry("subject-displayname", "EXAMPLE\\The alice")
                .containsEntry("subject-upn", "alice.p@example.com")
                .containsEntry("subject-sid", DOMAIN + "1105")
                .containsEntry("subject-is-group", "false");
        assertThat(directory().account(DOMAIN + "1120").group()).isTrue();
    }

    @Test
    void groupsAreTheServersTokenGroups() throws Exception {
        assertThat(directory().groups(DOMAIN + "1105")).containsExactlyInAnyOrder(DOMAIN + "513", DOMAIN + "1120");
    }

    @Test
    void withoutTokenGroupsMembersAreFollowed() throws Exception {
        assertThat(directory().groups(DOMAIN + "1106")).containsExactlyInAnyOrder(DOMAIN + "1120", DOMAIN + "1121");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S-1-5", "S-2-5-21", "S-1-5-99999999999", "S-1-5-4294967296", "S-1--5", "x"})
    void otherTextIsNoIdentifier(String text) {
        assertThat(Sids.bytes(text)).isEmpty();
    }

    @Test
    void identifiersAreReadAndWritten() {
        assertThat(Sids.text(sid(1105))).contains(DOMAIN + "1105");
        assertThat(Sids.text(new byte[] {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0})).contains("S-1-5-18");
        assertThat(Sids.text(new byte[] {1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0})).isEmpty();
        assertThat(Sids.text(new byte[0])).isEmpty();
    }
}
