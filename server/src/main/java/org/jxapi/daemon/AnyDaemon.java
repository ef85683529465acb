package org.jxapi.daemon;

import java.util.List;

/** A daemon that serves clients: that of a coordinator, or that of a member. */
interface AnyDaemon extends AutoCloseable {
    /** The URLs of its listeners. */
    List<String> endpoints();

    /** Answers calls from now on, and notifies systemd. */
    void ready();

    @Override
    void close();
}
