package org.jxapi.local;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.xenapi.Host;

/** Something that each host of the pool has, made when it is first asked for. */
public final class PerHost<T> {
    private final Hosts hosts;
    private final Function<Hypervisor, T> maker;
    private final Map<Hypervisor, T> made = new ConcurrentHashMap<>();

    public PerHost(Hosts hosts, Function<Hypervisor, T> maker) {
        this.hosts = hosts;
        this.maker = maker;
    }

    /** That of a host; HOST_OFFLINE for one that nothing drives. */
    public T of(Ref<Host> host) {
        return of(hosts.of(host));
    }

    public T of(Hypervisor hypervisor) {
        return made.computeIfAbsent(hypervisor, maker);
    }
}
