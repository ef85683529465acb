package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the agent of this host listens once it is a member.
 *
 * @param listens with a port
 */
record AgentPlace(InetSocketAddress listens) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentPlace.class);

    /**
     * With a port that is free now. OPERATION_NOT_ALLOWED if this host must not have an agent.
     *
     * @param agent with port 0 for any
     * @throws IOException with one line, when nothing can listen there
     */
    static AgentPlace free(@Nullable InetSocketAddress agent) throws IOException {
        if (agent == null) {
            throw Errors.operationNotAllowed("The setting agent of this host is off, and a member needs an agent");
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(agent);
            return new AgentPlace(new InetSocketAddress(agent.getAddress(), probe.getLocalPort()));
        } catch (IOException e) {
            throw new IOException("its agent cannot listen on " + agent + ": " + Reason.of(e), e);
        }
    }

    /** The same with the port that it had, if any port will do and that one is free. */
    static AgentPlace again(InetSocketAddress agent, int port) throws IOException {
        if (agent.getPort() == 0) {
            try {
                return free(new InetSocketAddress(agent.getAddress(), port));
            } catch (IOException e) {
                LOG.debug("The former port of the agent is not free", e);
            }
        }
        return free(agent);
    }

    /** The address at which others reach it. */
    String reached(Snapshot now) {
        return listens.getAddress().isAnyLocalAddress()
                ? ThisHost.row(now).get(Host.ADDRESS)
                : listens.getAddress().getHostAddress();
    }

    /** The address that it listens on. */
    String address() {
        return listens.getAddress().getHostAddress();
    }

    int port() {
        return listens.getPort();
    }
}
