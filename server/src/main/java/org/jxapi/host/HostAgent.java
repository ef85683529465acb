package org.jxapi.host;

import java.time.Duration;

/** The daemon on this host, as far as clients control it. */
public interface HostAgent {
    /** Restarts it after that time, in which the client gets its answer. */
    void restart(Duration later);

    /** Stops it after that time. */
    void stop(Duration later);
}
