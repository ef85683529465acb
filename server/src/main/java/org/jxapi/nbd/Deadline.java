package org.jxapi.nbd;

import java.time.Duration;

/** How long a client may take for the next thing, or how long it has been idle already. Set by the client's thread. */
final class Deadline {
    private static final long NONE = 0;

    /** When the client is late, in ns. */
    private volatile long until = NONE;
    /** Since when the client could make a request, in ns. */
    private volatile long idleSince = NONE;

    /** The client is late after that time. */
    void within(Duration limit) {
        idleSince = NONE;
        until = (System.nanoTime() + limit.toNanos()) | 1;
    }

    /** The client may wait as long as it likes before its next request. */
    void idle() {
        until = NONE;
        idleSince = System.nanoTime() | 1;
    }

    /** The client waits for the server. */
    void lift() {
        until = NONE;
        idleSince = NONE;
    }

    boolean missed(long now) {
        long limit = until;
        return limit != NONE && now - limit > 0;
    }

    /** For how long the client has been idle, in ns; -1 when it is not. */
    long idleNanos(long now) {
        long since = idleSince;
        return since == NONE ? -1 : Math.max(0, now - since);
    }
}
