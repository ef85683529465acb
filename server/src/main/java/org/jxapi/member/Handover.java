package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisPool;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.pool.PoolRules;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a member with a copy of the database the coordinator in this host's place, by a vote for it. The daemon of this host
 * becomes a member when it sees that the other one leads. It is one on disk before, so after a kill it starts as one too, and
 * becomes the coordinator again if it is elected in the end.
 */
public final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    /** How long the copy may take to catch up. */
    private static final Duration NEAR = Duration.ofSeconds(30);

    private final Store store;
    private final Operations operations;
    private final Members members;
    private final @Nullable SharedDatabase shared;
    private final Path data;
    private final @Nullable InetSocketAddress agent;

    /**
     * @param shared the database, if members have copies of it
     * @param data the folder of this daemon
     * @param agent where an agent listens once this host is a member; null if it must not have one
     */
    public Handover(
            Store store,
            Operations operations,
            Members members,
            @Nullable SharedDatabase shared,
            Path data,
            @Nullable InetSocketAddress agent) {
        this.store = store;
        this.operations = operations;
        this.members = members;
        this.shared = shared;
        this.data = data;
        this.agent = agent;
    }

    /**
     * Hands over to another host. HOST_OFFLINE if that host does not answer, OPERATION_NOT_ALLOWED if it has no copy that
     * catches up in time.
     */
    void to(Call call, Ref<Host> heir) {
        Ref<Pool> pool = ThisPool.ref(store.snapshot());
        PoolAllowedOperations what = PoolAllowedOperations.DESIGNATE_NEW_MASTER;
        try (Operation operation = operations.begin(call, pool, what, tx -> PoolRules.check(tx, pool, what))) {
            members.refuseSimulated(heir, "pool.designate_new_master");
            members.assertPresent(heir);
            Snapshot now = store.snapshot();
            if (ThisPool.row(now).get(Pool.HA_ENABLED)) {
                throw Errors.haIsEnabled();
            }
            if (shared == null) {
                throw Errors.operationNotAllowed("The members of this pool have no copies of its database");
            }
            Seat seat = Seat.of(now).orElse(null);
            if (agent == null || seat == null) {
                throw Errors.operationNotAllowed(
                        "The setting agent of the coordinator is off, and it needs an agent to become a member");
            }
            KnownMember known = KnownMembers.get(now, heir);
            // The last change: the operation has no end in the database of a host that makes no changes.
            operation.finish(tx -> {});
            hand(agent, seat, known, heir);
        } catch (IOException e) {
            throw Errors.internalError("This host could not hand over: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    /** Hands over to another host, because this one cannot go on. IOException if it cannot hand over either. */
    void to(KnownMember known) throws IOException {
        Snapshot now = store.snapshot();
        Seat seat = Seat.of(now).orElse(null);
        Ref<Host> heir = now.byUuid(Host.XEN_CLASS, known.uuid())
                .<Ref<Host>>map(Stored::ref)
                .orElse(Ref.nil());
        if (agent == null || seat == null || heir.isNull()) {
            throw new IOException("the setting agent of this host is off, and it needs an agent to become a member");
        }
        hand(agent, seat, known, heir);
    }

    private void hand(InetSocketAddress listens, Seat seat, KnownMember known, Ref<Host> heir) throws IOException {
        if (shared == null) {
            throw new IOException("the members of this pool have no copies of its database");
        }
        // The other one may go on alone as soon as it leads, and then this host's log does not say who leads.
        next(listens, seat, known, heir).begin(data);
        try {
            shared.copies().handOver(known, NEAR);
        } catch (IOException | RuntimeException e) {
            Membership.end(data);
            throw e;
        }
        LOG.info("Pool: this host has handed over to host {}", known);
    }

    /** This host's place under the other one, which changes the address and the port when it leads. */
    private Membership next(InetSocketAddress listens, Seat seat, KnownMember known, Ref<Host> heir) {
        Snapshot now = store.snapshot();
        return new Membership(
                now.get(heir, Host.ADDRESS),
                seat.port(),
                known.certificate(),
                seat.host(),
                seat.member().secret(),
                listens.getAddress().getHostAddress(),
                seat.member().port(),
                heir.value(),
                KnownMembers.others(now, known.certificate()),
                null);
    }
}
