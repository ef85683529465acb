package org.jxapi.local;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.xenapi.Host;

/** Something that each host of the pool has, made when it is first asked for, and forgotten when the host leaves. */
public final class PerHost<T> {
    private final Hosts hosts;
    private final Function<Hypervisor, T> maker;
    private final Map<Hypervisor, T> made = new ConcurrentHashMap<>();

    public PerHost(Hosts hosts, Function<Hypervisor, T> maker) {
        this(hosts, maker, left -> {});
    }

    /** @param ended gets that of a host that leaves, if it was made */
    public PerHost(Hosts hosts, Function<Hypervisor, T> maker, Consumer<T> ended) {
        this.hosts = hosts;
        this.maker = maker;
        hosts.follow(new Hosts.Follower() {
            @Override
            public void removed(Hosts.Driven host) {
                T gone = made.remove(host.hypervisor());
                if (gone != null) {
                    ended.accept(gone);
                }
            }
        });
    }

    /** That of a host; HOST_OFFLINE for one that nothing drives. */
    public T of(Ref<Host> host) {
        return of(hosts.of(host));
    }

    public T of(Hypervisor hypervisor) {
        return made.computeIfAbsent(hypervisor, maker);
    }

    /** Those that have been made. */
    public Collection<T> made() {
        return List.copyOf(made.values());
    }
}
