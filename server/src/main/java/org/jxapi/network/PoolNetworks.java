package org.jxapi.network;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.Unreachable;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The network of each host of the pool. */
public final class PoolNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(PoolNetworks.class);

    private final Function<Ref<Host>, HostNetwork> byHost;
    private final Supplier<List<HostNetwork>> all;

    private PoolNetworks(Function<Ref<Host>, HostNetwork> byHost, Supplier<List<HostNetwork>> all) {
        this.byHost = byHost;
        this.all = all;
    }

    public static PoolNetworks of(Hosts hosts, PerHost<HostNetwork> networks) {
        return new PoolNetworks(
                networks::of,
                () -> hosts.hypervisors().stream().map(networks::of).toList());
    }

    /** Those of a pool of one host. */
    public static PoolNetworks only(HostNetwork network) {
        return new PoolNetworks(host -> network, () -> List.of(network));
    }

    /** That of a host; HOST_OFFLINE for one that nothing drives. */
    public HostNetwork of(Ref<Host> host) {
        return byHost.apply(host);
    }

    /** Something to do in the network of each host. */
    public interface Work {
        void run(HostNetwork network);
    }

    /**
     * Does it for each host, the coordinator first. Hosts that cannot be reached are passed over: {@link NetworkStart}
     * does it when they answer.
     */
    public void each(Work work) {
        for (HostNetwork network : all.get()) {
            try {
                work.run(network);
            } catch (XenApiException e) {
                if (!Unreachable.is(e)) {
                    throw e;
                }
                LOG.debug("Networks: a host cannot be reached", e);
            }
        }
    }

    /** That of the host that this daemon runs on. */
    public HostNetwork own() {
        return all.get().get(0);
    }
}
