package org.jxapi.dispatch;

import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/** Which database a session reads. */
public interface SessionStores {
    /** The database of another pool that the session was made for; null for all other sessions. */
    @Nullable
    Store of(Ref<Session> session);
}
