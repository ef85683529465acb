package org.jxapi.session;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.pam.PamException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.SessionMessages;
import org.jxapi.xenapi.Subject;

/** The messages of class session: who may come in. */
public final class SessionService implements SessionMessages<Call> {
    private final Store store;
    private final Logins logins;
    private final FailedLogins failed;
    private final RootPassword password;
    private final UserAgents agents;
    private final MemberSecrets members;
    private final Clock clock;

    public SessionService(
            Store store,
            Logins logins,
            FailedLogins failed,
            RootPassword password,
            MemberSecrets members,
            UserAgents agents,
            Clock clock) {
        this.members = members;
        this.failed = failed;
        this.store = store;
        this.logins = logins;
        this.password = password;
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Ref<Session>> loginWithPassword(
            Call call, String uname, String pwd, String version, String originator) {
        String from = originator.isEmpty() ? call.origin().originator() : originator;
        return counted(logins.ofPool(call.origin(), uname, pwd), call, uname, from)
                .thenApply(identity -> create(call, identity, from));
    }

    @Override
    public CompletionStage<Ref<Session>> slaveLocalLoginWithPassword(Call call, String uname, String pwd) {
        return counted(logins.ofThisHost(call.origin(), uname, pwd), call, uname, "")
                .thenApply(identity -> create(call, identity, ""));
    }

    /** The session of a member that works for root on its own machine; Xapi_session.slave_login. */
    @Override
    public Ref<Session> slaveLogin(Call call, Ref<Host> host, String psecret) {
        if (!members.admits(store.snapshot(), host, psecret)) {
            throw Errors.sessionAuthenticationFailed("", "Authentication failure");
        }
        XenTime now = XenTime.of(clock.instant());
        return store.transact(tx -> {
            SessionLimits.makeRoom(tx, "", "");
            return tx.create(Row.of(Session.XEN_CLASS)
                    .with(Session.THIS_HOST, host)
                    .with(Session.POOL, true)
                    .with(Session.IS_LOCAL_SUPERUSER, true)
                    .with(Session.LAST_ACTIVE, now)
                    .with(Session.VALIDATION_TIME, now));
        });
    }

    /** Counts a login if its user or password is wrong. */
    private CompletionStage<Identity> counted(
            CompletionStage<Identity> login, Call call, String user, String originator) {
        return login.whenComplete((identity, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof XenApiException error && error.code().equals("SESSION_AUTHENTICATION_FAILED")) {
                failed.count(call.origin(), user, originator);
            }
        });
    }

    private Ref<Session> create(Call call, Identity identity, String originator) {
        XenTime now = XenTime.of(clock.instant());
        Ref<Session> session = store.transact(tx -> {
            Ref<Host> host = ThisHost.find(tx).<Ref<Host>>map(Stored::ref).orElse(Ref.nil());
            SessionLimits.makeRoom(tx, identity.user(), originator);
            return tx.create(identity.in(Row.of(Session.XEN_CLASS)
                    .with(Session.THIS_HOST, host)
                    .with(Session.LAST_ACTIVE, now)
                    .with(Session.VALIDATION_TIME, now)
                    .with(Session.ORIGINATOR, originator)));
        });
        agents.track(call.origin());
        return session;
    }

    /** A new session with the rights of another, for a host that works for its user. */
    public static Ref<Session> delegate(Transaction tx, Ref<Session> of) {
        Row<Session> row = tx.row(of);
        SessionLimits.makeRoom(tx, row.get(Session.AUTH_USER_NAME), row.get(Session.ORIGINATOR));
        return tx.create(
                row.with(Session.UUID, FreshIds.uuid("session").toString()).with(Session.TASKS, List.of()));
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

    /** The password of a local superuser whom PAM admits is PAM's; any other local superuser is root. */
    @Override
    public void changePassword(Call call, String oldPwd, String newPwd) {
        if (!store.snapshot().get(call.session(), Session.IS_LOCAL_SUPERUSER)) {
            throw Errors.userIsNotLocalSuperuser("only the host's own root changes its password");
        }
        if (!Passwords.acceptable(newPwd)) {
            throw Errors.changePasswordRejected("the password must be one line that is not blank");
        }
        String user = store.snapshot().get(call.session(), Session.AUTH_USER_NAME);
        try {
            boolean byPam = logins.changePassword(user, newPwd);
            if (!byPam || user.equals(Logins.ROOT)) {
                password.change(newPwd);
            }
        } catch (PamException e) {
            throw Errors.changePasswordRejected(String.valueOf(e.getMessage())).causedBy(e);
        } catch (IOException e) {
            throw Errors.changePasswordRejected("the password file cannot be written")
                    .causedBy(e);
        }
    }

    /** Users of the directory with a session, and the groups that let them in; xapi_session.ml. */
    @Override
    public List<String> getAllSubjectIdentifiers(Call call) {
        Snapshot snapshot = store.snapshot();
        List<Stored<Session>> sessions = ExternalAuth.sessions(snapshot);
        return Stream.concat(
                        sessions.stream().map(s -> s.row().get(Session.AUTH_USER_SID)),
                        sessions.stream().map(s -> admittedBy(snapshot, s)))
                .filter(identifier -> !identifier.isEmpty())
                .distinct()
                .toList();
    }

    /** The identifier of the subject that let the user in; empty when it is gone. */
    private static String admittedBy(Snapshot snapshot, Stored<Session> session) {
        return snapshot.find(session.row().get(Session.SUBJECT))
                .map(subject -> subject.row().get(Subject.SUBJECT_IDENTIFIER))
                .orElse("");
    }

    /** Also the sessions of members, if it is the group that let them in, but not the caller's own; xapi_session.ml. */
    @Override
    public void logoutSubjectIdentifier(Call call, String subjectIdentifier) {
        store.change(tx -> {
            for (Stored<Session> session : ExternalAuth.sessions(tx)) {
                boolean concerned = session.row().get(Session.AUTH_USER_SID).equals(subjectIdentifier)
                        || admittedBy(tx, session).equals(subjectIdentifier);
                if (concerned && !session.ref().equals(call.session()) && !subjectIdentifier.isEmpty()) {
                    remove(tx, session.ref());
                }
            }
        });
    }
}
