package org.jxapi.host;

import java.time.Duration;

/** The daemon on this host, as far as clients control it. */
public interface HostAgent {
    /** The time for a client to get its answer before the daemon ends; XAPI's own. */
    Duration MOMENT = Duration.ofSeconds(1);

    /** Restarts it after that time, in which the client gets its answer. */
    void restart(Duration later);

    /** Stops it after that time. */
    void stop(Duration later);

    /**
     * Sends its log to a syslog server too, from now on.
     *
     * @param destination as in host.logging; empty for none
     * @param hostname the name of this host in the lines
     * @return whether the destination is an address
     */
    boolean logTo(String destination, String hostname);
}
