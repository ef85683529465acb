package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The syslog servers that get the logs of the hosts too: {@code syslog_destination} of host.logging. */
public final class LogDestination {
    private static final Logger LOG = LoggerFactory.getLogger(LogDestination.class);
    private static final String KEY = "syslog_destination";

    private final Store store;
    private final PerHost<HostDaemon> daemons;

    public LogDestination(Store store, PerHost<HostDaemon> daemons) {
        this.store = store;
        this.daemons = daemons;
    }

    /** Has a host log there from now on, or no more; INVALID_VALUE for a text that is no address. */
    void apply(Ref<Host> ref) {
        Row<Host> host = store.snapshot().row(ref);
        if (!logTo(ref, host)) {
            throw Errors.invalidValue("logging:" + KEY, destination(host));
        }
    }

    /** The same for a host that has started. A text that is no address was never applied. */
    public void start(Ref<Host> ref) {
        Row<Host> host = store.snapshot().row(ref);
        if (!logTo(ref, host)) {
            LOG.warn(
                    "Log: that of host {} goes to no server, because logging:{} is '{}'",
                    host.get(Host.HOSTNAME),
                    KEY,
                    destination(host));
        }
    }

    private boolean logTo(Ref<Host> ref, Row<Host> host) {
        boolean done = daemons.of(ref).logTo(destination(host), host.get(Host.HOSTNAME));
        if (done && !destination(host).isEmpty()) {
            LOG.info("Log: that of host {} goes to {} too", host.get(Host.HOSTNAME), destination(host));
        }
        return done;
    }

    private static String destination(Row<Host> host) {
        return host.get(Host.LOGGING).getOrDefault(KEY, "");
    }
}
