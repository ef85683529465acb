package org.jxapi.pool;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.blob.BlobService;
import org.jxapi.certificate.ClientCertificates;
import org.jxapi.certificate.TrustedCertificates;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.host.Features;
import org.jxapi.host.GuestAgentConfig;
import org.jxapi.host.HostLogins;
import org.jxapi.host.HttpsOnly;
import org.jxapi.local.ThisPool;
import org.jxapi.network.ManagementInterfaces;
import org.jxapi.network.Vlans;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.session.ExternalAuth;
import org.jxapi.session.Logins;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.jxapi.xenapi.PoolGuestSecurebootReadiness;
import org.jxapi.xenapi.PoolMessages;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.TelemetryFrequency;
import org.jxapi.xenapi.UpdateSyncFrequency;
import org.jxapi.xenapi.VM;

/** The messages of class pool, which has no HA. */
public final class PoolService implements PoolMessages<Call> {
    private final Store store;
    private final Operations operations;
    private final HaPlans plans;
    private final Clock clock;
    private final Vlans vlans;
    private final ManagementInterfaces management;
    private final HostLogins logins;
    private final GuestAgentConfig agents;
    private final TrustedCertificates trusted;
    private final HttpsOnly httpsOnly;
    private final ExternalAuth external;
    private final ClientCertificates clients;
    private final HostMoves hosts;

    public PoolService(
            Store store,
            Operations operations,
            Clock clock,
            Vlans vlans,
            ManagementInterfaces management,
            HostLogins logins,
            GuestAgentConfig agents,
            TrustedCertificates trusted,
            HttpsOnly httpsOnly,
            ExternalAuth external,
            ClientCertificates clients,
            HostMoves hosts) {
        this.store = store;
        this.operations = operations;
        this.plans = new HaPlans(store);
        this.clock = clock;
        this.vlans = vlans;
        this.management = management;
        this.logins = logins;
        this.agents = agents;
        this.trusted = trusted;
        this.httpsOnly = httpsOnly;
        this.external = external;
        this.clients = clients;
        this.hosts = hosts;
        store.addDerivation(new PoolRules());
    }

    public void bind(MessageTable<Call> table) {
        PoolMessages.bind(table, this);
    }

    @Override
    public List<Ref<PIF>> createVLAN(Call call, String device, Ref<Network> network, long vlan) {
        return vlans.createOnHosts(device, vlan, network);
    }

    @Override
    public List<Ref<PIF>> createVLANFromPIF(Call call, Ref<PIF> pif, Ref<Network> network, long vlan) {
        return vlans.createOnAll(pif, vlan, network);
    }

    /** HANDLE_INVALID when there is no such pool. */
    private Row<Pool> pool(Ref<Pool> pool) {
        return store.snapshot().row(pool);
    }

    private void with(Call call, PoolAllowedOperations what, Consumer<Transaction> work) {
        Ref<Pool> pool = ThisPool.ref(store.snapshot());
        try (Operation operation = operations.begin(call, pool, what, tx -> PoolRules.check(tx, pool, what))) {
            operation.finish(work);
        }
    }

    @Override
    public void join(Call call, String address, String username, String password) {
        hosts.join(call, address, username, password, false);
    }

    @Override
    public void joinForce(Call call, String address, String username, String password) {
        hosts.join(call, address, username, password, true);
    }

    @Override
    public void eject(Call call, Ref<Host> host) {
        if (!isSlave(call, host)) {
            throw Errors.operationNotAllowed("The pool's coordinator cannot be ejected");
        }
        hosts.eject(call, host);
    }

    @Override
    public boolean isSlave(Call call, Ref<Host> host) {
        Snapshot snapshot = store.snapshot();
        snapshot.require(host);
        return !snapshot.get(ThisPool.ref(snapshot), Pool.MASTER).equals(host);
    }

    @Override
    public void designateNewMaster(Call call, Ref<Host> host) {
        if (isSlave(call, host)) {
            hosts.handOver(call, host);
        } else {
            with(call, PoolAllowedOperations.DESIGNATE_NEW_MASTER, tx -> {});
        }
    }

    /** Members answer this themselves. The coordinator is one already. */
    @Override
    public void emergencyTransitionToMaster(Call call) {
        store.snapshot();
    }

    /** Members answer this themselves. The coordinator has the database of its pool, which would be lost. */
    @Override
    public void emergencyResetMaster(Call call, String address) {
        throw Errors.operationNotAllowed(
                "This host is the coordinator of its pool; pool.join makes it a member of another");
    }

    @Override
    public List<Ref<Host>> recoverSlaves(Call call) {
        return hosts.recover();
    }

    /** Returns at once: acknowledged changes are on disk already. */
    @Override
    public void syncDatabase(Call call) {
        store.snapshot();
    }

    @Override
    public void managementReconfigure(Call call, Ref<Network> network) {
        management.chooseAll(network);
    }

    @Override
    public void enableSsh(Call call, Ref<Pool> self) {
        onAll(logins::enable, Errors::enableSshPartiallyFailed);
    }

    @Override
    public void disableSsh(Call call, Ref<Pool> self) {
        onAll(logins::disable, Errors::disableSshPartiallyFailed);
    }

    @Override
    public void setSshEnabledTimeout(Call call, Ref<Pool> self, long value) {
        onAll(host -> logins.setTimeout(host, value), Errors::setSshTimeoutPartiallyFailed);
    }

    @Override
    public void setSshAutoMode(Call call, Ref<Pool> self, boolean value) {
        onAll(host -> logins.setAutoMode(host, value), Errors::setSshAutoModePartiallyFailed);
    }

    @Override
    public void setConsoleIdleTimeout(Call call, Ref<Pool> self, long value) {
        onAll(host -> logins.setIdleTimeout(host, value), Errors::setConsoleTimeoutPartiallyFailed);
    }

    /** Does it on every host; as in XAPI, the error names the hosts where it failed. */
    private void onAll(Consumer<Ref<Host>> work, Function<String, XenApiException> error) {
        List<String> failed = new ArrayList<>();
        for (Stored<Host> host : store.snapshot().all(Host.XEN_CLASS)) {
            try {
                work.accept(host.ref());
            } catch (XenApiException e) {
                failed.add(0, host.ref().value());
            }
        }
        if (!failed.isEmpty()) {
            throw new XenApiException(error.apply("").code(), failed);
        }
    }

    @Override
    public void enableHa(Call call, List<Ref<SR>> heartbeatSrs, Map<String, String> configuration) {
        if (ThisPool.row(store.snapshot()).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        Features.HA.check();
    }

    @Override
    public void disableHa(Call call) {
        throw Errors.haNotEnabled();
    }

    /** Nothing is restarted, so there is nothing to hold back; XAPI takes the call without HA too. */
    @Override
    public void haPreventRestartsFor(Call call, long seconds) {
        store.snapshot();
    }

    @Override
    public boolean haFailoverPlanExists(Call call, long n) {
        return plans.exists(n);
    }

    @Override
    public long haComputeMaxHostFailuresToTolerate(Call call) {
        return plans.most();
    }

    @Override
    public long haComputeHypotheticalMaxHostFailuresToTolerate(Call call, Map<Ref<VM>, String> configuration) {
        return plans.most(configuration);
    }

    @Override
    public Map<Ref<VM>, Map<String, String>> haComputeVmFailoverPlan(
            Call call, List<Ref<Host>> failedHosts, List<Ref<VM>> failedVms) {
        return plans.failover(failedHosts, failedVms);
    }

    @Override
    public void setHaHostFailuresToTolerate(Call call, Ref<Pool> self, long value) {
        plans.setFailuresToTolerate(self, value);
    }

    @Override
    public void enableExternalAuth(
            Call call, Ref<Pool> pool, Map<String, String> config, String serviceName, String authType) {
        pool(pool);
        external.enableInPool(config, serviceName, authType);
    }

    /** The settings are for a host to leave the domain with. A host of jxapi has no account there. */
    @Override
    public void disableExternalAuth(Call call, Ref<Pool> pool, Map<String, String> config) {
        pool(pool);
        external.disableInPool();
    }

    @Override
    public void externalAuthSetLdaps(Call call, Ref<Pool> pool, boolean ldaps, boolean force) {
        pool(pool);
        external.setLdapsInPool(ldaps, force);
    }

    @Override
    public void enableClientCertificateAuth(Call call, Ref<Pool> self, String name) {
        clients.enable(self, name);
    }

    @Override
    public void disableClientCertificateAuth(Call call, Ref<Pool> self) {
        clients.disable(self);
    }

    @Override
    public void detectNonhomogeneousExternalAuth(Call call, Ref<Pool> pool) {
        pool(pool);
    }

    @Override
    public String sendTestPost(Call call, String host, long port, String body) {
        return new TestPost(host, port).send(call, body);
    }

    /** XAPI's answer since protection policies are gone. */
    @Override
    public String testArchiveTarget(Call call, Ref<Pool> self, Map<String, String> config) {
        throw Errors.messageRemoved();
    }

    @Override
    public void initializeWlb(
            Call call, String url, String username, String password, String xenUsername, String xenPassword) {
        Features.WLB.check();
    }

    @Override
    public void deconfigureWlb(Call call) {
        throw Errors.wlbNotInitialized();
    }

    @Override
    public void sendWlbConfiguration(Call call, Map<String, String> config) {
        Features.WLB.check();
    }

    @Override
    public Map<String, String> retrieveWlbConfiguration(Call call) {
        Features.WLB.check();
        throw Errors.wlbNotInitialized();
    }

    @Override
    public Map<Ref<VM>, List<String>> retrieveWlbRecommendations(Call call) {
        Features.WLB.check();
        throw Errors.wlbNotInitialized();
    }

    @Override
    public void certificateInstall(Call call, String name, String cert) {
        trusted.installCa(name, cert);
    }

    @Override
    public void installCaCertificate(Call call, String name, String cert) {
        trusted.installCa(name, cert);
    }

    @Override
    public void certificateUninstall(Call call, String name) {
        trusted.uninstallCa(name, false);
    }

    @Override
    public void uninstallCaCertificate(Call call, String name, boolean force) {
        trusted.uninstallCa(name, force);
    }

    @Override
    public List<String> certificateList(Call call) {
        return trusted.caNames();
    }

    @Override
    public void crlInstall(Call call, String name, String cert) {
        trusted.installCrl(name, cert);
    }

    @Override
    public void crlUninstall(Call call, String name) {
        trusted.uninstallCrl(name);
    }

    @Override
    public List<String> crlList(Call call) {
        return trusted.crlNames();
    }

    @Override
    public void certificateSync(Call call) {
        trusted.sync();
    }

    @Override
    public void installTrustedCertificate(
            Call call, Ref<Pool> self, boolean ca, String cert, List<CertificatePurpose> purpose) {
        pool(self);
        trusted.install(ca, cert, purpose);
    }

    @Override
    public void uninstallTrustedCertificate(Call call, Ref<Pool> self, Ref<Certificate> certificate) {
        pool(self);
        trusted.uninstall(certificate);
    }

    @Override
    public void setHttpsOnly(Call call, Ref<Pool> self, boolean value) {
        pool(self);
        store.snapshot().all(Host.XEN_CLASS).forEach(host -> httpsOnly.set(host.ref(), value));
    }

    @Override
    public void enableTlsVerification(Call call) {
        Features.CERTIFICATE_VERIFICATION.check();
    }

    @Override
    public void enableRedoLog(Call call, Ref<SR> sr) {
        throw Errors.cannotEnableRedoLog("failed to create a VDI for the redo log on the SR with the given UUID.");
    }

    @Override
    public void disableRedoLog(Call call) {
        store.change(tx -> tx.set(ThisPool.ref(tx), Pool.REDO_LOG_ENABLED, false));
    }

    @Override
    public void setVswitchController(Call call, String address) {
        throw Errors.operationNotAllowed("host not configured for vswitch operation");
    }

    @Override
    public void setIgmpSnoopingEnabled(Call call, Ref<Pool> self, boolean value) {
        pool(self);
        if (value) {
            Features.IGMP_SNOOPING.check();
        }
        throw Errors.openvswitchNotActive();
    }

    @Override
    public void enableLocalStorageCaching(Call call, Ref<Pool> self) {
        throw Errors.hostsFailedToEnableCaching(pool(self).get(Pool.MASTER).value());
    }

    @Override
    public void disableLocalStorageCaching(Call call, Ref<Pool> self) {
        Ref<Host> host = pool(self).get(Pool.MASTER);
        if (store.snapshot().get(host, Host.ENABLED)) {
            throw Errors.hostsFailedToDisableCaching(host.value());
        }
        store.change(tx -> tx.set(host, Host.LOCAL_CACHE_SR, Ref.nil()));
    }

    @Override
    public Map<String, String> getLicenseState(Call call, Ref<Pool> self) {
        return Map.of("edition", store.snapshot().get(pool(self).get(Pool.MASTER), Host.EDITION), "expiry", "never");
    }

    @Override
    public void applyEdition(Call call, Ref<Pool> self, String edition) {
        if (!store.snapshot().get(pool(self).get(Pool.MASTER), Host.EDITIONS).contains(edition)) {
            throw Errors.invalidEdition(edition);
        }
    }

    @Override
    public void disableSslLegacy(Call call, Ref<Pool> self) {
        pool(self);
    }

    @Override
    public boolean hasExtension(Call call, Ref<Pool> self, String name) {
        pool(self);
        return false;
    }

    @Override
    public void addToGuestAgentConfig(Call call, Ref<Pool> self, String key, String value) {
        agents.add(self, key, value);
    }

    @Override
    public void removeFromGuestAgentConfig(Call call, Ref<Pool> self, String key) {
        agents.remove(self, key);
    }

    @Override
    public void rotateSecret(Call call) {
        Features.POOL_SECRET_ROTATION.check();
    }

    @Override
    public String syncUpdates(
            Call call, Ref<Pool> self, boolean force, String token, String tokenId, String username, String password) {
        pool(self);
        Features.UPDATES.check();
        throw Errors.noRepositoryEnabled();
    }

    @Override
    public List<List<String>> checkUpdateReadiness(Call call, Ref<Pool> self, boolean requiresReboot) {
        pool(self);
        Features.UPDATES.check();
        throw Errors.noRepositoryEnabled();
    }

    @Override
    public void setUefiCertificates(Call call, Ref<Pool> self, String value) {
        throw Errors.operationNotAllowed(
                "Setting UEFI certificates is deprecated, please use `set_custom_uefi_certificates`");
    }

    @Override
    public void setCustomUefiCertificates(Call call, Ref<Pool> self, String value) {
        throw Errors.operationNotAllowed(
                "Setting UEFI certificates is not possible when allow_custom_uefi_certs is false");
    }

    @Override
    public PoolGuestSecurebootReadiness getGuestSecurebootReadiness(Call call, Ref<Pool> self) {
        pool(self);
        return PoolGuestSecurebootReadiness.NOT_READY;
    }

    @Override
    public void setTelemetryNextCollection(Call call, Ref<Pool> self, XenTime value) {
        TelemetryFrequency frequency = pool(self).get(Pool.TELEMETRY_FREQUENCY);
        int days = switch (frequency) {
            case DAILY -> 2;
            case WEEKLY -> 14;
            case MONTHLY -> 62;
        };
        Instant latest = clock.instant().plus(Duration.ofDays(days));
        if (value.instant().isAfter(latest)) {
            throw Errors.telemetryNextCollectionTooLate(value.toString());
        }
        store.change(tx -> tx.set(self, Pool.TELEMETRY_NEXT_COLLECTION, value));
    }

    @Override
    public void resetTelemetryUuid(Call call, Ref<Pool> self) {
        store.change(tx -> {
            Ref<Secret> old = tx.get(self, Pool.TELEMETRY_UUID);
            Ref<Secret> fresh = tx.create(Row.of(Secret.XEN_CLASS)
                    .with(Secret.VALUE, UUID.randomUUID().toString()));
            tx.set(self, Pool.TELEMETRY_UUID, fresh);
            tx.destroyIfThere(old);
        });
    }

    @Override
    public void configureUpdateSync(Call call, Ref<Pool> self, UpdateSyncFrequency frequency, long day) {
        boolean weekly = frequency == UpdateSyncFrequency.WEEKLY;
        if (weekly && (day < 0 || day > 6)) {
            throw Errors.invalidUpdateSyncDay(Long.toString(day));
        }
        store.change(tx -> {
            tx.set(self, Pool.UPDATE_SYNC_FREQUENCY, frequency);
            tx.set(self, Pool.UPDATE_SYNC_DAY, weekly ? day : 0L);
        });
    }

    @Override
    public void setUpdateSyncEnabled(Call call, Ref<Pool> self, boolean value) {
        if (value && pool(self).get(Pool.REPOSITORIES).isEmpty()) {
            throw Errors.noRepositoriesConfigured();
        }
        store.change(tx -> tx.set(self, Pool.UPDATE_SYNC_ENABLED, value));
    }

    /** In XAPI the number holds until its next start, and the field keeps the old one. */
    @Override
    public void setLocalAuthMaxThreads(Call call, Ref<Pool> self, long value) {
        setThreads(self, Pool.LOCAL_AUTH_MAX_THREADS, value);
    }

    @Override
    public void setExtAuthMaxThreads(Call call, Ref<Pool> self, long value) {
        setThreads(self, Pool.EXT_AUTH_MAX_THREADS, value);
    }

    private void setThreads(Ref<Pool> self, Field<Pool, Long> field, long value) {
        if (value < 1 || value > Logins.MOST_THREADS) {
            throw Errors.valueNotSupported(
                    field.name(), Long.toString(value), "it is a number from 1 to " + Logins.MOST_THREADS);
        }
        store.change(tx -> tx.set(self, field, value));
    }

    @Override
    public void setExtAuthCacheEnabled(Call call, Ref<Pool> self, boolean value) {
        external.rememberLogins(self, value);
    }

    @Override
    public void setExtAuthCacheSize(Call call, Ref<Pool> self, long value) {
        if (value < 0) {
            throw Errors.invalidValue("size", Long.toString(value));
        }
        store.change(tx -> tx.set(self, Pool.EXT_AUTH_CACHE_SIZE, value));
    }

    @Override
    public void setExtAuthCacheExpiry(Call call, Ref<Pool> self, long value) {
        if (value <= 0) {
            throw Errors.invalidValue("expiry", Long.toString(value));
        }
        store.change(tx -> tx.set(self, Pool.EXT_AUTH_CACHE_EXPIRY, value));
    }

    @Override
    public Ref<Blob> createNewBlob(Call call, Ref<Pool> pool, String name, String mimeType, boolean open) {
        return BlobService.attach(store, pool, Pool.BLOBS, name, mimeType, open);
    }
}
