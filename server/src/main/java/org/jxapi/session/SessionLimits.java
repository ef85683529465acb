package org.jxapi.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;

/** How many sessions there may be, and how long an idle one lives: XAPI's numbers. */
public final class SessionLimits {
    private static final Duration IDLE = Duration.ofSeconds(86_400);
    private static final int PER_ORIGINATOR = 500;
    private static final int ANONYMOUS_ROOT = 400;

    private SessionLimits() {}

    /** Ends the longest idle sessions of the same kind when there are too many. */
    static void makeRoom(Transaction tx, String uname, String originator) {
        int limit = originator.isEmpty() ? ANONYMOUS_ROOT : PER_ORIGINATOR;
        if (tx.count(Session.XEN_CLASS) < limit) {
            return;
        }
        List<Stored<Session>> same = tx.all(Session.XEN_CLASS).stream()
                .filter(s -> s.row().get(Session.ORIGINATOR).equals(originator)
                        && s.row().get(Session.AUTH_USER_NAME).equals(uname))
                .sorted(Comparator.comparing(s -> lastActive(s.row())))
                .toList();
        for (int i = 0; i <= same.size() - limit; i++) {
            tx.destroy(same.get(i).ref());
        }
    }

    /** Ends the sessions that have been idle for a day and have no task under way. */
    public static void endIdle(Store store, Instant now) {
        List<Stored<Session>> idle = store.snapshot().all(Session.XEN_CLASS).stream()
                .filter(s -> lastActive(s.row()).plus(IDLE).isBefore(now)
                        && s.row().get(Session.TASKS).isEmpty())
                .toList();
        if (!idle.isEmpty()) {
            store.change(tx -> idle.forEach(s -> {
                tx.destroyIfThere(s.ref());
            }));
        }
    }

    private static Instant lastActive(Row<Session> row) {
        return row.get(Session.LAST_ACTIVE).instant();
    }
}
