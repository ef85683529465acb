package org.jxapi.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.DatabaseTransfers;
import org.jxapi.backup.HostTransfers;
import org.jxapi.backup.NextStart;
import org.jxapi.backup.StagedHost;
import org.jxapi.blob.BlobFiles;
import org.jxapi.blob.BlobService;
import org.jxapi.certificate.HostCertificates;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.certificate.TrustedCertificates;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.diagnosis.StatusTransfers;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallTimes;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Firmware;
import org.jxapi.gpu.Gpus;
import org.jxapi.host.DiagnosticsService;
import org.jxapi.host.GuestAgentConfig;
import org.jxapi.host.HostAgent;
import org.jxapi.host.HostCrashdumpService;
import org.jxapi.host.HostPatchService;
import org.jxapi.host.HostPlugin;
import org.jxapi.host.HostPlugins;
import org.jxapi.host.HttpsOnly;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.mail.MailAlarms;
import org.jxapi.measure.Measurements;
import org.jxapi.member.KnownMembers;
import org.jxapi.member.PoolStatus;
import org.jxapi.member.SharedDatabase;
import org.jxapi.message.MessageService;
import org.jxapi.neighbour.Neighbours;
import org.jxapi.network.HostNetwork;
import org.jxapi.network.PoolNetworks;
import org.jxapi.network.VifTuning;
import org.jxapi.operation.Operations;
import org.jxapi.ova.OvaFormats;
import org.jxapi.pool.PoolPatchService;
import org.jxapi.pool.PoolRules;
import org.jxapi.pool.PoolService;
import org.jxapi.pool.SecretService;
import org.jxapi.recovery.DatabaseRecovery;
import org.jxapi.simulator.WorldBuilder;
import org.jxapi.storage.DatabaseCopies;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.DiskExports;
import org.jxapi.store.Copyable;
import org.jxapi.store.Store;
import org.jxapi.transfer.BlobTransfers;
import org.jxapi.transfer.ImageDisks;
import org.jxapi.transfer.MessageTransfers;
import org.jxapi.transfer.TransferServer;
import org.jxapi.transfer.Transfers;
import org.jxapi.transfer.VmFormats;
import org.jxapi.usb.GuestUsb;
import org.jxapi.usb.Usb;
import org.jxapi.vbd.VbdService;
import org.jxapi.vif.PvsProxyService;
import org.jxapi.vif.PvsServerService;
import org.jxapi.vif.PvsSiteService;
import org.jxapi.vif.VifService;
import org.jxapi.vm.VmBoot;
import org.jxapi.xenapi.HostCrashdumpMessages;
import org.jxapi.xenapi.HostPatchMessages;
import org.jxapi.xenapi.PVSProxyMessages;
import org.jxapi.xenapi.PVSServerMessages;
import org.jxapi.xenapi.PVSSiteMessages;
import org.jxapi.xenapi.PoolPatchMessages;

/** All messages of the XenAPI: the modules of the classes, and what they share. */
final class ServerModule {
    /** Where XAPI has its language packs. */
    private static final Path MAIL_LANGUAGES = Path.of("/etc/xapi.d/mail-languages");

    private final Store store;
    private final Path dataDir;
    private final @Nullable SharedDatabase shared;
    private final BlobFiles blobs;
    private final StatusTransfers status;
    private final Hosts pooled;
    private final Executor workers;
    private final MonitoringModule monitoring;
    private final Operations operations;
    private final StorageModule storage;
    private final PoolNetworks networks;
    private final NetworkModule networking;
    private final DomainConfigs configs;
    private final VmModule vms;
    private final Neighbours neighbours;
    private final HostModule hosts;
    private final PoolModule members;
    private final PoolService pool;
    private final GuestAgentConfig agents;
    private final MessageService messages;
    private final MailAlarms mails;
    private final HostCertificates certificates;
    private final TrustedCertificates trusted;
    private final HttpsOnly httpsOnly;
    private final Usb usb;
    private final Gpus gpus;
    private final HostStarts hostStarts;
    private final CallTimes times = new CallTimes();

    ServerModule(
            Store store,
            Path dataDir,
            HostStorage hostStorage,
            Hosts pooled,
            Firmware firmware,
            HostParts parts,
            Clock clock,
            Executor workers,
            ServerCertificates certificates,
            HostAgent agent,
            @Nullable SharedDatabase shared,
            @Nullable InetSocketAddress agentAddress,
            TrustedCertificates trusted,
            AccessModule access,
            HostFiles files) {
        this.store = store;
        this.dataDir = dataDir;
        this.shared = shared;
        this.status = new StatusTransfers(store, dataDir, parts.status(), files.passwords(), clock);
        this.blobs = new BlobFiles(dataDir.resolve("blobs"));
        this.pooled = pooled;
        this.workers = workers;
        this.operations = new Operations(store);
        PerHost<HostNetwork> each = parts.networks();
        this.networks = PoolNetworks.of(pooled, each);
        this.networking = new NetworkModule(
                store,
                pooled,
                networks,
                (host, device) -> pooled.of(host).statistics().carrier(device),
                vm -> VmBoot.possible(store.snapshot(), vm),
                clock);
        this.monitoring = new MonitoringModule(store, dataDir, pooled, clock);
        Measurements measurements = monitoring.measurements();
        this.storage = new StorageModule(store, dataDir, hostStorage, operations, pooled, clock, measurements);
        this.configs = new DomainConfigs(storage.disks(), firmware);
        this.neighbours = new Neighbours(store, pooled, storage.disks(), configs, dataDir.resolve("devices"), clock);
        HostPlugins plugins = new HostPlugins(
                plugins(
                        monitoring.plugins(),
                        access.plugins(),
                        Map.of(
                                PoolStatus.PLUGIN,
                                (caller, function, args) -> PoolStatus.call(shared, store.snapshot(), function))),
                Map.of(Neighbours.PLUGIN, (caller, function, args) -> neighbours.call(function, args)),
                host -> AgentDrivers.isHere(pooled, host),
                parts.daemons());
        GuestUsb guestUsb = new GuestUsb(store, pooled, parts.usb());
        this.usb = new Usb(store, pooled, operations, parts.usb(), guestUsb);
        this.gpus = new Gpus(store, parts.settings(), parts.pci());
        VifTuning nics = new VifTuning(store, networks);
        this.vms = new VmModule(
                store,
                pooled,
                operations,
                storage.disks(),
                configs,
                clock,
                workers,
                measurements,
                (host, bridge) -> each.of(host).exists(bridge),
                (vm, domain) -> {
                    guestUsb.attach(vm, domain);
                    nics.applyAll(vm, domain);
                },
                plugins);
        this.agents = new GuestAgentConfig(store, pooled);
        this.httpsOnly = new HttpsOnly(store, parts.plainHttp());
        this.members = new PoolModule(
                store,
                dataDir,
                operations,
                parts,
                pooled,
                storage,
                certificates,
                shared,
                agent,
                agentAddress,
                vms::resetAll,
                clock);
        this.certificates = new HostCertificates(
                store, operations, PoolRules::check, certificates, parts.certificates(), members.trust(), clock);
        this.hosts = new HostModule(
                store,
                pooled,
                measurements,
                monitoring::saveAll,
                plugins,
                operations,
                parts,
                networking.management()::choose,
                clock,
                workers,
                vms::stopAll,
                vms.migrations(),
                this.certificates,
                httpsOnly,
                agents,
                agent,
                access.external(),
                access.agents(),
                status,
                members.lost(),
                times);
        this.trusted = trusted;
        this.pool = new PoolService(
                store,
                operations,
                clock,
                networking.vlans(),
                networking.management(),
                hosts.logins(),
                agents,
                trusted,
                httpsOnly,
                access.external(),
                access.certificates(),
                members.moves());
        this.messages = new MessageService(store, clock);
        this.mails = new MailAlarms(store, MAIL_LANGUAGES);
        this.hostStarts = new HostStarts(store, pooled, workers, this::start);
    }

    @SafeVarargs
    private static Map<String, HostPlugin> plugins(Map<String, HostPlugin>... several) {
        Map<String, HostPlugin> all = new HashMap<>();
        for (Map<String, HostPlugin> some : several) {
            all.putAll(some);
        }
        return all;
    }

    PoolNetworks networks() {
        return networks;
    }

    void bind(MessageTable<Call> table, DiskExports exports, DatabaseCopies copies) {
        vms.bind(table);
        storage.bind(table, exports, vms.movers(), copies);
        networking.bind(table);
        new VbdService(store, pooled, operations, configs).bind(table);
        new VifService(store, pooled, operations, networks, networking.vifMoves()).bind(table);
        hosts.bind(table);
        usb.bind(table);
        gpus.bind(table);
        pool.bind(table);
        new SecretService(store).bind(table);
        new DiagnosticsService(store).bind(table);
        HostCrashdumpMessages.bind(table, new HostCrashdumpService(store));
        HostPatchMessages.bind(table, new HostPatchService(store));
        PoolPatchMessages.bind(table, new PoolPatchService(store));
        PVSSiteMessages.bind(table, new PvsSiteService(store));
        PVSServerMessages.bind(table, new PvsServerService(store));
        PVSProxyMessages.bind(table, new PvsProxyService(store));
        messages.bind(table);
        new BlobService(store).bind(table);
    }

    /** The contents of disks, for those that read them. */
    DiskContents contents() {
        return storage.disks().contents();
    }

    /** Exports and imports. */
    Transfers transfers(Dispatcher dispatcher) {
        Transfers transfers = new Transfers(
                store, dispatcher, contents(), vms.claims(), monitoring.measurements(), monitoring.files());
        vms.recoverWith(transfers);
        return transfers;
    }

    /** The formats of other systems in which VMs are imported and exported. */
    VmFormats formats(Dispatcher dispatcher, ImageDisks images) {
        return neighbours.formats(dispatcher).and(OvaFormats.of(store, dispatcher, contents(), images, vms.claims()));
    }

    /** The handlers of files that are no disks and VMs, by method and path. */
    Map<String, TransferServer.Action> files(
            HostAgent agent, @Nullable Copyable database, NextStart next, Clock clock) {
        Runnable restorable = () -> {
            if (shared != null) {
                shared.assertRestorable();
            }
        };
        Semaphore turn = new Semaphore(1);
        DatabaseTransfers dumps = new DatabaseTransfers(store, dataDir, agent, restorable, turn);
        dumps.removeInterrupted();
        HostTransfers host = new HostTransfers(
                store,
                dataDir,
                database,
                next,
                agent,
                () -> {
                    restorable.run();
                    KnownMembers.assertNone(store.snapshot());
                },
                turn,
                clock);
        StagedHost.removeInterrupted(dataDir);
        blobs.removeInterrupted(store);
        Map<String, TransferServer.Action> all = new HashMap<>(dumps.actions());
        all.putAll(host.actions());
        all.putAll(new BlobTransfers(store, blobs).actions());
        all.putAll(new MessageTransfers(store).actions());
        status.removeInterrupted();
        all.putAll(status.actions());
        all.putAll(members.files());
        return all;
    }

    /** Copies of this pool's database and of others. */
    DatabaseRecovery recovery(Clock clock) {
        return new DatabaseRecovery(store, contents(), clock, storage.disks()::destroy);
    }

    /** Makes everything true that the last run may have left otherwise. */
    void start() throws IOException {
        mails.start();
        certificates.start();
        trusted.start();
        storage.start();
        hostStarts.begin();
        usb.look();
        vms.start();
    }

    /** Makes true on a host what its restart has taken away. */
    private void start(Hosts.Driven host) {
        networking.start(host.host());
        hosts.start(host.host());
        gpus.start(host);
        agents.tellGuests(host);
        if (!AgentDrivers.isHere(pooled, host.host())) {
            certificates.start(host.host());
            httpsOnly.start(host.host());
        }
    }

    /** Connects to the other hosts of the pool, and begins to take measurements, once clients can be answered. */
    void monitor() {
        members.start();
        monitoring.start();
    }

    /** Has consoles and members use the listeners, such as {@code https://0.0.0.0:443}. */
    void listening(List<String> endpoints) {
        members.listening(endpoints);
        vms.listening(endpoints);
    }

    Measurements measurements() {
        return monitoring.measurements();
    }

    /** How long calls take, which those who dispatch them add. */
    CallTimes callTimes() {
        return times;
    }

    /** Whether the host refuses unencrypted HTTP. */
    HttpsOnly httpsOnly() {
        return httpsOnly;
    }

    /** Writes the messages about certificates that expire; called daily. */
    void checkExpiry() {
        certificates.checkExpiry();
    }

    /** Removes the files of objects that are gone; called twice a minute. */
    void removeForgotten() {
        blobs.removeForgotten(store);
    }

    /** Brings up to date what nothing announces, and begins what is due; called every few seconds. */
    void measure() {
        certificates.look();
        hosts.measure();
        networking.look();
        usb.look();
        storage.look(workers);
        members.look();
        vms.look();
    }

    /** Begins what was due since a moment from which a simulated clock has gone forward. */
    void passed(Instant from) {
        vms.passed(from);
    }

    /** Runs work that changes VMs and domains as a whole. */
    void apart(Runnable work) {
        vms.apart(work);
    }

    /** Makes the VMs of a world that is new. */
    void makeMachines(WorldBuilder builder) {
        vms.apart(() -> builder.makeMachines(pooled, storage.disks(), configs::of, vms.states()));
    }

    /** Makes true what another world of objects and domains may have made otherwise. */
    void anotherWorld(Map<Hypervisor, ? extends Collection<Integer>> domids) {
        storage.start();
        hostStarts.all();
        vms.changed(domids);
    }

    /** Ends what runs by itself. */
    void stop() {
        members.close();
        monitoring.stop();
        vms.stop();
    }
}
