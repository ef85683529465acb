package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.PoolTerm;
import org.jxapi.local.ThisPool;
import org.jxapi.raft.RaftMember;
import org.jxapi.session.PoolPassword;
import org.jxapi.store.FolderLock;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.StoreException;
import org.jxapi.store.StoreSettings;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what this host is: the coordinator of its pool, or a member. In a pool whose hosts vote, the one that they have
 * elected is the coordinator.
 */
public final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
    private static final long LOOK_MILLIS = 50;
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Path data;
    private final PoolReplica replica;
    private final @Nullable InetSocketAddress agent;

    /**
     * @param data the folder of this daemon
     * @param agent where the agent of this host listens once it is a member; null if it must have none
     */
    public Succession(Path data, PoolReplica replica, @Nullable InetSocketAddress agent) {
        this.data = data;
        this.replica = replica;
        this.agent = agent;
    }

    /**
     * This host's place as a member; empty if it is the coordinator. A host that was the coordinator, and has others that vote,
     * waits until one of them leads or it leads itself.
     *
     * @throws IOException with one line, when a file or the replica cannot be used
     */
    public Optional<Membership> settle() throws IOException {
        Optional<Membership> known = Membership.of(data);
        if (!replica.there()) {
            return known;
        }
        if (replica.member().isEmpty()) {
            // Another daemon on this folder is a clear error so, and not one of the log.
            FolderLock.take(data).close();
        }
        if (known.isPresent()) {
            GroupPlace place = GroupPlace.of(PoolReplica.folder(data)).orElseThrow();
            if (place.id().equals(known.get().ended())) {
                SharedDatabase.dissolve(StoreSettings.of(data));
                StagedDatabase.use(StoreSettings.of(data));
                return known;
            }
            replica.trust(trust(known.get()));
        }
        if (known.isPresent() && replica.starves()) {
            return known;
        }
        RaftMember member = replica.resume();
        if (member == null) {
            return known;
        }
        if (known.isPresent()) {
            if (!member.leads()
                    || !begins(member, Host.XEN_CLASS.ref(known.get().host()), true)) {
                return known;
            }
            replica.remember();
            Membership.end(data);
            return Optional.empty();
        }
        return await();
    }

    private Optional<Membership> await() throws IOException {
        long next = System.nanoTime();
        while (true) {
            RaftMember member = replica.member().orElseThrow();
            Snapshot now = member.store().snapshot();
            if (member.leads()) {
                Optional<KnownMember> self = self(now);
                if (self.isEmpty() || begins(member, ref(now, self.get()), false)) {
                    return Optional.empty();
                }
            }
            // The state must not be one of before the election: the log is applied from an old snapshot on.
            String leader = member.leaderOfState();
            Optional<Membership> led =
                    leader == null ? Optional.empty() : under(member.store().snapshot(), leader);
            if (led.isPresent()) {
                led.get().begin(data);
                LOG.info("Pool: host {} is the coordinator now", led.get().coordinator());
                return led;
            }
            if (System.nanoTime() - next > 0) {
                LOG.info(
                        "Pool: waits for an election of the coordinator, for which most hosts that vote must answer. If they"
                                + " are gone for good, run jxapid --open-alone before the next start. If this host has been removed"
                                + " from the pool, empty its data folder");
                next = System.nanoTime() + REPORT_NANOS;
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the start was interrupted", e);
            }
        }
    }

    /** This host as one that another coordinator knows as a member; empty as long as it is the coordinator itself. */
    private Optional<KnownMember> self(Snapshot now) {
        String id = replica.place().id();
        return KnownMembers.all(now).stream().filter(host -> host.has(id)).findFirst();
    }

    private static Ref<Host> ref(Snapshot now, KnownMember host) throws IOException {
        return now.byUuid(Host.XEN_CLASS, host.uuid())
                .<Ref<Host>>map(Stored::ref)
                .orElseThrow(() -> new IOException("the pool has no record of this host " + host));
    }

    /** This host's place under the coordinator with that replica; empty until that one is the coordinator in the state too. */
    private Optional<Membership> under(Snapshot now, String leader) throws IOException {
        KnownMember self = self(now).orElse(null);
        Seat seat = Seat.of(now).orElse(null);
        if (self == null
                || seat == null
                || !seat.member().has(leader)
                || !seat.host().equals(ThisPool.row(now).get(Pool.MASTER).value())) {
            return Optional.empty();
        }
        if (agent == null) {
            throw new IOException(
                    "another host of the pool is the coordinator now, and this one needs the setting agent");
        }
        return Optional.of(new Membership(
                seat.address(),
                seat.port(),
                seat.member().certificate(),
                ref(now, self).value(),
                self.secret(),
                agent.getAddress().getHostAddress(),
                self.port(),
                seat.host(),
                KnownMembers.others(now, seat.member().certificate()),
                null));
    }

    private Supplier<List<X509Certificate>> trust(Membership membership) throws IOException {
        return new OwnPlace(data, membership)::trusted;
    }

    /** Whether this host, which has been elected, is the coordinator now: another one may have been elected meanwhile. */
    private boolean begins(RaftMember member, Ref<Host> self, boolean wasMember) {
        try {
            member.store().change(tx -> {
                if (wasMember) {
                    PoolPassword.wasMember(tx, tx.get(self, Host.UUID));
                }
                Seat seat = Seat.of(tx).orElse(null);
                lead(tx, self, seat == null ? null : seat.member());
            });
            LOG.warn("Pool: this host has been elected, and is the coordinator from now on");
            leaveNoPair(member);
            return true;
        } catch (StoreException | IOException e) {
            LOG.warn("Pool: this host has been elected, and is no coordinator: {}", Reason.of(e));
            return false;
        }
    }

    /** Of two that vote, each could stop the pool. The other one is the former coordinator, which goes in a moment. */
    private void leaveNoPair(RaftMember member) throws IOException {
        if (member.status().voters().size() == 2) {
            replica.leadAlone();
        }
    }

    /**
     * A host becomes the coordinator, and needs no agent any more.
     *
     * @param former the former coordinator as a member; null if it is lost
     */
    static void lead(Transaction tx, Ref<Host> self, @Nullable KnownMember former) {
        Ref<Pool> pool = ThisPool.ref(tx);
        Ref<Host> before = tx.get(pool, Pool.MASTER);
        if (before.equals(self)) {
            return;
        }
        if (former != null && former.uuid().equals(tx.get(before, Host.UUID))) {
            KnownMembers.keep(tx, former);
            PoolTerm.raise(tx);
        } else {
            tx.update(tx.get(before, Host.METRICS), HostMetrics.LIVE, false);
            PoolTerm.overrule(tx);
        }
        Seat.forget(tx);
        tx.set(pool, Pool.MASTER, self);
        KnownMembers.forget(tx, tx.get(self, Host.UUID));
    }
}
