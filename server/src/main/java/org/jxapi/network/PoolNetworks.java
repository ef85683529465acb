package org.jxapi.network;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.xenapi.Host;

/** The network of each host of the pool. */
public final class PoolNetworks {
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

    /** The coordinator's first. */
    public List<HostNetwork> all() {
        return all.get();
    }

    /** That of the host that this daemon runs on. */
    public HostNetwork own() {
        return all().get(0);
    }
}
