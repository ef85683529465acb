package org.jxapi.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jxapi.directory.DirectoryException.Kind;
import org.jxapi.harness.LdapServer;

/** Users and groups of an LDAP server that follows the standards. */
class LdapDirectoryTest {
    /** An extended response to message 1 with result 0: RFC 4511, 4.12. */
    private static final byte[] STARTTLS_SUCCESS = {0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 0, 4, 0, 4, 0};

    private static LdapServer server;
    private static String alice;
    private static String staff;
    private static String everybody;
    private static String posix;

    @BeforeAll
    static void fill() throws Exception {
        server = LdapServer.start();
        server.add("dn: ou=people,dc=example,dc=com", "objectClass: organizationalUnit", "ou: people");
        alice = uuid(
                "dn: uid=alice,ou=people,dc=example,dc=com",
                "objectClass: inetOrgPerson",
                "uid: alice",
                "cn: Alice Liddell",
                "sn: Liddell",
                "userPassword: wonderland");
        staff = uuid(
                "dn: cn=staff,dc=example,dc=com",
                "objectClass: groupOfNames",
                "cn: staff",
                "member: uid=alice,ou=people,dc=example,dc=com");
        everybody = uuid(
                "dn: cn=everybody,dc=example,dc=com",
                "objectClass: groupOfUniqueNames",
                "cn: everybody",
                "uniqueMember: cn=staff,dc=example,dc=com",
                "uniqueMember: cn=everybody,dc=example,dc=com");
        posix = uuid(
                "dn: cn=posix,dc=example,dc=com",
                "objectClass: posixGroup",
                "cn: posix",
                "gidNumber: 1000",
                "memberUid: alice");
    }

    private static String uuid(String... ldif) throws Exception {
        return server.add(ldif).getAttributeValue("entryUUID");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, String> config() {
        return new HashMap<>(Map.of("server", server.ldaps(), "user", LdapServer.USER, "pass", LdapServer.PASSWORD));
    }

    private static Directory open(Map<String, String> config) throws DirectoryException {
        DirectoryTrust trust = () -> Optional.of(new DirectoryTrust.Tls(server.client(), true));
        return new Directories("jxapi", () -> null, trust).open("LDAP", "example.com", config);
    }

    private static Directory directory() throws DirectoryException {
        return open(config());
    }

    private static void fails(Kind kind, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        DirectoryException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void aUserHasOnePassword() throws Exception {
        Directory directory = directory();
        directory.check();
        assertThat(directory.authenticate("alice", "wonderland")).isEqualTo(alice);
        fails(Kind.REFUSED, () -> directory.authenticate("alice", "wrong"));
        fails(Kind.REFUSED, () -> directory.authenticate("nobody", "wonderland"));
        fails(Kind.REFUSED, () -> directory.authenticate("staff", "wonderland"));
    }

    /** A simple bind with an empty password is an anonymous one, which servers accept: RFC 4513, 5.1.2. */
    @Test
    void anEmptyPasswordIsNeverSent() throws Exception {
        Directory directory = directory();
        fails(Kind.REFUSED, () -> directory.authenticate("alice", ""));
        fails(Kind.REFUSED, () -> directory.authenticate("", ""));
        Map<String, String> nameless = config();
        nameless.put("pass", "");
        fails(Kind.GENERIC, () -> open(nameless));
    }

    @Test
    void aNameCannotChangeTheSearch() throws Exception {
        Directory directory = directory();
        for (String name : List.of("*", "alice)(uid=*", "a*", "alice)(|(uid=*)", "\\2a", "alice\0")) {
            fails(Kind.REFUSED, () -> directory.authenticate(name, "wonderland"));
            fails(Kind.NOT_FOUND, () -> directory.identifier(name));
            fails(Kind.NOT_FOUND, () -> directory.account(name));
        }
    }

    @Test
    void usersAndGroupsAreFoundByNameAndByIdentifier() throws Exception {
        Directory directory = directory();
        assertThat(directory.identifier("alice")).isEqualTo(alice);
        assertThat(directory.identifier("staff")).isEqualTo(staff);
        Account user = directory.account(alice);
        assertThat(user.name()).isEqualTo("alice");
        assertThat(user.information())
                .containsEntry("subject-displayname", "Alice Liddell")
                .containsEntry("subject-is-group", "false")
                .containsEntry("subject-account-disabled", "false");
        assertThat(directory.account(staff).information())
                .containsEntry("subject-name", "staff")
                .containsEntry("subject-is-group", "true");
    }

    @Test
    void groupsCountThroughGroups() throws Exception {
        assertThat(directory().groups(alice)).containsExactlyInAnyOrder(staff, everybody, posix);
        assertThat(directory().groups(staff)).containsExactly(everybody);
        fails(Kind.NOT_FOUND, () -> directory().groups("00000000-0000-0000-0000-000000000000"));
    }

    @Test
    void aLockedAccountIsSuspended() throws Exception {
        String bob = uuid(
                "dn: uid=bob,ou=people,dc=example,dc=com",
                "objectClass: inetOrgPerson",
                "uid: bob",
                "cn: Bob",
                "sn: B",
                "userPassword: x");
        assertThat(directory().account(bob).state().usable()).isTrue();
        server.server()
                .modify(
                        "uid=bob,ou=people,dc=example,dc=com",
                        new Modification(ModificationType.ADD, "objectClass", "shadowAccount"),
                        new Modification(ModificationType.ADD, "shadowExpire", "1"));
        assertThat(directory().account(bob).state().expired()).isTrue();
    }

    @Test
    void startTlsWorksInThePlaceOfLdaps() throws Exception {
        Map<String, String> config = config();
        config.put("ldaps", "false");
        config.put("server", server.ldap());
        assertThat(open(config).authenticate("alice", "wonderland")).isEqualTo(alice);
    }

    @Test
    void aServerWithAnotherCertificateIsNotTrusted() throws Exception {
        try (LdapServer other = LdapServer.start()) {
            for (String ldaps : List.of("true", "false")) {
                Map<String, String> config = config();
                config.put("ldaps", ldaps);
                config.put("server", ldaps.equals("true") ? other.ldaps() : other.ldap());
                fails(Kind.TLS, () -> open(config).authenticate("alice", "wonderland"));
            }
        }
    }

    @Test
    void theCertificateMustHaveTheServersName() throws Exception {
        try (LdapServer other = LdapServer.named("other.example.com")) {
            DirectoryTrust trust = () -> Optional.of(new DirectoryTrust.Tls(other.client(), true));
            for (String ldaps : List.of("true", "false")) {
                Map<String, String> config = config();
                config.put("ldaps", ldaps);
                config.put("server", ldaps.equals("true") ? other.ldaps() : other.ldap());
                Directory directory = new Directories("jxapi", () -> null, trust).open("LDAP", "example.com", config);
                fails(Kind.TLS, directory::check);
            }
        }
    }

    @Test
    void nothingIsTrustedWithoutAnAuthority() throws Exception {
        Directory directory =
                new Directories("jxapi", () -> null, Optional::empty).open("LDAP", "example.com", config());
        fails(Kind.NO_TRUST, directory::check);
    }

    @Test
    void wrongSettingsAreNamed() {
        Map<String, String> wrongPassword = config();
        wrongPassword.put("pass", "wrong");
        fails(Kind.WRONG_CREDENTIALS, () -> open(wrongPassword).check());
        Map<String, String> wrongBase = config();
        wrongBase.put("base", "dc=nowhere");
        fails(Kind.GENERIC, () -> open(wrongBase).check());
        Map<String, String> unknown = config();
        unknown.put("ou", "x");
        assertThatThrownBy(() -> open(unknown)).hasMessageContaining("there is no setting ou");
        Map<String, String> port = config();
        port.put("server", "localhost:99999");
        assertThatThrownBy(() -> open(port).check()).hasMessageContaining("HOST:PORT");
    }

    @Test
    void theNextServerAnswersWhenTheFirstDoesNot() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Map<String, String> config = config();
        config.put("server", "localhost:" + closed + "," + server.ldaps());
        assertThat(open(config).authenticate("alice", "wonderland")).isEqualTo(alice);
        config.put("server", "localhost:" + closed);
        fails(Kind.UNAVAILABLE, () -> open(config).check());
        assertThatThrownBy(() -> open(config).check())
                .hasMessageStartingWith("localhost:" + closed + ": ")
                .hasMessageContaining("refused")
                .message()
                .doesNotContain("LDAPException", "resultCode", "ldapSDKVersion");
    }

    @Test
    void aServerThatAcceptsButDoesNotAnswerIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Map<String, String> config = config();
            config.put("server", "localhost:" + silent.getLocalPort());
            gaveUp(() -> open(config).check());
        }
    }

    @Test
    void aServerThatIsSilentAfterStartTlsIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread agrees = new Thread(() -> {
                try (Socket client = silent.accept()) {
                    client.getInputStream().read(new byte[1024]);
                    client.getOutputStream().write(STARTTLS_SUCCESS);
                    client.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client has gone, as it should.
                }
            });
            agrees.start();
            Map<String, String> config = config();
            config.put("server", "localhost:" + silent.getLocalPort());
            config.put("ldaps", "false");
            gaveUp(() -> open(config).check());
            agrees.join();
        }
    }

    private static void gaveUp(ThrowingCallable work) {
        assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> assertThatThrownBy(work)
                        .isInstanceOfSatisfying(
                                DirectoryException.class,
                                e -> assertThat(e.kind()).isIn(Kind.UNAVAILABLE, Kind.TLS)));
    }
}
