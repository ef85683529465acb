package org.jxapi.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts of the pool, as this daemon drives them. Code that works on a host asks here for the hypervisor of the host
 * concerned. That of another machine can be an agent, because a {@link Hypervisor} is all that callers know of it.
 */
public final class Hosts {
    /**
     * The hosts at one moment.
     *
     * @param own the reference of the host that this daemon runs on; null before its record exists
     * @param others the hypervisors of all other hosts, by the references of the hosts
     */
    private record Known(@Nullable String own, Map<String, Hypervisor> others) {}

    /**
     * Follows the hosts of the pool, as they come and go. Methods run on the thread that changes these, one at a time
     * but for {@link #answers}, so they must not take long.
     */
    public interface Follower {
        /** A host has come. Its agent may not answer yet. */
        default void added(Driven host) {}

        /** A host has left. */
        default void removed(Driven host) {}

        /** The agent of a host that was added answers, for the first time or again. */
        default void answers(Driven host) {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    private final Hypervisor first;
    private volatile Known known = new Known(null, Map.of());
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    private Hosts(Hypervisor first) {
        this.first = first;
    }

    /** A pool of one host. */
    public static Hosts only(Hypervisor hypervisor) {
        return new Hosts(hypervisor);
    }

    /** Sets the host that this daemon runs on, once it has a record. */
    public synchronized void runsOn(Ref<Host> host) {
        known = new Known(host.value(), known.others());
    }

    /**
     * Adds a host, which may come at any time. IllegalStateException if it is here already, or before {@link #runsOn}.
     *
     * @param hypervisor that of an agent needs no connection
     */
    public synchronized void add(Ref<Host> host, Hypervisor hypervisor) {
        Known before = known;
        if (before.own() == null
                || before.own().equals(host.value())
                || before.others().containsKey(host.value())) {
            throw new IllegalStateException("the host " + host.value() + " cannot be added");
        }
        Map<String, Hypervisor> others = new LinkedHashMap<>(before.others());
        others.put(host.value(), hypervisor);
        known = new Known(before.own(), Collections.unmodifiableMap(others));
        tell(follower -> follower.added(new Driven(host, hypervisor)));
    }

    /** Forgets a host. Its hypervisor stays open, and nothing works on it any more. Nothing happens for one that is not here. */
    public synchronized void remove(Ref<Host> host) {
        Map<String, Hypervisor> others = new LinkedHashMap<>(known.others());
        Hypervisor removed = others.remove(host.value());
        if (removed != null) {
            known = new Known(known.own(), Collections.unmodifiableMap(others));
            tell(follower -> follower.removed(new Driven(host, removed)));
        }
    }

    /** The agent of a host answers, for the first time or again. Nothing happens for a host that is not here. */
    public void answers(Ref<Host> host) {
        Hypervisor hypervisor = known.others().get(host.value());
        if (hypervisor != null) {
            tell(follower -> follower.answers(new Driven(host, hypervisor)));
        }
    }

    /** Reports to all followers, also when one of them fails. */
    private void tell(Consumer<Follower> news) {
        for (Follower follower : followers) {
            try {
                news.accept(follower);
            } catch (RuntimeException e) {
                LOG.error("Hosts: a follower of theirs failed", e);
            }
        }
    }

    /** Reports each change from now on. */
    public synchronized void follow(Follower follower) {
        followers.add(follower);
    }

    /** Reports all hosts as added, the coordinator first, and each change from now on. */
    public synchronized void follow(Snapshot snapshot, Follower follower) {
        all(snapshot).forEach(follower::added);
        followers.add(follower);
    }

    /** Reports nothing more to that follower. */
    public void unfollow(Follower follower) {
        followers.remove(follower);
    }

    /** Whether there are several. */
    public boolean several() {
        return !known.others().isEmpty();
    }

    /** Whether something drives a host, connected or not. */
    public boolean isDriven(Ref<Host> host) {
        Known now = known;
        return isOwn(now, host) || now.others().containsKey(host.value());
    }

    /** Whether something drives a host, and calls reach it now. */
    public boolean isConnected(Ref<Host> host) {
        return isDriven(host) && of(host).isConnected();
    }

    /** The hypervisor of a host; HOST_OFFLINE for one that nothing drives. */
    public Hypervisor of(Ref<Host> host) {
        Known now = known;
        if (isOwn(now, host)) {
            return first;
        }
        Hypervisor hypervisor = now.others().get(host.value());
        if (hypervisor == null) {
            throw Errors.hostOffline(host.value());
        }
        return hypervisor;
    }

    /** As long as there is one host, what has no host is its own. */
    private static boolean isOwn(Known now, Ref<Host> host) {
        String own = now.own();
        return own == null
                || own.equals(host.value())
                || host.isNull() && now.others().isEmpty();
    }

    /** The hypervisor of the host that this daemon runs on. */
    public Hypervisor own() {
        return first;
    }

    /** A host and its hypervisor. */
    public record Driven(Ref<Host> host, Hypervisor hypervisor) {}

    /** All hosts, the coordinator first. */
    public List<Driven> all(Snapshot snapshot) {
        Known now = known;
        List<Driven> driven = new ArrayList<>();
        driven.add(new Driven(now.own() == null ? ThisHost.ref(snapshot) : Host.XEN_CLASS.ref(now.own()), first));
        now.others().forEach((host, hypervisor) -> driven.add(new Driven(Host.XEN_CLASS.ref(host), hypervisor)));
        return driven;
    }

    /** The hypervisors of all hosts, the coordinator's first. */
    public List<Hypervisor> hypervisors() {
        List<Hypervisor> all = new ArrayList<>();
        all.add(first);
        all.addAll(known.others().values());
        return all;
    }

    /** Whether a VM's domain is on the host of that hypervisor, if it has one. */
    public boolean has(Hypervisor hypervisor, Row<VM> vm) {
        Known now = known;
        Ref<Host> host = vm.get(VM.RESIDENT_ON);
        return Objects.equals(
                hypervisor, isOwn(now, host) ? first : now.others().get(host.value()));
    }

    /** The domain of a VM; one that does not exist, with a negative number, when the VM has none. */
    public VmDomain domain(Row<VM> vm) {
        Ref<Host> host = vm.get(VM.RESIDENT_ON);
        boolean none = host.isNull() && several();
        return none ? new VmDomain(host, first, -1) : new VmDomain(host, of(host), Math.toIntExact(vm.get(VM.DOMID)));
    }

    /** The domain of a VM; one that does not exist, with a negative number, when the VM has none. */
    public VmDomain domain(Snapshot snapshot, Ref<VM> vm) {
        return domain(snapshot.row(vm));
    }
}
