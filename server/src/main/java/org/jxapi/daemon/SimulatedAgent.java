package org.jxapi.daemon;

import java.time.Duration;
import org.jxapi.host.HostAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon of a simulated member, which is this process: it restarts at once, and its log is that of this process.
 *
 * @param hostname of the member
 */
record SimulatedAgent(String hostname) implements HostAgent {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedAgent.class);

    @Override
    public void restart(Duration later) {
        LOG.info("Simulator: the daemon of host {} has restarted", hostname);
    }

    @Override
    public void stop(Duration later) {
        throw new IllegalStateException("only the daemon of this process is stopped");
    }

    @Override
    public boolean logTo(String destination, String hostname) {
        return destination.isEmpty() || SyslogServer.parse(destination).isPresent();
    }
}
