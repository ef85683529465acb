package org.jxapi.daemon;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jxapi.certificate.HostCertificates;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallTimes;
import org.jxapi.host.ClusterHostService;
import org.jxapi.host.ClusterService;
import org.jxapi.host.DriverVariantService;
import org.jxapi.host.Evacuation;
import org.jxapi.host.GuestAgentConfig;
import org.jxapi.host.GuestMigrations;
import org.jxapi.host.HostAgent;
import org.jxapi.host.HostCstates;
import org.jxapi.host.HostDiagnosis;
import org.jxapi.host.HostDriverService;
import org.jxapi.host.HostLogins;
import org.jxapi.host.HostMonitor;
import org.jxapi.host.HostPlugins;
import org.jxapi.host.HostPower;
import org.jxapi.host.HostRules;
import org.jxapi.host.HostService;
import org.jxapi.host.HostSettings;
import org.jxapi.host.HostTime;
import org.jxapi.host.HttpsOnly;
import org.jxapi.host.LogDestination;
import org.jxapi.host.LostHosts;
import org.jxapi.host.ManagementChoice;
import org.jxapi.host.MeasurementFiles;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.session.ExternalAuth;
import org.jxapi.session.UserAgents;
import org.jxapi.store.Store;
import org.jxapi.xenapi.ClusterHostMessages;
import org.jxapi.xenapi.ClusterMessages;
import org.jxapi.xenapi.DriverVariantMessages;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostDriverMessages;
import org.jxapi.xenapi.HostMessages;

/** The messages of the host, its drivers and clusters, and its metrics. */
final class HostModule {
    private final HostService service;
    private final HostMonitor monitor;
    private final LogDestination logs;
    private final HostTime time;
    private final HostLogins logins;
    private final HostCstates cstates;
    private final HostDriverService drivers;
    private final DriverVariantService variants;
    private final ClusterService clusters;
    private final ClusterHostService clusterHosts;

    /**
     * @param plugins for host.call_plugin
     * @param management makes a PIF that of the management of its host
     * @param stopGuests stops all VMs of a host that goes down
     */
    HostModule(
            Store store,
            Hosts hosts,
            Measurements measurements,
            MeasurementFiles measurementFiles,
            HostPlugins plugins,
            Operations operations,
            HostParts parts,
            ManagementChoice management,
            Clock clock,
            Executor workers,
            Consumer<Ref<Host>> stopGuests,
            GuestMigrations migrations,
            HostCertificates certificates,
            HttpsOnly httpsOnly,
            GuestAgentConfig agents,
            HostAgent agent,
            ExternalAuth external,
            UserAgents userAgents,
            HostDiagnosis diagnosis,
            LostHosts lost,
            CallTimes times) {
        this.monitor = new HostMonitor(store, hosts);
        this.time = new HostTime(store, parts.machines(), clock);
        this.logins = new HostLogins(store, parts.machines(), parts.settings(), clock);
        this.cstates = new HostCstates(store, parts.machines());
        this.logs = new LogDestination(store, parts.daemons());
        this.service = new HostService(
                store,
                hosts,
                new HostPower(store, operations, parts.machines(), parts.settings(), clock, workers, stopGuests),
                new Evacuation(store, operations, migrations),
                new HostSettings(store, parts.machines()),
                cstates,
                time,
                logins,
                management,
                measurements,
                measurementFiles,
                plugins,
                certificates,
                httpsOnly,
                agents,
                agent,
                parts.daemons(),
                logs,
                external,
                userAgents,
                diagnosis,
                lost,
                times);
        this.drivers = new HostDriverService(store);
        this.variants = new DriverVariantService(store);
        this.clusters = new ClusterService(store);
        this.clusterHosts = new ClusterHostService(store);
        store.addDerivation(new HostRules());
    }

    void bind(MessageTable<Call> table) {
        HostMessages.bind(table, service);
        HostDriverMessages.bind(table, drivers);
        DriverVariantMessages.bind(table, variants);
        ClusterMessages.bind(table, clusters);
        ClusterHostMessages.bind(table, clusterHosts);
    }

    HostLogins logins() {
        return logins;
    }

    /** Has the host log where it is to, and shows the settings that were made on the host itself. */
    void start(Ref<Host> host) {
        logs.start(host);
        time.start(host);
        logins.start(host);
        cstates.start(host);
    }

    /** Brings up to date what nothing announces. */
    void measure() {
        monitor.measure();
        logins.look();
    }
}
