package org.jxapi.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/**
 * How many sessions there may be, and how long an idle one lives: XAPI's rules, timeout_sessions in
 * ocaml/xapi/db_gc_util.ml. A session whose tasks are under way ends in neither way.
 */
public final class SessionLimits {
    private static final int OF_A_KIND = 500;
    private static final int ANONYMOUS = 400;

    private SessionLimits() {}

    /**
     * The kind of sessions that are counted together: those of root by the name that the client program gives itself, those
     * of other users by their name.
     */
    private record Kind(String user, String originator) {
        static Kind of(String user, String originator) {
            boolean root = user.isEmpty() || user.equals(Logins.ROOT);
            return root ? new Kind("", originator) : new Kind(user, "");
        }

        static Kind of(Row<Session> row) {
            return of(row.get(Session.AUTH_USER_NAME), row.get(Session.ORIGINATOR));
        }

        int limit() {
            return user.isEmpty() && originator.isEmpty() ? ANONYMOUS : OF_A_KIND;
        }
    }

    /** Ends the longest idle sessions of a kind when there is no room for one more. */
    static void makeRoom(Transaction tx, String user, String originator) {
        Kind kind = Kind.of(user, originator);
        if (tx.count(Session.XEN_CLASS) < kind.limit()) {
            return;
        }
        List<Stored<Session>> same = tx.all(Session.XEN_CLASS).stream()
                .filter(s -> Kind.of(s.row()).equals(kind) && unused(tx, s.row()))
                .sorted(Comparator.comparing(s -> lastActive(s.row())))
                .toList();
        for (int i = 0; i <= same.size() - kind.limit(); i++) {
            tx.destroy(same.get(i).ref());
        }
    }

    /** Ends the sessions that have been idle for so long. */
    public static void endIdle(Store store, Instant now, Duration idle) {
        Snapshot snapshot = store.snapshot();
        List<Stored<Session>> ended = snapshot.all(Session.XEN_CLASS).stream()
                .filter(s -> lastActive(s.row()).plus(idle).isBefore(now) && unused(snapshot, s.row()))
                .toList();
        if (!ended.isEmpty()) {
            store.change(tx -> ended.forEach(s -> {
                tx.destroyIfThere(s.ref());
            }));
        }
    }

    /** Whether none of its tasks is under way. Tasks that have ended stay in the database for a while. */
    private static boolean unused(Snapshot snapshot, Row<Session> row) {
        return row.get(Session.TASKS).stream()
                .noneMatch(task -> snapshot.find(task)
                        .filter(found -> found.row().get(Task.STATUS) == TaskStatusType.PENDING)
                        .isPresent());
    }

    private static Instant lastActive(Row<Session> row) {
        return row.get(Session.LAST_ACTIVE).instant();
    }
}
