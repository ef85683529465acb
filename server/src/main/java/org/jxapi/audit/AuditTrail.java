package org.jxapi.audit;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Audit;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.TrackId;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Session;

/**
 * Makes the records of the audit log, as XAPI does: ocaml/xapi/rbac_audit.ml. It records messages that may change
 * something, HTTP requests, and logins of users other than root.
 */
public final class AuditTrail implements Audit, ChangeLog.Listener {
    /** Calls that change nothing that anybody asks about, and come all the time; logouts have a record of their own. */
    private static final Set<String> IGNORED = Set.of(
            "session.local_logout",
            "session.logout",
            "event.next",
            "event.from",
            "http/get_rrd_updates",
            "http/rrd_updates",
            "http/post_remote_db_access",
            "host.tickle_heartbeat");

    private static final String GETTER = ".get";
    private static final String DESTROY = ".destroy";
    private static final String DENIED = "RBAC_PERMISSION_DENIED";

    private final AuditLog log;
    private final Store store;
    private final Clock clock;
    /** Logins of users other than root; their rows are gone when their ends are known. */
    private final Map<String, Who> logins = new ConcurrentHashMap<>();

    public AuditTrail(AuditLog log, Store store, Clock clock) {
        this.log = log;
        this.store = store;
        this.clock = clock;
        store.changes().addListener(this);
    }

    /**
     * The user of a session.
     *
     * @param track the session, without its reference
     * @param identifier of the user in its directory
     */
    private record Who(String track, String identifier, String name, String originator) {
        static Who of(Ref<Session> session, @Nullable Row<Session> row) {
            if (row == null) {
                return new Who(TrackId.of(session), "", "", "");
            }
            String identifier =
                    row.get(Session.IS_LOCAL_SUPERUSER) ? "LOCAL_SUPERUSER" : row.get(Session.AUTH_USER_SID);
            return new Who(
                    TrackId.of(session), identifier, row.get(Session.AUTH_USER_NAME), row.get(Session.ORIGINATOR));
        }
    }

    private Who who(Ref<Session> session) {
        return Who.of(session, store.snapshot().find(session).map(Stored::row).orElse(null));
    }

    private static boolean recorded(String action) {
        return !action.contains(GETTER) && !IGNORED.contains(action);
    }

    @Override
    public Entry message(MessageModel message, Call call, Object[] arguments) {
        String action = message.fullName();
        if (!recorded(action)) {
            return (denied, failure) -> {};
        }
        Who who = who(call.session());
        String before = action.contains(DESTROY) ? arguments(message, arguments) : null;
        String task = call.task().isNull() ? action : action + " R:" + shortened(call.task());
        return (denied, failure) -> {
            String after = before == null ? arguments(message, arguments) : before;
            String outcome = outcome(denied, failure == null ? null : new AuditError(message, arguments).text(failure));
            write(who, denied, outcome, "API", action, after, call.origin().peer(), task);
        };
    }

    private String arguments(MessageModel message, Object[] arguments) {
        return new AuditArguments(store.snapshot()).of(message, arguments);
    }

    /** As XAPI's log has tasks: the beginning of the reference. */
    private static String shortened(Ref<?> task) {
        String digits = task.value().substring(task.value().indexOf(':') + 1).replace("-", "");
        return digits.substring(0, Math.min(12, digits.length()));
    }

    @Override
    public void request(
            String permission,
            Ref<Session> session,
            Map<String, String> parameters,
            String peer,
            @Nullable XenApiException failure) {
        if (!recorded(permission)) {
            return;
        }
        boolean denied = failure != null && failure.code().equals(DENIED);
        String arguments = new AuditArguments(store.snapshot()).of(permission, parameters);
        String outcome = outcome(denied, failure == null ? null : AuditError.ofRequest(failure));
        write(who(session), denied, outcome, "HTTP", permission, arguments, peer, permission);
    }

    @Override
    public void committed(Snapshot snapshot, List<ChangeLog.Change> changes) {
        for (ChangeLog.Change change : changes) {
            if (change.model() != Session.XEN_CLASS) {
                continue;
            }
            if (change.kind() == ChangeLog.Kind.DEL) {
                Who who = logins.remove(change.ref().value());
                if (who != null) {
                    login(who, "session.destroy", false);
                }
            } else if (change.kind() == ChangeLog.Kind.ADD) {
                change.rowOf(Session.XEN_CLASS)
                        .filter(row -> !row.get(Session.IS_LOCAL_SUPERUSER))
                        .ifPresent(row -> {
                            Who who = Who.of(Session.XEN_CLASS.ref(change.ref().value()), row);
                            logins.put(change.ref().value(), who);
                            login(who, "session.create", true);
                        });
            }
        }
    }

    private void login(Who who, String action, boolean named) {
        List<String> arguments = new ArrayList<>();
        if (named) {
            arguments.add(argument("uname", who.name()));
        }
        arguments.add(argument("originator", who.originator()));
        write(who, false, "OK", "API", action, SExpression.list(arguments), "jxapid", action);
    }

    private static String argument(String name, String value) {
        return SExpression.list(
                List.of(SExpression.text(name), SExpression.text(value), SExpression.text(""), SExpression.text("")));
    }

    private static String outcome(boolean denied, @Nullable String error) {
        if (denied) {
            return "";
        }
        return error == null ? "OK" : "ERROR:" + error;
    }

    private void write(
            Who who,
            boolean denied,
            String outcome,
            String kind,
            String action,
            String arguments,
            String peer,
            String task) {
        String record = SExpression.list(List.of(
                SExpression.text(who.track()),
                SExpression.text(who.identifier()),
                SExpression.text(who.name()),
                SExpression.text(denied ? "DENIED" : "ALLOWED"),
                SExpression.text(outcome),
                SExpression.text(kind),
                SExpression.text(action),
                arguments));
        log.add(AuditLine.of(clock.instant(), peer, task, record));
    }
}
