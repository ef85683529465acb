package org.jxapi.session;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.SessionMessages;
import org.slf4j.LoggerFactory;

/** The messages of class session: who may come in. */
public final class SessionService implements SessionMessages<Call> {
    /** The most that is logged of a user's name, which may have any length. */
    private static final int LONGEST_NAME_IN_LOG = 64;

    private final PeerLog log = new PeerLog(LoggerFactory.getLogger(SessionService.class), "refused logins");
    private final LoginThrottle pace = new LoginThrottle();
    private final Store store;
    private final Passwords passwords;
    private final Clock clock;

    public SessionService(Store store, Passwords passwords, Clock clock) {
        this.store = store;
        this.passwords = passwords;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Ref<Session>> loginWithPassword(
            Call call, String uname, String pwd, String version, String originator) {
        String from = originator.isEmpty() ? call.origin().originator() : originator;
        return login(call, uname, pwd, () -> create(uname.isEmpty() ? "root" : uname, from));
    }

    @Override
    public CompletionStage<Ref<Session>> slaveLocalLoginWithPassword(Call call, String uname, String pwd) {
        return login(call, uname, pwd, () -> create(uname, ""));
    }

    private CompletionStage<Ref<Session>> login(Call call, String uname, String pwd, Supplier<Ref<Session>> session) {
        if (call.origin().unixSocket()) {
            return CompletableFuture.completedFuture(session.get());
        }
        String peer = call.origin().peer();
        boolean open = pace.open(peer);
        if (open && uname.equals("root") && passwords.matches(pwd)) {
            return CompletableFuture.completedFuture(session.get());
        }
        log.warn(peer, "Login of " + cut(uname) + " from " + peer + " was refused");
        if (!open) {
            throw Errors.tooBusy();
        }
        return pace.refused(peer).thenApply(waited -> {
            throw Errors.sessionAuthenticationFailed(uname, "Authentication failure");
        });
    }

    private static String cut(String name) {
        return name.length() > LONGEST_NAME_IN_LOG ? name.substring(0, LONGEST_NAME_IN_LOG) + "..." : name;
    }

    private Ref<Session> create(String uname, String originator) {
        XenTime now = XenTime.of(clock.instant());
        return store.transact(tx -> {
            Ref<Host> host = ThisHost.find(tx).<Ref<Host>>map(Stored::ref).orElse(Ref.nil());
            SessionLimits.makeRoom(tx, uname, originator);
            return tx.create(Row.of(Session.XEN_CLASS)
                    .with(Session.THIS_HOST, host)
                    .with(Session.LAST_ACTIVE, now)
                    .with(Session.VALIDATION_TIME, now)
                    .with(Session.IS_LOCAL_SUPERUSER, true)
                    .with(Session.AUTH_USER_NAME, uname)
                    .with(Session.ORIGINATOR, originator));
        });
    }

    /** A new session with the rights of another, for a host that works for its user. */
    public static Ref<Session> delegate(Transaction tx, Ref<Session> of) {
        Row<Session> row = tx.row(of);
        SessionLimits.makeRoom(tx, row.get(Session.AUTH_USER_NAME), row.get(Session.ORIGINATOR));
        return tx.create(row.with(Session.UUID, UUID.randomUUID().toString()).with(Session.TASKS, List.of()));
    }

    @Override
    public void logout(Call call) {
        store.change(tx -> remove(tx, call.session()));
    }

    @Override
    public void localLogout(Call call) {
        logout(call);
    }

    private static void remove(Transaction tx, Ref<?> session) {
        tx.destroyIfThere(session);
    }

    @Override
    public void changePassword(Call call, String oldPwd, String newPwd) {
        if (!store.snapshot().get(call.session(), Session.IS_LOCAL_SUPERUSER)) {
            throw Errors.userIsNotLocalSuperuser("only the host's own root changes its password");
        }
        if (!Passwords.acceptable(newPwd)) {
            throw Errors.changePasswordRejected("the password must be one line that is not blank");
        }
        try {
            passwords.change(newPwd);
        } catch (IOException e) {
            throw Errors.changePasswordRejected("the password file cannot be written")
                    .causedBy(e);
        }
    }

    @Override
    public List<String> getAllSubjectIdentifiers(Call call) {
        return store.snapshot().all(Session.XEN_CLASS).stream()
                .map(s -> s.row().get(Session.AUTH_USER_SID))
                .filter(sid -> !sid.isEmpty())
                .distinct()
                .toList();
    }

    @Override
    public void logoutSubjectIdentifier(Call call, String subjectIdentifier) {
        store.change(tx -> {
            List<Stored<Session>> sessions = tx.all(Session.XEN_CLASS).stream()
                    .filter(s -> !subjectIdentifier.isEmpty()
                            && Objects.equals(s.row().get(Session.AUTH_USER_SID), subjectIdentifier))
                    .toList();
            sessions.forEach(s -> remove(tx, s.ref()));
        });
    }
}
