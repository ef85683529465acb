package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.directory.Directories;
import org.jxapi.directory.DirectoryTrust;
import org.jxapi.harness.HandClock;
import org.jxapi.harness.LdapServer;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;

/** Sessions of users whom the directory no longer admits: revalidate_all_sessions in ocaml/xapi/xapi_session.ml. */
class RevalidationTest extends StoreTest {
    private static final String ALICE = "uid=alice,dc=example,dc=com";
    private static final String STAFF = "cn=staff,dc=example,dc=com";

    private final HandClock clock = new HandClock("2026-11-28T10:00:00Z");
    private LdapServer server;
    private Revalidation revalidation;
    private ExternalLogins logins;
    private Ref<Subject> subject;
    private Ref<Session> session;

    @BeforeEach
    void login() throws Exception {
        server = LdapServer.start();
        server.add(
                "dn: " + ALICE, "objectClass: inetOrgPerson", "uid: alice", "cn: A", "sn: A", "userPassword: secret");
        String staff = server.add("dn: " + STAFF, "objectClass: groupOfNames", "cn: staff", "member: " + ALICE)
                .getAttributeValue("entryUUID");
        Ref<Host> host = store.transact(tx -> {
            Ref<Host> created = tx.create(Row.of(Host.XEN_CLASS));
            tx.create(Row.of(Pool.XEN_CLASS).with(Pool.MASTER, created));
            return created;
        });
        DirectoryTrust trust = () -> Optional.of(new DirectoryTrust.Tls(server.client(), true));
        ExternalAuth external = new ExternalAuth(store, new Directories("jxapi", () -> null, trust));
        external.enable(
                host,
                Map.of("server", server.ldaps(), "user", LdapServer.USER, "pass", LdapServer.PASSWORD),
                "example.com",
                "LDAP");
        subject = store.transact(tx -> tx.create(Row.of(Subject.XEN_CLASS)
                .with(Subject.SUBJECT_IDENTIFIER, staff)
                .with(Subject.ROLES, List.of(Roles.all().named("vm-admin").orElseThrow()))));
        logins = new ExternalLogins(store, external);
        revalidation = new Revalidation(store, external, new Tokens(store, clock), clock);
        Identity identity = logins.identify("alice", "secret");
        session = store.transact(tx -> tx.create(
                identity.in(Row.of(Session.XEN_CLASS).with(Session.VALIDATION_TIME, XenTime.of(clock.instant())))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private boolean stays() {
        revalidation.look();
        return store.snapshot().find(session).isPresent();
    }

    private boolean staysLater() {
        clock.pass(Duration.ofMinutes(31));
        return stays();
    }

    @Test
    void aUserWhoMayStayIsAskedAboutEveryHalfHour() throws Exception {
        assertThat(staysLater()).isTrue();
        assertThat(store.snapshot().get(session, Session.VALIDATION_TIME).instant())
                .isEqualTo(clock.instant());
        server.server().delete(ALICE);
        clock.pass(Duration.ofMinutes(29));
        assertThat(stays()).isTrue();
        clock.pass(Duration.ofMinutes(2));
        assertThat(stays()).isFalse();
    }

    @Test
    void aUserWhoLeavesTheGroupIsLoggedOut() throws Exception {
        server.server().modify(STAFF, new Modification(ModificationType.REPLACE, "member", "cn=nobody"));
        assertThat(staysLater()).isFalse();
    }

    @Test
    void aSuspendedUserIsLoggedOut() throws Exception {
        server.server().modify(ALICE, new Modification(ModificationType.ADD, "nsAccountLock", "TRUE"));
        assertThat(staysLater()).isFalse();
    }

    @Test
    void sessionsStayWhileTheDirectoryDoesNotAnswer() {
        server.close();
        assertThat(staysLater()).isTrue();
    }

    @Test
    void aChangeOfSubjectsIsAppliedAtTheNextLook() {
        store.change(tx -> {
            tx.set(
                    subject,
                    Subject.ROLES,
                    List.of(Roles.all().named("read-only").orElseThrow()));
            Revalidation.askAgain(tx);
        });
        assertThat(stays()).isTrue();
        assertThat(store.snapshot().get(session, Session.RBAC_PERMISSIONS))
                .contains("read-only")
                .doesNotContain("vm.destroy");
        store.change(tx -> {
            tx.destroy(subject);
            Revalidation.askAgain(tx);
        });
        assertThat(stays()).isFalse();
    }

    @Test
    void sessionsOfRootAreNotAskedAbout() {
        Ref<Session> root =
                store.transact(tx -> tx.create(Identity.superuser("root").in(Row.of(Session.XEN_CLASS))));
        server.close();
        clock.pass(Duration.ofDays(1));
        revalidation.look();
        assertThat(store.snapshot().find(root)).isPresent();
    }
}
