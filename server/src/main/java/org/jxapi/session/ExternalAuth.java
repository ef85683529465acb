package org.jxapi.session;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.directory.Directories;
import org.jxapi.directory.Directory;
import org.jxapi.directory.DirectoryException;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;

/**
 * External authentication: which directory each host uses, in the fields {@code external_auth_*} of its record. As the
 * passwords of storage, the directory's password is in a secret, and the setting {@code pass_secret} has its UUID.
 */
public final class ExternalAuth {
    private static final String PASSWORD = "pass";
    private static final String SECRET = "pass_secret";
    private static final int QUESTIONS = 8;

    private final Store store;
    private final Directories directories;
    /** Questions hold threads of calls while the directory answers. More than these must not wait for it. */
    private final Semaphore questions = new Semaphore(QUESTIONS);

    private final Semaphore changing = new Semaphore(1);
    private final LoginCache cache = new LoginCache();

    public ExternalAuth(Store store, Directories directories) {
        this.store = store;
        this.directories = directories;
    }

    /** Something that a directory answers. */
    interface Question<T> {
        T ask(Directory directory) throws DirectoryException;
    }

    /** Whether the host uses a directory. */
    boolean enabled() {
        return ThisHost.find(store.snapshot())
                .filter(host -> !host.row().get(Host.EXTERNAL_AUTH_TYPE).isEmpty())
                .isPresent();
    }

    /** The directory of this host; AUTH_IS_DISABLED when it uses none. */
    Directory directory() throws DirectoryException {
        Snapshot snapshot = store.snapshot();
        Row<Host> host = ThisHost.find(snapshot).map(Stored::row).orElseThrow(Errors::authIsDisabled);
        String type = host.get(Host.EXTERNAL_AUTH_TYPE);
        if (type.isEmpty()) {
            throw Errors.authIsDisabled();
        }
        return directories.open(
                type,
                host.get(Host.EXTERNAL_AUTH_SERVICE_NAME),
                revealed(snapshot, host.get(Host.EXTERNAL_AUTH_CONFIGURATION)));
    }

    /** The settings of the directory, to which the answers of {@link #remember} belong. */
    LoginCache.Source source() {
        return ThisHost.find(store.snapshot())
                .map(host -> LoginCache.Source.of(host.row()))
                .orElseThrow(Errors::authIsDisabled);
    }

    /** The directory's answer to an earlier login, if the pool has answers remembered. */
    Optional<LoginCache.Answer> remembered(String user, String password) {
        return cache.find(source(), limits(), user, password);
    }

    void remember(LoginCache.Source source, String user, String password, LoginCache.Answer answer) {
        cache.keep(source, limits(), user, password, answer);
    }

    private LoginCache.Limits limits() {
        return LoginCache.Limits.of(ThisPool.row(store.snapshot()));
    }

    /** Whether the directory's answers to logins are remembered; false forgets those that are. */
    public void rememberLogins(Ref<Pool> pool, boolean value) {
        store.change(tx -> tx.set(pool, Pool.EXT_AUTH_CACHE_ENABLED, value));
        if (!value) {
            cache.clear();
        }
    }

    /** Asks the directory for a call. It throws XAPI's error when there is no answer, and TOO_BUSY when many ask. */
    <T> T ask(Question<T> question) {
        if (!questions.tryAcquire()) {
            throw Errors.tooBusy();
        }
        try {
            return question.ask(directory());
        } catch (DirectoryException e) {
            throw DirectoryErrors.ofQuestion(e);
        } finally {
            questions.release();
        }
    }

    /** Has a host use a directory from now on, if that answers. Logins ask the directory of the coordinator. */
    public void enable(Ref<Host> host, Map<String, String> config, String serviceName, String type) {
        Row<Host> row = store.snapshot().row(host);
        String current = row.get(Host.EXTERNAL_AUTH_TYPE);
        if (!current.isEmpty()) {
            throw Errors.authAlreadyEnabled(current, row.get(Host.EXTERNAL_AUTH_SERVICE_NAME));
        }
        enable(List.of(host), config, serviceName, type);
    }

    private void enable(List<Ref<Host>> hosts, Map<String, String> config, String serviceName, String type) {
        if (!directories.known(type)) {
            throw Errors.authUnknownType(type);
        }
        if (!changing.tryAcquire()) {
            String host = hosts.get(0).value();
            throw Errors.otherOperationInProgress(Host.XEN_CLASS.name(), host, "enable_external_auth", host);
        }
        try {
            directories.open(type, serviceName, config).check();
            store.change(tx -> {
                for (Ref<Host> host : hosts) {
                    tx.set(host, Host.EXTERNAL_AUTH_SERVICE_NAME, serviceName);
                    tx.set(host, Host.EXTERNAL_AUTH_CONFIGURATION, hidden(tx, config));
                    tx.set(host, Host.EXTERNAL_AUTH_TYPE, type);
                }
            });
        } catch (DirectoryException e) {
            throw DirectoryErrors.ofEnabling(e);
        } finally {
            changing.release();
        }
    }

    /**
     * The same for all hosts of the pool: any of them may become the coordinator. Subjects that the directory does not know
     * are destroyed. Hosts need no accounts there, so two may have one name, unlike in XAPI.
     */
    public void enableInPool(Map<String, String> config, String serviceName, String type) {
        Snapshot now = store.snapshot();
        List<Ref<Host>> hosts = hosts(now);
        for (Ref<Host> host : hosts) {
            if (!now.get(host, Host.EXTERNAL_AUTH_TYPE).isEmpty()) {
                throw Errors.poolAuthAlreadyEnabled(host.value());
            }
        }
        try {
            enable(hosts, config, serviceName, type);
        } catch (XenApiException e) {
            throw DirectoryErrors.ofPool(hosts.get(0), e);
        }
        destroyUnknownSubjects();
    }

    /** The hosts of the pool, the coordinator first, as XAPI enables and disables them. */
    private static List<Ref<Host>> hosts(Snapshot now) {
        Set<Ref<Host>> hosts = new LinkedHashSet<>(Set.of(ThisHost.ref(now)));
        now.all(Host.XEN_CLASS).forEach(host -> hosts.add(host.ref()));
        return List.copyOf(hosts);
    }

    private void destroyUnknownSubjects() {
        for (Stored<Subject> subject : store.snapshot().all(Subject.XEN_CLASS)) {
            try {
                directory().account(subject.row().get(Subject.SUBJECT_IDENTIFIER));
            } catch (DirectoryException e) {
                if (e.kind() == DirectoryException.Kind.NOT_FOUND) {
                    store.change(tx -> tx.destroyIfThere(subject.ref()));
                }
            }
        }
    }

    /** {@link #setLdaps} for all hosts of the pool that use a directory; AUTH_IS_DISABLED if the coordinator uses none. */
    public void setLdapsInPool(boolean ldaps, boolean force) {
        Snapshot now = store.snapshot();
        Ref<Host> coordinator = ThisHost.ref(now);
        setLdaps(coordinator, ldaps, force);
        for (Ref<Host> host : hosts(now)) {
            if (!host.equals(coordinator)
                    && !now.get(host, Host.EXTERNAL_AUTH_TYPE).isEmpty()) {
                // The coordinator has checked the connection.
                setLdaps(host, ldaps, true);
            }
        }
    }

    /**
     * Whether TLS begins with the connection (LDAPS) or with StartTLS; xapi_host.ml. For local users it means nothing, as in
     * XAPI.
     *
     * @param force whether to skip the check of the connection
     */
    public void setLdaps(Ref<Host> host, boolean ldaps, boolean force) {
        Row<Host> row = store.snapshot().row(host);
        String type = row.get(Host.EXTERNAL_AUTH_TYPE);
        if (type.isEmpty()) {
            throw Errors.authIsDisabled();
        }
        if (!directories.usesTls(type)) {
            return;
        }
        Map<String, String> config = new LinkedHashMap<>(row.get(Host.EXTERNAL_AUTH_CONFIGURATION));
        String value = Boolean.toString(ldaps);
        String before = config.getOrDefault("ldaps", "true");
        config.put("ldaps", value);
        if (value.equals(before) && !force) {
            throw Errors.authSetLdapsFailed(host.value(), "ldaps is already " + value);
        }
        try {
            Directory changed = directories.open(
                    type, row.get(Host.EXTERNAL_AUTH_SERVICE_NAME), revealed(store.snapshot(), config));
            if (!force) {
                changed.check();
            }
        } catch (DirectoryException e) {
            throw Errors.authSetLdapsFailed(host.value(), DirectoryErrors.message(e))
                    .causedBy(e);
        }
        store.change(tx -> tx.set(host, Host.EXTERNAL_AUTH_CONFIGURATION, config));
    }

    /** Has a host use no directory any more. If it is the coordinator, the sessions of the directory's users end. */
    public void disable(Ref<Host> host) {
        store.snapshot().require(host);
        store.change(tx -> disable(tx, host));
        cache.clear();
    }

    /** The same for all hosts of the pool. */
    public void disableInPool() {
        store.change(tx -> hosts(tx).forEach(host -> disable(tx, host)));
        cache.clear();
    }

    private static void disable(Transaction tx, Ref<Host> host) {
        Optional.ofNullable(tx.get(host, Host.EXTERNAL_AUTH_CONFIGURATION).get(SECRET))
                .flatMap(uuid -> tx.byUuid(Secret.XEN_CLASS, uuid))
                .ifPresent(secret -> tx.destroy(secret.ref()));
        tx.set(host, Host.EXTERNAL_AUTH_TYPE, "");
        tx.set(host, Host.EXTERNAL_AUTH_SERVICE_NAME, "");
        tx.set(host, Host.EXTERNAL_AUTH_CONFIGURATION, Map.of());
        if (host.equals(ThisHost.ref(tx))) {
            sessions(tx).forEach(session -> tx.destroyIfThere(session.ref()));
        }
    }

    /** The sessions of users of the directory. */
    static List<Stored<Session>> sessions(Snapshot snapshot) {
        return snapshot.all(Session.XEN_CLASS).stream()
                .filter(session -> external(session.row()))
                .toList();
    }

    /** Whether it is the session of a user of the directory. */
    static boolean external(Row<Session> session) {
        return !session.get(Session.IS_LOCAL_SUPERUSER)
                && !session.get(Session.CLIENT_CERTIFICATE)
                && !session.get(Session.AUTH_USER_SID).isEmpty()
                && !session.get(Session.AUTH_USER_SID).equals(ReadOnlySessions.SID);
    }

    private static Map<String, String> hidden(Transaction tx, Map<String, String> config) {
        Map<String, String> hidden = new LinkedHashMap<>(config);
        String password = hidden.remove(PASSWORD);
        if (password != null) {
            Ref<Secret> secret = tx.create(Row.of(Secret.XEN_CLASS).with(Secret.VALUE, password));
            hidden.put(SECRET, tx.get(secret, Secret.UUID));
        }
        return hidden;
    }

    private static Map<String, String> revealed(Snapshot snapshot, Map<String, String> config) {
        Map<String, String> clear = new LinkedHashMap<>(config);
        String secret = clear.remove(SECRET);
        if (secret != null) {
            snapshot.byUuid(Secret.XEN_CLASS, secret)
                    .ifPresent(found -> clear.put(PASSWORD, found.row().get(Secret.VALUE)));
        }
        return clear;
    }
}
