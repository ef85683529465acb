package org.jxapi.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;
import org.jxapi.directory.Account;
import org.jxapi.directory.Directory;
import org.jxapi.directory.DirectoryException;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the directory from time to time whether users who are logged in may stay, as XAPI's revalidate_all_sessions does.
 * Sessions end when the user is gone or suspended, or is no longer a subject with a role. They stay while the directory
 * does not answer.
 */
public final class Revalidation {
    private static final Logger LOG = LoggerFactory.getLogger(Revalidation.class);

    /** How long the directory's answer holds: XAPI's 30 minutes, without the random part, which spreads hosts' questions. */
    private static final Duration HOLDS = Duration.ofMinutes(30);

    private static final XenTime NEVER = XenTime.of(Instant.EPOCH);

    private final Store store;
    private final ExternalAuth external;
    private final ExternalLogins logins;
    private final Tokens tokens;
    private final Clock clock;
    private final AtomicBoolean running = new AtomicBoolean();

    /** @param tokens may limit the rights of sessions */
    public Revalidation(Store store, ExternalAuth external, Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.store = store;
        this.external = external;
        this.logins = new ExternalLogins(store, external);
        this.clock = clock;
    }

    /** Asks again about all sessions of the directory at the next look: a change of subjects may concern any of them. */
    static void askAgain(Transaction tx) {
        ExternalAuth.sessions(tx).forEach(session -> tx.set(session.ref(), Session.VALIDATION_TIME, NEVER));
    }

    /** Asks about the sessions whose last answer is old. It blocks while the directory answers, and runs once at a time. */
    public void look() {
        List<Stored<Session>> due = due();
        if (due.isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            ask(due);
        } finally {
            running.set(false);
        }
    }

    private List<Stored<Session>> due() {
        Instant oldest = clock.instant().minus(HOLDS);
        return ExternalAuth.sessions(store.snapshot()).stream()
                .filter(session ->
                        session.row().get(Session.VALIDATION_TIME).instant().isBefore(oldest))
                .toList();
    }

    private void ask(List<Stored<Session>> due) {
        Map<String, Optional<List<Stored<Subject>>>> answers = new HashMap<>();
        for (Stored<Session> session : due) {
            String sid = session.row().get(Session.AUTH_USER_SID);
            try {
                Optional<List<Stored<Subject>>> subjects = answers.get(sid);
                if (subjects == null) {
                    subjects = subjects(sid);
                    answers.put(sid, subjects);
                }
                apply(session, subjects.orElse(List.of()));
            } catch (DirectoryException e) {
                LOG.warn(
                        "Sessions: the directory cannot be asked about {}, whose sessions stay: {}",
                        sid,
                        e.getMessage());
                return;
            }
        }
    }

    /** The subjects that let a user in; empty for one who may not log in. */
    private Optional<List<Stored<Subject>>> subjects(String sid) throws DirectoryException {
        try {
            Directory directory = external.directory();
            Account account = directory.account(sid);
            return account.state().usable()
                    ? Optional.of(logins.subjects(sid, directory.groups(sid)))
                    : Optional.empty();
        } catch (DirectoryException e) {
            if (e.kind() == DirectoryException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void apply(Stored<Session> session, List<Stored<Subject>> subjects) {
        List<String> permissions = tokens.limit(session.row(), ExternalLogins.permissions(subjects));
        Ref<Session> ref = session.ref();
        store.change(tx -> {
            if (tx.find(ref).isEmpty()) {
                return;
            }
            if (permissions.isEmpty()) {
                LOG.info(
                        "Session of {}: ended, because the user may no longer log in",
                        session.row().get(Session.AUTH_USER_NAME));
                tx.destroy(ref);
                return;
            }
            tx.set(ref, Session.VALIDATION_TIME, XenTime.of(clock.instant()));
            tx.set(ref, Session.SUBJECT, subjects.get(0).ref());
            tx.set(ref, Session.RBAC_PERMISSIONS, permissions);
        });
    }
}
