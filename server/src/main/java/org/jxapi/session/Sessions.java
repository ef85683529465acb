package org.jxapi.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;

/** Looks up the session of a call. */
public final class Sessions {
    /** How fresh last_active is kept: writing it with every call would cost a commit each. */
    private static final Duration ACTIVE_GRAIN = Duration.ofSeconds(600);

    private final Store store;
    private final Clock clock;

    public Sessions(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The session of that reference; SESSION_INVALID when there is none. */
    public Ref<Session> check(String text) {
        Ref<Session> session = Session.XEN_CLASS.ref(text);
        Row<Session> row = store.snapshot()
                .find(session)
                .orElseThrow(() -> Errors.sessionInvalid(text))
                .row();
        Instant now = clock.instant();
        if (row.get(Session.LAST_ACTIVE).instant().plus(ACTIVE_GRAIN).isBefore(now)) {
            store.change(tx -> {
                tx.update(session, Session.LAST_ACTIVE, XenTime.of(now));
            });
        }
        return session;
    }

    /** The rights of the session's holder. */
    public Rights rights(Ref<Session> session) {
        return Rights.of(store.snapshot().row(session));
    }
}
