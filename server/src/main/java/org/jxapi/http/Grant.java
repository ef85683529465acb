package org.jxapi.http;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Audit;
import org.jxapi.session.Rights;
import org.jxapi.xenapi.Session;

/** A session while the request is served, and its rights; closing it ends a session that was made for this. */
public final class Grant implements AutoCloseable {
    private final Ref<Session> session;
    private final Rights rights;
    private final Audit audit;
    private final Runnable end;
    private final AtomicBoolean ended = new AtomicBoolean();

    Grant(Ref<Session> session, Rights rights, Audit audit, Runnable end) {
        this.session = session;
        this.rights = rights;
        this.audit = audit;
        this.end = end;
    }

    /** The grant of a client that nobody knows, with one permission. As in XAPI, what it does is not recorded. */
    static Grant ofStranger(String permission) {
        return new Grant(Ref.nil(), new Rights(false, List.of(permission)), Audit.NONE, () -> {});
    }

    public Ref<Session> session() {
        return session;
    }

    public Rights rights() {
        return rights;
    }

    /** Whether it holds a permission such as {@code http/get_export}. */
    public boolean permits(String permission) {
        return rights.permits(permission);
    }

    /** Where the request is recorded. */
    Audit audit() {
        return audit;
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            end.run();
        }
    }
}
