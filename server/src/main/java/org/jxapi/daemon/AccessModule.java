package org.jxapi.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.ClientCertificates;
import org.jxapi.certificate.Trust;
import org.jxapi.certificate.TrustedCertificates;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.directory.Directories;
import org.jxapi.directory.Directory;
import org.jxapi.directory.DirectoryTrust;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostPlugin;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.message.Messages;
import org.jxapi.pam.Pam;
import org.jxapi.session.AuthService;
import org.jxapi.session.ExternalAuth;
import org.jxapi.session.FailedLogins;
import org.jxapi.session.Logins;
import org.jxapi.session.MemberSecrets;
import org.jxapi.session.Passwords;
import org.jxapi.session.PoolPassword;
import org.jxapi.session.Revalidation;
import org.jxapi.session.RoleService;
import org.jxapi.session.RootPassword;
import org.jxapi.session.SessionService;
import org.jxapi.session.SubjectService;
import org.jxapi.session.TokenPlugin;
import org.jxapi.session.Tokens;
import org.jxapi.session.UserAgents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.AuthMessages;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SessionMessages;

/** Access to jxapid: passwords, directories, sessions, subjects and roles. */
final class AccessModule implements AutoCloseable {
    private static final String FAILED_LOGINS = "FAILED_LOGIN_ATTEMPTS";
    private static final long FAILED_LOGINS_PRIORITY = 3;

    private final Store store;
    private final Clock clock;
    private final RootPassword root;
    private final ExternalAuth external;
    private final ClientCertificates certificates;
    private final SubjectService subjects;
    private final Tokens tokens;
    private final Logins logins;
    private final Revalidation revalidation;
    private final FailedLogins failed;
    private final UserAgents agents = new UserAgents();

    /**
     * @param trusted knows which servers of a directory, and which clients, are trusted
     * @param more directories of other types, by the type
     */
    AccessModule(Store store, Settings settings, Clock clock, TrustedCertificates trusted, Map<String, Directory> more)
            throws IOException {
        this.store = store;
        this.clock = clock;
        Path given = settings.rootPasswordFile();
        this.root = given == null ? new PoolPassword(store, settings.dataDir()) : Passwords.of(given);
        Settings.Users users = settings.users();
        // Looked up for each login: the service's file may come while jxapid runs.
        Supplier<@Nullable Pam> pam = () ->
                users.pamService() == null ? null : Pam.of(users.pamService()).orElse(null);
        this.external = new ExternalAuth(
                store, new Directories(String.valueOf(users.pamService()), pam, () -> tls(trusted), more));
        this.subjects = new SubjectService(store, external);
        this.certificates = new ClientCertificates(store, trusted::general);
        this.tokens = new Tokens(store, clock);
        this.logins = new Logins(
                store,
                root,
                tokens,
                new Logins.LocalSuperusers(users.pamSuperusers(), pam),
                external,
                certificates::accept);
        this.failed = new FailedLogins(clock);
        this.revalidation = new Revalidation(store, external, tokens, clock);
    }

    private static Optional<DirectoryTrust.Tls> tls(TrustedCertificates trusted) throws GeneralSecurityException {
        Trust trust = trusted.of(CertificatePurpose.LDAPS).orElse(null);
        return trust == null
                ? Optional.empty()
                : Optional.of(new DirectoryTrust.Tls(trust.context(), trust.checksNames()));
    }

    /** Called once this host has a record. */
    void start() {
        Snapshot now = store.snapshot();
        root.start(now.get(ThisHost.ref(now), Host.UUID));
    }

    /** Root's password on a member, which has no database. */
    static Passwords passwords(Settings settings) throws IOException {
        Path given = settings.rootPasswordFile();
        return given == null ? Passwords.inDataFolder(settings.dataDir()) : Passwords.of(given);
    }

    /** @param members how members of the pool log in */
    void bind(MessageTable<Call> table, MemberSecrets members) {
        SessionMessages.bind(table, new SessionService(store, logins, failed, root, members, agents, clock));
        AuthMessages.bind(table, new AuthService(store, external));
        new RoleService().bind(table);
        subjects.bind(table);
    }

    /** The programs that have logged in. */
    UserAgents agents() {
        return agents;
    }

    /** The directory that this host uses. */
    ExternalAuth external() {
        return external;
    }

    /** Uses a directory without settings from now on. */
    void use(String type, String name) {
        external.enable(ThisHost.ref(store.snapshot()), Map.of(), name, type);
    }

    /** Lets a user of the directory in, with a role. */
    void admit(String identifier, String role) {
        subjects.admit(identifier, role);
    }

    /** The clients that log in with a certificate. */
    ClientCertificates certificates() {
        return certificates;
    }

    /** The plug-ins of host.call_plugin that are about users. */
    Map<String, HostPlugin> plugins() {
        return Map.of(TokenPlugin.NAME, new TokenPlugin(store, tokens, logins, external)::call);
    }

    /**
     * Ends sessions whose users may no longer have one. It asks the directory about them on a thread of its own, because
     * the answer may take long.
     */
    void revalidate(Executor own) {
        tokens.endSessions();
        own.execute(revalidation::look);
    }

    /** Writes the alert about wrong logins since the last one: alert_failed_login_attempts in xapi_pool.ml. */
    void reportFailedLogins() {
        failed.take()
                .ifPresent(body -> store.change(tx -> ThisPool.find(tx)
                        .ifPresent(pool -> Messages.write(
                                tx,
                                clock,
                                FAILED_LOGINS,
                                FAILED_LOGINS_PRIORITY,
                                Cls.POOL,
                                pool.row().get(Pool.UUID),
                                body))));
    }

    @Override
    public void close() {
        logins.close();
    }
}
