package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.jxapi.agent.AgentTiming;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.PoolTrust;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.certificate.Thumbprints;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.Hosts;
import org.jxapi.local.PoolTerm;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.local.Unreachable;
import org.jxapi.remote.RemoteHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's connections to the agents of the other hosts of its pool. */
public final class Members implements PoolTrust, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);
    private final Store store;
    private final Hosts hosts;
    private final ServerCertificates certificates;
    private final @Nullable SharedDatabase shared;
    private final @Nullable InetSocketAddress agent;
    private final Listener listener;
    private final InstantSource clock;
    /** The port at which members reach the XenAPI; 0 for none. */
    private volatile int port;
    /** The certificate that this host is going to show to the pool, in PEM form; null if there is none. */
    private volatile @Nullable String next;

    private final Map<Ref<Host>, RemoteHost> connections = new ConcurrentHashMap<>();
    /** Hosts that answer, and have not been brought up to date. */
    private final Map<Ref<Host>, KnownMember> behind = new ConcurrentHashMap<>();

    private final Map<Ref<Host>, Object> turns = new ConcurrentHashMap<>();
    private final Map<Ref<Host>, Object> orderTurns = new ConcurrentHashMap<>();
    private final ExecutorService arrivals = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "pool-member");
        thread.setDaemon(true);
        return thread;
    });

    /** Learns of hosts. Its methods may take long, and are called for one host after the other. */
    public interface Listener {
        /** A host is one of the pool from now on, whether its agent answers or not. */
        void known(Ref<Host> host, RemoteHost member);

        /** The agent of a host answers. */
        void arrived(Ref<Host> host);

        /** The agent of a host no longer answers. */
        void lost(Ref<Host> host);

        /** A host has left the pool. */
        void gone(Ref<Host> host);
    }

    /**
     * @param shared the database, if members are to have copies of it
     * @param agent where an agent is to listen when this host is a member, with port 0 for one that is free; null if it must
     *     not have one
     */
    public Members(
            Store store,
            Hosts hosts,
            ServerCertificates certificates,
            @Nullable SharedDatabase shared,
            @Nullable InetSocketAddress agent,
            Listener listener,
            InstantSource clock) {
        this.store = store;
        this.hosts = hosts;
        this.certificates = certificates;
        this.shared = shared;
        this.agent = agent;
        this.listener = listener;
        this.clock = clock;
        certificates.onChange(() -> later(this::recover));
    }

    /** The endpoints of this daemon, such as {@code https://0.0.0.0:443}. */
    public void listening(List<String> endpoints) {
        endpoints.stream()
                .filter(endpoint -> endpoint.startsWith("https:"))
                .findFirst()
                .ifPresent(endpoint -> port = URI.create(endpoint).getPort());
        if (shared != null) {
            try {
                shared.sit(seat(shared.id()));
            } catch (IOException | RuntimeException e) {
                LOG.warn("Pool: no other host can become the coordinator by itself: {}", Reason.of(e));
            }
            look();
        }
    }

    /** Null if this host cannot become a member. */
    private @Nullable Seat seat(String replica) throws IOException {
        if (agent == null) {
            LOG.info("Pool: no other host becomes the coordinator by itself, because the setting agent is off");
            return null;
        }
        Snapshot now = store.snapshot();
        String self = ThisHost.ref(now).value();
        KnownMember before = Seat.of(now)
                .filter(seat -> seat.host().equals(self))
                .map(Seat::member)
                .orElse(null);
        AgentPlace place = before == null ? AgentPlace.free(agent) : AgentPlace.again(agent, before.port());
        KnownMember member = new KnownMember(
                ThisHost.row(now).get(Host.UUID),
                place.reached(now),
                place.port(),
                certificates.poolPem(),
                before == null ? KnownMember.newSecret() : before.secret(),
                replica,
                null);
        return new Seat(self, ThisHost.row(now).get(Host.ADDRESS), port, member);
    }

    /** Tries hosts again that could not be brought up to date, and repairs the copies; called every few seconds. */
    public void look() {
        behind.forEach((host, member) -> {
            if (behind.remove(host, member)) {
                later(() -> again(host, member));
            }
        });
        if (shared != null) {
            later(() -> shared.copies().balance(this::reached));
        }
    }

    /** The orders to a member; null for one that does not answer now. */
    @Nullable
    MemberOrders reached(KnownMember member) {
        return store.snapshot()
                .byUuid(Host.XEN_CLASS, member.uuid())
                .map(host -> connections.get(host.ref()))
                .filter(RemoteHost::isConnected)
                .map(host -> host.hypervisor().part(MemberOrders.PART))
                .orElse(null);
    }

    /** Takes the vote of a host that leaves, while it still answers. */
    void release(Ref<Host> host) {
        if (shared != null) {
            try {
                shared.copies().release(KnownMembers.get(store.snapshot(), host));
            } catch (IOException e) {
                throw Errors.internalError("The vote of the host cannot be taken: " + Reason.of(e))
                        .causedBy(e);
            }
        }
    }

    /** Connects to all members that the store knows, in the background. */
    public void start() {
        Snapshot now = store.snapshot();
        for (KnownMember member : KnownMembers.all(now)) {
            Ref<Host> host = now.byUuid(Host.XEN_CLASS, member.uuid())
                    .<Ref<Host>>map(Stored::ref)
                    .orElse(Ref.nil());
            if (host.isNull()) {
                // A restore has brought a database of a time when the host was no member.
                store.change(tx -> KnownMembers.forget(tx, member.uuid()));
            } else {
                connect(host, member);
            }
        }
    }

    /** Connects to the agent of a host, in the place of an earlier connection. */
    void connect(Ref<Host> host, KnownMember member) {
        SSLContext tls;
        try {
            tls = MutualTls.context(() -> certificates.shown().pool(), () -> trusted(member));
        } catch (GeneralSecurityException e) {
            LOG.error("Pool: this host's certificate cannot be used, so host {} is offline: {}", member, Reason.of(e));
            return;
        }
        synchronized (turn(host)) {
            connect(host, member, tls);
        }
    }

    /** The certificates of a member as they are now. */
    private List<X509Certificate> trusted(KnownMember member) {
        return KnownMembers.find(store.snapshot(), member.uuid()).orElse(member).trusted();
    }

    @Override
    public void assertReached(Ref<Host> host) {
        if (connections.containsKey(host)) {
            assertPresent(host);
        }
        connections.forEach((each, remote) -> {
            if (!remote.isConnected()) {
                throw Errors.cannotContactHost(each.value());
            }
        });
    }

    @Override
    public Optional<Ref<Host>> trust(Ref<Host> host, String shown, @Nullable String then) {
        boolean own = host.equals(ThisHost.ref(store.snapshot()));
        if (own) {
            next = then;
        }
        store.change(tx -> {
            if (own) {
                Seat.of(tx)
                        .filter(seat -> seat.host().equals(host.value()))
                        .ifPresent(seat -> seat.showing(shown, then).keep(tx));
            } else {
                KnownMembers.keep(tx, KnownMembers.get(tx, host).showing(shown, then));
            }
        });
        if (shared != null) {
            try {
                shared.remember();
            } catch (IOException e) {
                throw Errors.internalError("The certificates of the pool cannot be kept: " + Reason.of(e))
                        .causedBy(e);
            }
        }
        List<Ref<Host>> told = recover();
        return connections.keySet().stream()
                .filter(each -> !told.contains(each))
                .findFirst();
    }

    @Override
    public void settle(Ref<Host> host, String shown) {
        Snapshot now = store.snapshot();
        boolean renewed =
                ThisPool.row(now).get(Pool.CURRENT_OPERATIONS).containsValue(PoolAllowedOperations.CERT_REFRESH);
        if (!renewed && !KnownMembers.get(now, host).certificates().equals(List.of(shown))) {
            trust(host, shown, null);
        }
    }

    /** Connects to the agent of a host that has joined, which the other members trust from now on. */
    void welcome(Ref<Host> host, KnownMember member) {
        connect(host, member);
        later(this::recover);
    }

    /**
     * Has all members that answer follow this coordinator, and trust each other. Those that do not answer now learn it when
     * they come back. Returns those that have, the latest first.
     */
    List<Ref<Host>> recover() {
        List<Ref<Host>> recovered = new ArrayList<>();
        for (Stored<Host> host : store.snapshot().all(Host.XEN_CLASS)) {
            if (connections.containsKey(host.ref()) && serve(host.ref())) {
                recovered.add(0, host.ref());
            }
        }
        return recovered;
    }

    private boolean serve(Ref<Host> host) {
        // An order with an earlier state must not come after one with a later state.
        synchronized (orderTurns.computeIfAbsent(host, ref -> new Object())) {
            try {
                orders(host).serve(leader());
                return true;
            } catch (RuntimeException e) {
                LOG.debug("Host {} does not learn of this coordinator now", host.value(), e);
                return false;
            }
        }
    }

    private MemberOrders.Leader leader() {
        Snapshot now = store.snapshot();
        String shown = certificates.poolPem();
        List<String> others = new ArrayList<>(KnownMembers.others(now, shown));
        String then = next;
        if (then != null && !others.contains(then)) {
            others.add(then);
        }
        return new MemberOrders.Leader(
                ThisHost.ref(now).value(),
                ThisHost.row(now).get(Host.ADDRESS),
                port,
                shown,
                List.copyOf(others),
                Thumbprints.of(certificates.certificate()));
    }

    private void connect(Ref<Host> host, KnownMember member, SSLContext tls) {
        RemoteHost before = connections.remove(host);
        if (before != null) {
            before.close();
            listener.gone(host);
        }
        long term = PoolTerm.of(store.snapshot());
        RemoteHost remote = new RemoteHost(
                host,
                new InetSocketAddress(member.address(), member.port()),
                tls,
                () -> term,
                AgentTiming.USUAL,
                clock,
                live -> later(() -> changed(host, member, live)));
        connections.put(host, remote);
        listener.known(host, remote);
    }

    /** The events of a host come in turn: it answers after it is known. */
    private Object turn(Ref<Host> host) {
        return turns.computeIfAbsent(host, ref -> new Object());
    }

    private void changed(Ref<Host> host, KnownMember member, boolean live) {
        synchronized (turn(host)) {
            try {
                behind.remove(host);
                if (!connections.containsKey(host)) {
                    return;
                } else if (live) {
                    serve(host);
                    listener.arrived(host);
                    if (shared != null) {
                        shared.copies().give(member, orders(host));
                        shared.copies().balance(this::reached);
                    }
                } else {
                    listener.lost(host);
                }
            } catch (RuntimeException | Error e) {
                if (e instanceof StoreException || Unreachable.is(e)) {
                    // Usually another host has become the coordinator.
                    LOG.warn("Pool: host {} is not brought up to date: {}", host.value(), e.getMessage());
                } else {
                    LOG.error("Pool: host {} could not be brought up to date", host.value(), e);
                }
                if (live) {
                    behind.put(host, member);
                }
            }
        }
    }

    private void again(Ref<Host> host, KnownMember member) {
        RemoteHost remote = connections.get(host);
        if (remote != null && remote.isConnected()) {
            changed(host, member, true);
        }
    }

    /** The agent of a host; HOST_OFFLINE for a host that has none. */
    private RemoteHost of(Ref<Host> host) {
        RemoteHost remote = connections.get(host);
        if (remote == null) {
            throw Errors.hostOffline(host.value());
        }
        return remote;
    }

    /** NOT_IMPLEMENTED for a host that this process simulates: it has no agent, and is a part of the simulated world. */
    void refuseSimulated(Ref<Host> host, String message) {
        if (!connections.containsKey(host) && hosts.isDriven(host)) {
            throw Errors.notImplemented(message);
        }
    }

    /** HOST_OFFLINE for a member that does not answer now. */
    void assertPresent(Ref<Host> host) {
        if (!of(host).isConnected()) {
            throw Errors.hostOffline(host.value());
        }
    }

    /** The orders to a member as such; HOST_OFFLINE for a host that has no agent. */
    MemberOrders orders(Ref<Host> host) {
        return of(host).hypervisor().part(MemberOrders.PART);
    }

    /** Ends the connection to a host that has left, or never comes back. */
    void forget(Ref<Host> host) {
        synchronized (turn(host)) {
            disconnect(host);
            listener.gone(host);
            if (shared != null) {
                shared.copies().forgetStrangers();
            }
        }
        later(this::recover);
    }

    private void disconnect(Ref<Host> host) {
        RemoteHost before = connections.remove(host);
        if (before != null) {
            before.close();
        }
    }

    /** Does that on another thread, unless this has been closed: connections end after it, and tell so. */
    void later(Runnable work) {
        try {
            arrivals.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("Pool: this daemon ends, so nothing is done about a host any more", e);
        }
    }

    @Override
    public void close() {
        arrivals.shutdown();
        List.copyOf(connections.keySet()).forEach(this::disconnect);
    }
}
