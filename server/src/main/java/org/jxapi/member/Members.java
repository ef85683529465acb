package org.jxapi.member;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.jxapi.agent.AgentTiming;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.Hosts;
import org.jxapi.remote.RemoteHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's connections to the agents of the other hosts of its pool. */
public final class Members implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);
    /** The coordinator of a pool is always the same host so far, so its orders never grow old. */
    private static final long TERM = 1;

    private final Store store;
    private final Hosts hosts;
    private final ServerCertificates certificates;
    private final @Nullable SharedDatabase shared;
    private final Listener listener;
    private final InstantSource clock;
    private final Map<Ref<Host>, RemoteHost> connections = new ConcurrentHashMap<>();
    private final Map<Ref<Host>, Object> turns = new ConcurrentHashMap<>();
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

    /** @param shared the database, if members are to have copies of it */
    public Members(
            Store store,
            Hosts hosts,
            ServerCertificates certificates,
            @Nullable SharedDatabase shared,
            Listener listener,
            InstantSource clock) {
        this.store = store;
        this.hosts = hosts;
        this.certificates = certificates;
        this.shared = shared;
        this.listener = listener;
        this.clock = clock;
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
            tls = MutualTls.context(certificates.shown().pool(), List.of(Pem.certificate(member.certificate())));
        } catch (GeneralSecurityException e) {
            LOG.error(
                    "Pool: the certificate of host {} cannot be used, so it is offline: {}",
                    member.uuid(),
                    Reason.of(e));
            return;
        }
        synchronized (turn(host)) {
            connect(host, member, tls);
        }
    }

    private void connect(Ref<Host> host, KnownMember member, SSLContext tls) {
        RemoteHost before = connections.remove(host);
        if (before != null) {
            before.close();
            listener.gone(host);
        }
        RemoteHost remote = new RemoteHost(
                host,
                new InetSocketAddress(member.address(), member.port()),
                tls,
                () -> TERM,
                AgentTiming.USUAL,
                clock,
                live -> arrivals.execute(() -> changed(host, member, live)));
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
                if (!connections.containsKey(host)) {
                    return;
                } else if (live) {
                    listener.arrived(host);
                    if (shared != null) {
                        shared.copyTo(member, orders(host));
                    }
                } else {
                    listener.lost(host);
                }
            } catch (RuntimeException | Error e) {
                LOG.error("Pool: host {} could not be brought up to date", host.value(), e);
            }
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
                shared.forgetStrangers();
            }
        }
    }

    private void disconnect(Ref<Host> host) {
        RemoteHost before = connections.remove(host);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void close() {
        arrivals.shutdown();
        List.copyOf(connections.keySet()).forEach(this::disconnect);
    }
}
