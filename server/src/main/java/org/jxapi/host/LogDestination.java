package org.jxapi.host;

import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The syslog server that gets the daemon's log too: {@code syslog_destination} of host.logging. */
public final class LogDestination {
    private static final Logger LOG = LoggerFactory.getLogger(LogDestination.class);
    private static final String KEY = "syslog_destination";

    private LogDestination() {}

    /** Logs there from now on, or no more; INVALID_VALUE for a text that is no address. */
    static void apply(Row<Host> host, HostAgent agent) {
        String destination = host.get(Host.LOGGING).getOrDefault(KEY, "");
        if (!agent.logTo(destination, host.get(Host.HOSTNAME))) {
            throw Errors.invalidValue("logging:" + KEY, destination);
        }
        if (!destination.isEmpty()) {
            LOG.info("Log: goes to {} too", destination);
        }
    }

    /** The same at a start. A text that is no address was never applied. */
    public static void applyAtStart(Row<Host> host, HostAgent agent) {
        String destination = host.get(Host.LOGGING).getOrDefault(KEY, "");
        if (!agent.logTo(destination, host.get(Host.HOSTNAME))) {
            LOG.warn("Log: goes to no server, because logging:{} is '{}'", KEY, destination);
        }
    }
}
