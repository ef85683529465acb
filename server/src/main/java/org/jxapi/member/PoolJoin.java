package org.jxapi.member;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.DatabaseDump;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostAgent;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this host a member of another pool. The host sends its database to the coordinator, which takes the objects over in
 * one transaction, and restarts as a member. A host that is killed before that can join again. Upstream: join_common of
 * xapi_pool.ml.
 */
public final class PoolJoin {
    private static final Logger LOG = LoggerFactory.getLogger(PoolJoin.class);
    private static final String API = "2.23";
    /** The time for the client to get its answer. */
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Store store;
    private final Path data;
    private final ServerCertificates certificates;
    private final HostAgent daemon;
    private final @Nullable InetSocketAddress agent;
    private final Semaphore turn = new Semaphore(1);

    /**
     * @param data the folder of this daemon
     * @param agent where an agent is to listen, with port 0 for one that is free; null if this host must not have one
     */
    public PoolJoin(
            Store store,
            Path data,
            ServerCertificates certificates,
            HostAgent daemon,
            @Nullable InetSocketAddress agent) {
        this.store = store;
        this.data = data;
        this.certificates = certificates;
        this.daemon = daemon;
        this.agent = agent;
    }

    /** Joins, with XAPI's errors, and restarts this daemon a moment later. */
    public void join(Call call, String address, String user, String password, boolean force) {
        if (!turn.tryAcquire()) {
            throw Errors.operationNotAllowed("This host is joining a pool already");
        }
        try {
            CoordinatorClient.Address coordinator = CoordinatorClient.Address.of(address);
            try (CoordinatorClient client = CoordinatorClient.login(coordinator, user, password, API)) {
                check(client);
                Membership membership = enter(client, coordinator, force);
                membership.begin(data);
            }
            LOG.info("Pool: this host has joined the pool of {}, and restarts as a member", coordinator.host());
            daemon.restart(MOMENT);
        } catch (IOException e) {
            throw Errors.internalError("This host could not join: " + Reason.of(e))
                    .causedBy(e);
        } finally {
            turn.release();
        }
    }

    /** The checks of this host alone, and of the pool that it already has. */
    private void check(CoordinatorClient client) {
        Snapshot now = store.snapshot();
        boolean managed = ThisHost.row(now).get(Host.PIFS).stream().anyMatch(pif -> now.get(pif, PIF.MANAGEMENT));
        if (!managed) {
            throw Errors.hostStillBooting();
        }
        Row<Pool> pool = ThisPool.row(now);
        if (pool.get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        JsonNode pools = client.ask("pool.get_all");
        String master = client.ask("pool.get_master", pools.path(0).asText()).asText();
        String uuid = client.ask("host.get_uuid", master).asText();
        boolean others = now.count(Host.XEN_CLASS) > 1;
        if (ThisHost.row(now).get(Host.UUID).equals(uuid)) {
            throw Errors.operationNotAllowed(
                    others ? "Host is already part of a pool" : "Host cannot become slave of itself");
        }
        if (others) {
            throw Errors.joiningHostCannotBeMasterOfOtherHosts();
        }
        for (Stored<VM> vm : now.all(VM.XEN_CLASS)) {
            if (!vm.row().get(VM.IS_CONTROL_DOMAIN) && vm.row().get(VM.POWER_STATE) == VmPowerState.RUNNING) {
                throw Errors.joiningHostCannotHaveRunningVms();
            }
        }
        if (now.all(VM.XEN_CLASS).stream()
                .anyMatch(vm -> !vm.row().get(VM.CURRENT_OPERATIONS).isEmpty())) {
            throw Errors.joiningHostCannotHaveVmsWithCurrentOperations();
        }
    }

    private Membership enter(CoordinatorClient client, CoordinatorClient.Address coordinator, boolean force)
            throws IOException {
        AgentPlace place = AgentPlace.free(agent);
        Snapshot now = store.snapshot();
        Map<String, String> query = new LinkedHashMap<>();
        query.put("force", Boolean.toString(force));
        query.put("agent_address", place.reached(now));
        query.put("agent_port", Integer.toString(place.port()));
        query.put("certificate", certificates.poolPem());
        Path dump = Files.createTempFile(data, "jxapi-upload-", ".xml");
        try {
            try (OutputStream out = Files.newOutputStream(dump)) {
                DatabaseDump.write(now, out, () -> {});
            }
            JsonNode answer = client.upload(Admission.PATH, query, dump);
            List<String> others = new ArrayList<>();
            answer.path("others").forEach(pem -> others.add(pem.asText()));
            Membership membership = new Membership(
                    coordinator.host(),
                    coordinator.port(),
                    answer.path("certificate").asText(),
                    answer.path("host").asText(),
                    answer.path("secret").asText(),
                    place.address(),
                    place.port(),
                    answer.path("coordinator").asText(),
                    others,
                    GroupPlace.of(PoolReplica.folder(data)).map(GroupPlace::id).orElse(null));
            membership.trusted();
            return membership;
        } catch (GeneralSecurityException e) {
            throw Errors.joiningHostServiceFailed().causedBy(e);
        } finally {
            Files.deleteIfExists(dump);
        }
    }
}
