package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostAgent;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.pool.PoolRules;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a member with a copy of the database the coordinator in this host's place. This host stops making changes, waits until
 * the copy has all of them, and becomes a member on its own disk. Only then it orders the other host to lead, and repeats that
 * after a restart until it is obeyed. So at each moment at most one of the two can become the coordinator, and it has all changes.
 */
public final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    /** How long the copy may take to catch up. */
    private static final Duration NEAR = Duration.ofSeconds(30);
    /** How long no changes are made at most. */
    private static final Duration STILL = Duration.ofSeconds(10);
    /** The time for the client to get its answer. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final Store store;
    private final Operations operations;
    private final Path data;
    private final ServerCertificates certificates;
    private final Members members;
    private final @Nullable SharedDatabase shared;
    private final HostAgent daemon;
    private final @Nullable InetSocketAddress agent;

    /**
     * @param data the folder of this daemon
     * @param shared the database, if members have copies of it
     * @param agent where an agent is to listen, with port 0 for one that is free; null if this host must not have one
     */
    public Handover(
            Store store,
            Operations operations,
            Path data,
            ServerCertificates certificates,
            Members members,
            @Nullable SharedDatabase shared,
            HostAgent daemon,
            @Nullable InetSocketAddress agent) {
        this.store = store;
        this.operations = operations;
        this.data = data;
        this.certificates = certificates;
        this.members = members;
        this.shared = shared;
        this.daemon = daemon;
        this.agent = agent;
    }

    /**
     * Hands over to another host, and restarts this daemon a moment later. HOST_OFFLINE if that host does not answer,
     * OPERATION_NOT_ALLOWED if it has no copy that catches up in time.
     */
    void to(Call call, Ref<Host> heir) {
        Ref<Pool> pool = ThisPool.ref(store.snapshot());
        PoolAllowedOperations what = PoolAllowedOperations.DESIGNATE_NEW_MASTER;
        try (Operation operation = operations.begin(call, pool, what, tx -> PoolRules.check(tx, pool, what))) {
            members.refuseSimulated(heir, "pool.designate_new_master");
            MemberOrders orders = members.present(heir);
            Snapshot now = store.snapshot();
            if (ThisPool.row(now).get(Pool.HA_ENABLED)) {
                throw Errors.haIsEnabled();
            }
            if (shared == null) {
                throw Errors.operationNotAllowed("The members of this pool have no copies of its database");
            }
            KnownMember known = KnownMembers.get(now, heir);
            Membership next = next(known, heir, shared.awaitCopy(known, NEAR));
            // The last change: the operation has no end in the database of a host that makes no changes.
            operation.finish(tx -> {});
            shared.hold(known, STILL);
            handOver(orders, next, shared);
        } catch (IOException e) {
            throw Errors.internalError("This host could not hand over: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    /** This host's place under the other one, which changes the address and the port when it leads. */
    private Membership next(KnownMember known, Ref<Host> heir, String copy) throws IOException {
        Snapshot now = store.snapshot();
        AgentPlace place = AgentPlace.free(agent);
        String own = Pem.of(certificates.shown().pool().certificate());
        String secret = Admission.secret();
        KnownMember former =
                new KnownMember(ThisHost.row(now).get(Host.UUID), place.reached(now), place.port(), own, secret);
        List<String> others = new ArrayList<>(List.of(own));
        KnownMembers.all(now).forEach(member -> others.add(member.certificate()));
        return new Membership(
                now.get(heir, Host.ADDRESS),
                members.port(),
                known.certificate(),
                ThisHost.ref(now).value(),
                secret,
                place.address(),
                place.port(),
                "",
                others,
                new Membership.Pending(heir.value(), known, copy, former, PoolTerm.of(now)));
    }

    private void handOver(MemberOrders orders, Membership next, SharedDatabase held) throws IOException {
        Membership.Pending order = Objects.requireNonNull(next.handover());
        try {
            next.begin(data);
        } catch (IOException | RuntimeException e) {
            Membership.end(data);
            held.release();
            throw e;
        }
        try {
            orders.lead(order.copy(), order.former());
            next.handedOver().write(data);
        } catch (IOException | RuntimeException e) {
            if (e instanceof XenApiException refused && refused.code().equals("OPERATION_NOT_ALLOWED")) {
                Membership.end(data);
                held.release();
                throw e;
            }
            // It may lead now. This host asks again until it knows.
            LOG.warn("Pool: the order to lead has not been answered, and is repeated: {}", Reason.of(e));
        }
        LOG.info("Pool: this host has handed over and restarts as a member");
        daemon.restart(MOMENT);
    }
}
