package org.jxapi.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.blob.BlobService;
import org.jxapi.certificate.HostCertificates;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallTimes;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.session.ExternalAuth;
import org.jxapi.session.UserAgents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.HostDisplay;
import org.jxapi.xenapi.HostMessages;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.HostNtpMode;
import org.jxapi.xenapi.HostNumaAffinityPolicy;
import org.jxapi.xenapi.HostSchedGran;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** The messages of class host. */
public final class HostService implements HostMessages<Call> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern GRANULARITY = Pattern.compile("(?:^|\\s)sched-gran=(\\w+)");

    private final Store store;
    private final Hosts hosts;
    private final HostPower power;
    private final Evacuation evacuation;
    private final HostSettings settings;
    private final HostCstates cstates;
    private final HostTime time;
    private final HostLogins logins;
    private final ManagementChoice management;
    private final Measurements measurements;
    private final MeasurementFiles measurementFiles;
    private final HostPlugins plugins;
    private final HostCertificates certificates;
    private final HttpsOnly httpsOnly;
    private final GuestAgentConfig agents;
    private final HostAgent agent;
    private final PerHost<HostDaemon> daemons;
    private final LogDestination logs;
    private final ExternalAuth external;
    private final UserAgents userAgents;
    private final HostDiagnosis diagnosis;
    private final LostHosts lost;
    private final CallTimes times;
    private final MigrationTarget target;

    /** @param management makes a PIF that of the management of its host */
    public HostService(
            Store store,
            Hosts hosts,
            HostPower power,
            Evacuation evacuation,
            HostSettings settings,
            HostCstates cstates,
            HostTime time,
            HostLogins logins,
            ManagementChoice management,
            Measurements measurements,
            MeasurementFiles measurementFiles,
            HostPlugins plugins,
            HostCertificates certificates,
            HttpsOnly httpsOnly,
            GuestAgentConfig agents,
            HostAgent agent,
            PerHost<HostDaemon> daemons,
            LogDestination logs,
            ExternalAuth external,
            UserAgents userAgents,
            HostDiagnosis diagnosis,
            LostHosts lost,
            CallTimes times) {
        this.store = store;
        this.hosts = hosts;
        this.power = power;
        this.evacuation = evacuation;
        this.settings = settings;
        this.cstates = cstates;
        this.time = time;
        this.logins = logins;
        this.management = management;
        this.measurements = measurements;
        this.measurementFiles = measurementFiles;
        this.plugins = plugins;
        this.certificates = certificates;
        this.httpsOnly = httpsOnly;
        this.agents = agents;
        this.agent = agent;
        this.daemons = daemons;
        this.logs = logs;
        this.external = external;
        this.userAgents = userAgents;
        this.diagnosis = diagnosis;
        this.lost = lost;
        this.times = times;
        this.target = new MigrationTarget(store);
    }

    /** HANDLE_INVALID when there is no such host. */
    private Row<Host> host(Ref<Host> host) {
        return store.snapshot().row(host);
    }

    /** Whether it is the coordinator, which answers all calls, as members pass them on. HANDLE_INVALID without such a host. */
    private boolean isOwn(Ref<Host> host) {
        Snapshot now = store.snapshot();
        now.require(host);
        return ThisHost.ref(now).equals(host);
    }

    @Override
    public void applyGuestAgentConfig(Call call, Ref<Host> host) {
        host(host);
        agents.tellGuests();
    }

    @Override
    public Map<String, String> migrateReceive(
            Call call, Ref<Host> host, Ref<Network> network, Map<String, String> options) {
        return target.receive(call, host, network);
    }

    @Override
    public void enable(Call call, Ref<Host> host) {
        power.enable(host);
    }

    @Override
    public void disable(Call call, Ref<Host> host, boolean autoEnable) {
        power.disable(host, autoEnable);
    }

    @Override
    public void shutdown(Call call, Ref<Host> host) {
        power.down(call, host, HostAllowedOperations.SHUTDOWN);
    }

    @Override
    public void reboot(Call call, Ref<Host> host) {
        power.down(call, host, HostAllowedOperations.REBOOT);
    }

    @Override
    public void powerOn(Call call, Ref<Host> host) {
        HostRules.check(store.snapshot(), host, HostAllowedOperations.POWER_ON);
    }

    @Override
    public void destroy(Call call, Ref<Host> self) {
        refuseLive(self);
        lost.forget(self);
    }

    @Override
    public void declareDead(Call call, Ref<Host> host) {
        refuseLive(host);
        lost.declareDead(host);
    }

    /** HOST_IS_LIVE for a host that answers, and for the one that this daemon runs on. */
    private void refuseLive(Ref<Host> host) {
        Snapshot now = store.snapshot();
        boolean live = now.find(now.get(host, Host.METRICS))
                .map(metrics -> metrics.row().get(HostMetrics.LIVE))
                .orElse(false);
        if (live || ThisHost.ref(now).equals(host)) {
            throw Errors.hostIsLive(host.value());
        }
    }

    @Override
    public void evacuate(Call call, Ref<Host> host, Ref<Network> network, long evacuateBatchSize) {
        evacuation.evacuate(call, host, network);
    }

    @Override
    public void assertCanEvacuate(Call call, Ref<Host> host) {
        evacuation.check(host);
    }

    @Override
    public Map<Ref<VM>, List<String>> getVmsWhichPreventEvacuation(Call call, Ref<Host> self) {
        return evacuation.prevented(self);
    }

    @Override
    public List<Ref<VM>> getUncooperativeResidentVMs(Call call, Ref<Host> self) {
        host(self);
        return List.of();
    }

    @Override
    public Map<Ref<VM>, List<String>> retrieveWlbEvacuateRecommendations(Call call, Ref<Host> self) {
        host(self);
        Features.WLB.check();
        throw Errors.wlbNotInitialized();
    }

    @Override
    public long computeFreeMemory(Call call, Ref<Host> host) {
        return HostFreeMemory.available(store.snapshot(), host, Ref.nil());
    }

    @Override
    public long computeMemoryOverhead(Call call, Ref<Host> host) {
        return host(host).get(Host.MEMORY_OVERHEAD);
    }

    @Override
    public XenTime getServertime(Call call, Ref<Host> host) {
        return time.utc(host);
    }

    @Override
    public XenTime getServerLocaltime(Call call, Ref<Host> host) {
        return time.local(host);
    }

    @Override
    public void setServertime(Call call, Ref<Host> self, XenTime value) {
        time.setTime(self, value);
    }

    @Override
    public void setTimezone(Call call, Ref<Host> self, String value) {
        time.setTimezone(self, value);
    }

    @Override
    public void setNtpMode(Call call, Ref<Host> self, HostNtpMode value) {
        time.setMode(self, value);
    }

    @Override
    public void setNtpCustomServers(Call call, Ref<Host> self, List<String> value) {
        time.setServers(self, value);
    }

    @Override
    public Map<String, String> getNtpServersStatus(Call call, Ref<Host> self) {
        return time.servers(self);
    }

    @Override
    public boolean getNtpSynchronized(Call call, Ref<Host> self) {
        return time.synchronised(self);
    }

    @Override
    public Map<String, String> getTrackedUserAgents(Call call, Ref<Host> self) {
        return isOwn(self) ? userAgents.all() : Map.of();
    }

    @Override
    public void rescanDrivers(Call call, Ref<Host> self) {
        HostDriverService.rescan(store, self);
    }

    @Override
    public void enableSsh(Call call, Ref<Host> self) {
        logins.enable(self);
    }

    @Override
    public void disableSsh(Call call, Ref<Host> self) {
        logins.disable(self);
    }

    @Override
    public void setSshEnabledTimeout(Call call, Ref<Host> self, long value) {
        logins.setTimeout(self, value);
    }

    @Override
    public void setSshAutoMode(Call call, Ref<Host> self, boolean value) {
        logins.setAutoMode(self, value);
    }

    @Override
    public void setConsoleIdleTimeout(Call call, Ref<Host> self, long value) {
        logins.setIdleTimeout(self, value);
    }

    @Override
    public void managementReconfigure(Call call, Ref<PIF> pif) {
        management.choose(pif);
    }

    /** Refused, after XAPI's check: an administrator who has only the network could not undo it. */
    @Override
    public void managementDisable(Call call) {
        if (ThisPool.row(store.snapshot()).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        throw Errors.operationNotAllowed(
                "jxapid listens where its settings http and https say: give them the address 127.0.0.1,"
                        + " and restart jxapid");
    }

    /** Of the calls that this daemon has answered. */
    @Override
    public Map<String, String> getDiagnosticTimingStats(Call call, Ref<Host> host, boolean counts) {
        return isOwn(host) ? times.summary(counts) : Map.of();
    }

    @Override
    public List<String> listTimezones(Call call, Ref<Host> self) {
        host(self);
        return ZoneId.getAvailableZoneIds().stream().sorted().toList();
    }

    @Override
    public void restartAgent(Call call, Ref<Host> host) {
        host(host);
        daemons.of(host).restart();
    }

    @Override
    public void shutdownAgent(Call call) {
        agent.stop(HostAgent.MOMENT);
    }

    @Override
    public void syslogReconfigure(Call call, Ref<Host> host) {
        logs.apply(host);
    }

    @Override
    public String getSystemStatusCapabilities(Call call, Ref<Host> host) {
        host(host);
        return diagnosis.capabilities(host);
    }

    @Override
    public void bugreportUpload(Call call, Ref<Host> host, String url, Map<String, String> options) {
        host(host);
        String proxy = options.getOrDefault("http_proxy", System.getenv().getOrDefault("http_proxy", ""));
        diagnosis.upload(call, host, url, proxy);
    }

    @Override
    public String getThreadDiagnostics(Call call, Ref<Host> host) {
        host(host);
        return diagnosis.threads(host);
    }

    @Override
    public String dmesg(Call call, Ref<Host> host) {
        host(host);
        try {
            return String.join("\n", hosts.of(host).host().consoleLog());
        } catch (HypervisorException e) {
            throw Errors.internalError(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    @Override
    public String dmesgClear(Call call, Ref<Host> host) {
        throw Errors.notImplemented("dmesg_clear");
    }

    @Override
    public String getLog(Call call, Ref<Host> host) {
        throw Errors.notImplemented("get_log");
    }

    @Override
    public List<String> listMethods(Call call) {
        throw Errors.notImplemented("list_method");
    }

    @Override
    public void sendDebugKeys(Call call, Ref<Host> host, String keys) {
        host(host);
        try {
            hosts.of(host).host().debugKeys(keys);
        } catch (HypervisorException e) {
            throw Errors.internalError(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    private Owner owner(Ref<Host> host) {
        return Owner.host(host(host).get(Host.UUID));
    }

    @Override
    public List<Row<DataSource>> getDataSources(Call call, Ref<Host> host) {
        return measurements.sources(owner(host));
    }

    @Override
    public double queryDataSource(Call call, Ref<Host> host, String dataSource) {
        return measurements.query(owner(host), dataSource);
    }

    @Override
    public void recordDataSource(Call call, Ref<Host> host, String dataSource) {
        measurements.record(owner(host), dataSource);
    }

    @Override
    public void forgetDataSourceArchives(Call call, Ref<Host> host, String dataSource) {
        measurements.forget(owner(host), dataSource);
    }

    @Override
    public void backupRrds(Call call, Ref<Host> host, double delay) {
        host(host);
        measurementFiles.saveAll(delay);
    }

    @Override
    public String callPlugin(Call call, Ref<Host> host, String plugin, String fn, Map<String, String> args) {
        host(host);
        return plugins.call(host, call.session(), plugin, fn, args);
    }

    @Override
    public boolean hasExtension(Call call, Ref<Host> host, String name) {
        host(host);
        return false;
    }

    @Override
    public String callExtension(Call call, Ref<Host> host, String text) {
        host(host);
        try {
            JsonNode method = JSON.readTree(text).path("method");
            if (method.isTextual()) {
                throw Errors.messageMethodUnknown(method.asText());
            }
        } catch (JsonProcessingException e) {
            throw Errors.extensionProtocolFailure(text).causedBy(e);
        }
        throw Errors.extensionProtocolFailure(text);
    }

    @Override
    public void enableExternalAuth(
            Call call, Ref<Host> host, Map<String, String> config, String serviceName, String authType) {
        external.enable(host, config, serviceName, authType);
    }

    /** The settings are for leaving the domain with. This host has no account there, so nothing can fail or need force. */
    @Override
    public void disableExternalAuth(Call call, Ref<Host> host, Map<String, String> config, boolean force) {
        external.disable(host);
    }

    @Override
    public void externalAuthSetLdaps(Call call, Ref<Host> host, boolean ldaps, boolean force) {
        external.setLdaps(host, ldaps, force);
    }

    @Override
    public void applyEdition(Call call, Ref<Host> host, String edition, boolean force) {
        if (!edition.isEmpty() && !host(host).get(Host.EDITIONS).contains(edition)) {
            throw Errors.invalidEdition(edition);
        }
    }

    @Override
    public void licenseAdd(Call call, Ref<Host> host, String contents) {
        host(host);
        throw Errors.licenseProcessingError();
    }

    @Override
    public void licenseRemove(Call call, Ref<Host> host) {
        host(host);
    }

    @Override
    public void refreshPackInfo(Call call, Ref<Host> host) {
        host(host);
    }

    /** Data that other hosts of the pool hold too is in the one database. */
    @Override
    public void syncData(Call call, Ref<Host> host) {
        host(host);
    }

    @Override
    public List<List<String>> applyUpdates(Call call, Ref<Host> self, String hash) {
        host(self);
        Features.UPDATES.check();
        throw Errors.noRepositoryEnabled();
    }

    /** A pool of one host has its coordinator always. */
    @Override
    public boolean isInEmergencyMode(Call call) {
        return false;
    }

    /** As in XAPI, an answer at all is a good one. */
    @Override
    public boolean haXapiHealthcheck(Call call) {
        return true;
    }

    @Override
    public void emergencyClearMandatoryGuidance(Call call) {
        store.change(tx -> tx.all(Host.XEN_CLASS).forEach(h -> tx.set(h.ref(), Host.PENDING_GUIDANCES, List.of())));
    }

    @Override
    public void emergencyHaDisable(Call call, boolean soft) {
        if (!soft) {
            throw Errors.haNotEnabled();
        }
    }

    @Override
    public void emergencyDisableTlsVerification(Call call) {
        store.change(tx -> tx.all(Host.XEN_CLASS).forEach(h -> tx.set(h.ref(), Host.TLS_VERIFICATION_ENABLED, false)));
    }

    @Override
    public void emergencyReenableTlsVerification(Call call) {
        throw Errors.tlsVerificationNotEnabledInPool();
    }

    @Override
    public void localManagementReconfigure(Call call, String interface_) {
        throw Errors.notInEmergencyMode();
    }

    @Override
    public Ref<PIF> getManagementInterface(Call call, Ref<Host> host) {
        return host(host).get(Host.PIFS).stream()
                .filter(pif -> store.snapshot().get(pif, PIF.MANAGEMENT))
                .findFirst()
                .orElseThrow(() -> Errors.internalError("Not_found"));
    }

    @Override
    public void setHostnameLive(Call call, Ref<Host> host, String hostname) {
        settings.hostname(host, hostname);
    }

    @Override
    public void setPowerOnMode(Call call, Ref<Host> self, String powerOnMode, Map<String, String> powerOnConfig) {
        settings.powerOnMode(self, powerOnMode, powerOnConfig);
    }

    @Override
    public void setIscsiIqn(Call call, Ref<Host> host, String value) {
        settings.iscsiName(host, value);
    }

    @Override
    public void setMultipathing(Call call, Ref<Host> host, boolean value) {
        settings.multipathing(host, value);
    }

    @Override
    public void enableLocalStorageCaching(Call call, Ref<Host> host, Ref<SR> sr) {
        settings.localCache(host, sr);
    }

    @Override
    public void disableLocalStorageCaching(Call call, Ref<Host> host) {
        settings.noLocalCache(host);
    }

    @Override
    public void setSslLegacy(Call call, Ref<Host> self, boolean value) {
        host(self);
        if (value) {
            throw Errors.valueNotSupported("value", "true", "Legacy SSL support has been removed");
        }
    }

    @Override
    public void setUefiCertificates(Call call, Ref<Host> host, String value) {
        throw Errors.operationNotAllowed("To set UEFI certificates use: `Pool.set_custom_uefi_certificates`");
    }

    @Override
    public HostDisplay enableDisplay(Call call, Ref<Host> host) {
        return host(host).get(Host.DISPLAY);
    }

    @Override
    public HostDisplay disableDisplay(Call call, Ref<Host> host) {
        host(host);
        throw Errors.featureRestricted();
    }

    @Override
    public void setSchedGran(Call call, Ref<Host> self, HostSchedGran value) {
        host(self);
        throw Errors.operationNotAllowed("Disabled by xapi.conf");
    }

    @Override
    public void setMaxCstate(Call call, Ref<Host> self, String value) {
        cstates.set(self, value);
    }

    @Override
    public void setNumaAffinityPolicy(Call call, Ref<Host> self, HostNumaAffinityPolicy value) {
        store.change(tx -> tx.set(self, Host.NUMA_AFFINITY_POLICY, value));
    }

    @Override
    public HostSchedGran getSchedGran(Call call, Ref<Host> self) {
        host(self);
        Matcher matcher = GRANULARITY.matcher(hosts.of(self).host().version().commandline());
        return matcher.find() && HostSchedGran.TYPE.values().get(matcher.group(1)) instanceof HostSchedGran known
                ? known
                : HostSchedGran.CPU;
    }

    @Override
    public Ref<Blob> createNewBlob(Call call, Ref<Host> host, String name, String mimeType, boolean open) {
        return BlobService.attach(store, host, Host.BLOBS, name, mimeType, open);
    }

    @Override
    public String getServerCertificate(Call call, Ref<Host> host) {
        host(host);
        return certificates.shown(host);
    }

    @Override
    public void installServerCertificate(
            Call call, Ref<Host> host, String certificate, String privateKey, String certificateChain) {
        host(host);
        certificates.install(host, certificate, privateKey, certificateChain);
    }

    @Override
    public void resetServerCertificate(Call call, Ref<Host> host) {
        certificates.reset(host);
    }

    @Override
    public void emergencyResetServerCertificate(Call call) {
        certificates.reset(ThisHost.ref(store.snapshot()));
    }

    @Override
    public void refreshServerCertificate(Call call, Ref<Host> host) {
        certificates.refresh(call, host);
    }

    @Override
    public void setHttpsOnly(Call call, Ref<Host> self, boolean value) {
        httpsOnly.set(self, value);
    }
}
