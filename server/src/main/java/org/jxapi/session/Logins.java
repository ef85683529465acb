package org.jxapi.session;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisPool;
import org.jxapi.pam.Pam;
import org.jxapi.pam.PamException;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who logs in, and slows those who guess. Root's own password is checked first, on the caller's thread. PAM and
 * the directory have threads of their own.
 */
public final class Logins implements AutoCloseable {
    /** The most logins of a kind that a pool may have checked at once: each needs a thread. */
    public static final int MOST_THREADS = LoginThreads.MOST;

    static final String ROOT = "root";

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);

    private static final String WRONG = "SESSION_AUTHENTICATION_FAILED";
    /** The most that is logged of a user's name, which may have any length. */
    private static final int LONGEST_NAME = 64;

    private static final int LONGEST_REASON = 400;

    private final PeerLog log = new PeerLog(LOG, "refused logins");
    private final LoginThrottle pace = new LoginThrottle();
    private final LoginThreads local;
    private final LoginThreads remote;
    private final RootPassword root;
    private final Tokens tokens;
    /** Whether a client that shows these may log in without a password. */
    private final Predicate<List<X509Certificate>> certificates;

    private final LocalSuperusers superusers;
    private final ExternalAuth external;
    private final ExternalLogins logins;

    /**
     * Local users whom PAM admits as superusers.
     *
     * @param names their names
     * @param pam the service that checks their passwords, or null while the host does not have it
     */
    public record LocalSuperusers(Set<String> names, Supplier<@Nullable Pam> pam) {
        boolean contains(String user) {
            return names.contains(user);
        }
    }

    public Logins(
            Store store,
            RootPassword root,
            Tokens tokens,
            LocalSuperusers superusers,
            ExternalAuth external,
            Predicate<List<X509Certificate>> certificates) {
        this.certificates = certificates;
        this.tokens = tokens;
        this.root = root;
        this.superusers = superusers;
        this.external = external;
        this.logins = new ExternalLogins(store, external);
        this.local = new LoginThreads(
                "local-login", () -> ThisPool.row(store.snapshot()).get(Pool.LOCAL_AUTH_MAX_THREADS));
        this.remote = new LoginThreads(
                "directory-login", () -> ThisPool.row(store.snapshot()).get(Pool.EXT_AUTH_MAX_THREADS));
    }

    /**
     * Identifies a user of the pool: a local superuser, or a user of the directory. As in XAPI, the name and the password
     * do not matter for a client with a certificate that the pool trusts. It fails late when the password is
     * wrong, and with TOO_BUSY at once when many logins of the same peer are being refused or checked.
     */
    CompletionStage<Identity> ofPool(Call.Origin origin, String user, String password) {
        if (!origin.unixSocket() && !origin.certificates().isEmpty() && certificates.test(origin.certificates())) {
            return CompletableFuture.completedFuture(Identity.certified(user));
        }
        return identify(origin, user, password, true);
    }

    /** The same for a local superuser. */
    CompletionStage<Identity> ofThisHost(Call.Origin origin, String user, String password) {
        return identify(origin, user, password, false);
    }

    private CompletionStage<Identity> identify(Call.Origin origin, String user, String password, boolean directory) {
        if (origin.unixSocket()) {
            return CompletableFuture.completedFuture(Identity.superuser(user.isEmpty() ? ROOT : user));
        }
        String peer = origin.peer();
        if (!pace.open(peer)) {
            throw busy(peer, user);
        }
        if (user.equals(ROOT) && root.matches(password)) {
            return CompletableFuture.completedFuture(Identity.superuser(ROOT));
        }
        Supplier<CompletionStage<Identity>> elsewhere = elsewhere(user, password, directory);
        return elsewhere == null ? refused(peer, user, failed(user)) : counted(peer, user, elsewhere);
    }

    /** Asks PAM or the directory; null if neither knows such users. */
    private @Nullable Supplier<CompletionStage<Identity>> elsewhere(String user, String password, boolean directory) {
        if (directory && Tokens.isToken(password)) {
            return tokens.find(user, password).map(this::byToken).orElse(null);
        }
        Pam pam = superusers.contains(user) ? superusers.pam().get() : null;
        if (pam != null) {
            return () -> local.run(() -> superuser(pam, user, password));
        }
        return directory && !user.equals(ROOT) && external.enabled() ? () -> ofDirectory(user, password) : null;
    }

    /** A user whose login the cache answers waits for no thread. */
    private CompletionStage<Identity> ofDirectory(String user, String password) {
        return external.remembered(user, password)
                .<CompletionStage<Identity>>map(
                        answer -> CompletableFuture.completedFuture(answer).thenApply(logins::admitted))
                .orElseGet(() -> remote.run(() -> logins.identify(user, password)));
    }

    private Supplier<CompletionStage<Identity>> byToken(Token token) {
        if (!token.sid().isEmpty()) {
            return () -> remote.run(() -> logins.identify(token));
        }
        return () -> isSuperuser(token.user())
                ? CompletableFuture.completedFuture(
                        Identity.superuser(token.user()).with(token))
                : CompletableFuture.failedFuture(failed(token.user()));
    }

    /** Whether a user of that name is a local superuser, after a login. */
    boolean isSuperuser(String user) {
        return user.equals(ROOT) || superusers.contains(user);
    }

    /** Checks under way count like refusals that wait, so that one peer cannot take all threads. */
    private CompletionStage<Identity> counted(String peer, String user, Supplier<CompletionStage<Identity>> check) {
        if (!pace.begin(peer)) {
            throw busy(peer, user);
        }
        CompletionStage<Identity> found;
        try {
            found = check.get();
        } catch (RuntimeException | Error e) {
            pace.end(peer);
            throw e;
        }
        return found.handle((identity, failure) -> {
                    pace.end(peer);
                    return failure == null ? CompletableFuture.completedStage(identity) : refused(peer, user, failure);
                })
                .thenCompose(stage -> stage);
    }

    private XenApiException busy(String peer, String user) {
        note(peer, user, "");
        return Errors.tooBusy();
    }

    private static Identity superuser(Pam pam, String user, String password) {
        try {
            pam.authenticate(user, password);
            return Identity.superuser(user);
        } catch (PamException e) {
            LOG.debug("Login of {}: PAM refuses it: {}", cut(user), e.getMessage());
            throw failed(user).causedBy(e);
        }
    }

    /**
     * Gives a local superuser whom PAM admits another password there; returns false for other users. It blocks while
     * PAM's modules work.
     */
    boolean changePassword(String user, String password) throws PamException {
        Pam pam = superusers.contains(user) ? superusers.pam().get() : null;
        if (pam != null) {
            pam.changePassword(user, password);
        }
        return pam != null;
    }

    private static XenApiException failed(String user) {
        return Errors.sessionAuthenticationFailed(user, "Authentication failure");
    }

    private CompletionStage<Identity> refused(String peer, String user, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof XenApiException refusal)) {
            LOG.error("Login of {}: failed unexpectedly", cut(user), cause);
            return CompletableFuture.failedStage(cause);
        }
        note(peer, user, refusal.code().equals(WRONG) ? "" : ": " + reason(refusal));
        return pace.refused(peer).thenApply(waited -> {
            throw refusal;
        });
    }

    private static String reason(XenApiException refusal) {
        return refusal.params().isEmpty()
                ? refusal.code()
                : cut(refusal.params().get(refusal.params().size() - 1), LONGEST_REASON);
    }

    private void note(String peer, String user, String reason) {
        log.warn(peer, "Login of " + cut(user) + " from " + peer + " was refused" + reason);
    }

    private static String cut(String name) {
        return cut(name, LONGEST_NAME);
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "..." : text;
    }

    @Override
    public void close() {
        local.close();
        remote.close();
    }
}
