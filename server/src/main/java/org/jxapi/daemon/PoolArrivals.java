package org.jxapi.daemon;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostFacts;
import org.jxapi.boot.SimulatedAddresses;
import org.jxapi.datamodel.Ref;
import org.jxapi.host.LocalSettings;
import org.jxapi.local.Hosts;
import org.jxapi.member.Members;
import org.jxapi.remote.RemoteHost;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes members work once their agents answer, and shows those that are away for long as dead. */
final class PoolArrivals implements Members.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(PoolArrivals.class);
    /** XAPI's host_assumed_dead_interval. */
    private static final Duration DEAD = Duration.ofMinutes(10);

    private final Store store;
    private final Path data;
    private final HostParts parts;
    private final Hosts hosts;
    private final StorageModule storage;
    private final Clock clock;
    private final Map<Ref<Host>, RemoteHost> members = new ConcurrentHashMap<>();
    /** The hosts that do not answer, and since when. */
    private final Map<Ref<Host>, Instant> away = new ConcurrentHashMap<>();

    PoolArrivals(Store store, Path data, HostParts parts, Hosts hosts, StorageModule storage, Clock clock) {
        this.store = store;
        this.data = data;
        this.parts = parts;
        this.hosts = hosts;
        this.storage = storage;
        this.clock = clock;
    }

    @Override
    public void known(Ref<Host> host, RemoteHost member) {
        members.put(host, member);
        away.put(host, clock.instant());
        parts.add(host, member.hypervisor(), HostParts.Parts.of(member));
    }

    @Override
    public void arrived(Ref<Host> host) {
        RemoteHost member = members.get(host);
        if (member == null) {
            return;
        }
        HostFacts facts = member.read();
        if (!member.machine().real()) {
            facts = SimulatedAddresses.kept(
                    store.snapshot(),
                    Optional.of(host),
                    facts.named(member.settings().get(LocalSettings.HOSTNAME, facts.hostname())));
        }
        boolean enabled =
                member.settings().get(LocalSettings.AUTO_ENABLE, "true").equals("true");
        new FirstBoot(store, data, clock).arrived(host, facts, enabled);
        member.settings().put(LocalSettings.INITIATOR, store.snapshot().get(host, Host.ISCSI_IQN));
        away.remove(host);
        hosts.answers(host);
        storage.plugAll(host);
        LOG.info("Pool: host {} is here", facts.hostname());
    }

    @Override
    public void lost(Ref<Host> host) {
        away.putIfAbsent(host, clock.instant());
    }

    @Override
    public void gone(Ref<Host> host) {
        members.remove(host);
        away.remove(host);
        hosts.remove(host);
    }

    /** As in XAPI, a host that has been away for ten minutes is not live. */
    void look() {
        Instant now = clock.instant();
        Snapshot snapshot = store.snapshot();
        away.forEach((host, since) -> {
            if (since.plus(DEAD).isBefore(now)) {
                snapshot.find(host)
                        .flatMap(stored -> snapshot.find(stored.row().get(Host.METRICS)))
                        .filter(metrics -> metrics.row().get(HostMetrics.LIVE))
                        .ifPresent(metrics -> store.change(tx -> tx.update(metrics.ref(), HostMetrics.LIVE, false)));
            }
        });
    }
}
