package org.jxapi.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.audit.AuditDownload;
import org.jxapi.audit.AuditLog;
import org.jxapi.audit.AuditTrail;
import org.jxapi.backup.StagedHost;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostFacts;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedAddresses;
import org.jxapi.certificate.FirstKey;
import org.jxapi.certificate.OwnCertificate;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.certificate.TrustedCertificates;
import org.jxapi.console.ConsoleServer;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Workers;
import org.jxapi.dispatch.XenDispatcher;
import org.jxapi.domain.Firmware;
import org.jxapi.event.EventService;
import org.jxapi.host.HostAgent;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.SettingsFile;
import org.jxapi.http.ConsoleFiles;
import org.jxapi.http.FolderFiles;
import org.jxapi.http.HttpAccess;
import org.jxapi.http.HttpServer;
import org.jxapi.http.NonRpcHandlers;
import org.jxapi.http.TlsContext;
import org.jxapi.http.TransferHandler;
import org.jxapi.http.Tunnels;
import org.jxapi.http.WebHandlers;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisHost;
import org.jxapi.local.Version;
import org.jxapi.member.KnownMembers;
import org.jxapi.member.LedCalls;
import org.jxapi.member.PoolReplica;
import org.jxapi.member.SharedDatabase;
import org.jxapi.message.Messages;
import org.jxapi.nbd.NbdServer;
import org.jxapi.network.HostNetwork;
import org.jxapi.operation.CurrentOperations;
import org.jxapi.prometheus.CallMetrics;
import org.jxapi.prometheus.PrometheusMetrics;
import org.jxapi.recovery.DatabaseRecovery;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.session.SessionLimits;
import org.jxapi.session.Tokens;
import org.jxapi.storage.OpenDisk;
import org.jxapi.store.Backups;
import org.jxapi.store.Copyable;
import org.jxapi.store.H2Store;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.TaskLimits;
import org.jxapi.task.TaskService;
import org.jxapi.task.Tasks;
import org.jxapi.transfer.TransferServer;
import org.jxapi.transfer.Transfers;
import org.jxapi.xenapi.EventMessages;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskMessages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of the daemon, put together by hand in the order in which they need each other. */
final class Daemon implements AnyDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    /** How often idle sessions and old tasks are looked for; XAPI's own pace. */
    private static final long COLLECT_SECONDS = 30;

    /** How often metrics are brought up to date; XAPI's own pace. */
    private static final long MEASURE_SECONDS = 5;

    /** How far the copies of the database on disks may lag behind, when nothing is in their way. */
    private static final long COPY_SECONDS = 2;

    /** When things are loaded that no client needs at first: the start itself is not to wait for them. */
    private static final long PREPARE_SECONDS = 1;

    /** How long a start waits for members that have copies of the database. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The same under systemd, which gives a start five minutes. */
    private static final Duration SUPERVISED_PATIENCE = Duration.ofMinutes(4);

    private final Store store;
    private final Hosts hosts;
    /** The other hosts of a simulated pool. */
    private final List<PoolMember> members = new ArrayList<>();

    private final Workers workers;
    private final ScheduledExecutorService timer;
    private @Nullable HttpServer http;
    private @Nullable NbdServer nbd;
    private @Nullable AuditLog auditLog;
    private @Nullable ServerModule services;
    private @Nullable AccessModule access;
    private final @Nullable Backups backups;
    private final @Nullable Copyable database;
    private final @Nullable SharedDatabase shared;
    private final @Nullable PoolReplica replica;
    private @Nullable XenDispatcher dispatcher;
    private @Nullable Watchdog watchdog;
    private final Systemd systemd = Systemd.of(System.getenv());

    private final FirstKey firstKey;

    private Daemon(Opened opened, FirstKey firstKey, Hosts hosts) {
        this.store = opened.store();
        this.backups = opened.backups();
        this.database = opened.database();
        this.shared = opened.shared();
        this.replica = opened.replica();
        this.firstKey = firstKey;
        this.hosts = hosts;
        this.workers = new Workers();
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(2, r -> daemonThread(r, "timer"));
        timers.setRemoveOnCancelPolicy(true);
        this.timer = timers;
    }

    private static Thread daemonThread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts everything, for a host that was no member before; what fails is said in one line of the exception. */
    static Daemon start(Settings settings, HostAgent agent) throws IOException {
        StagedHost.use(settings.dataDir());
        return start(settings, agent, new PoolReplica(settings.dataDir(), address(settings.replication())));
    }

    /**
     * The same for a caller that has put a restored host in place, if one was staged.
     *
     * @param replica the one that this host has, or may have
     */
    static Daemon start(Settings settings, HostAgent agent, PoolReplica replica) throws IOException {
        FirstKey key = FirstKey.begin(settings.dataDir(), settings.certificate());
        if (beginsAlone(settings)) {
            SharedDatabase.dissolve(settings.store());
        }
        StagedDatabase.use(settings.store());
        if (settings.replication() != null) {
            return startShared(settings, key, agent, replica);
        }
        H2Store store = H2Store.open(settings.store(), "file");
        Backups backups = backups(settings, store);
        Daemon daemon = start(settings, new Opened(store, store, backups, null, null, null), key, agent);
        backups.start();
        return daemon;
    }

    private static Backups backups(Settings settings, Copyable database) {
        Settings.Backups kept = settings.backups();
        return new Backups(database, kept.folder(), kept.hourly(), kept.daily(), Clock.systemUTC());
    }

    /** Whether the database is one of this host alone when a coordinator starts, if it is shared again then or not. */
    static boolean beginsAlone(Settings settings) {
        return settings.replication() == null
                || SharedDatabase.opensAlone(settings.dataDir())
                || StagedDatabase.waits(settings.dataDir());
    }

    private static Daemon startShared(Settings settings, FirstKey key, HostAgent agent, PoolReplica replica)
            throws IOException {
        Hypervisor hypervisor = Hypervisors.open(settings);
        try {
            ServerCertificates certificates = ServerCertificates.open(
                    settings.dataDir(),
                    settings.certificate(),
                    Hypervisors.machine(hypervisor, settings).hostname(),
                    key,
                    Clock.systemUTC());
            replica.show(() -> certificates.shown().pool());
            SharedDatabase shared = SharedDatabase.open(
                    settings.store(),
                    replica,
                    certificates.shown().pool(),
                    Systemd.of(System.getenv()).there() ? SUPERVISED_PATIENCE : PATIENCE);
            Backups backups = backups(settings, shared.database());
            Daemon daemon = start(
                    settings,
                    new Opened(shared.store(), shared.database(), backups, shared, hypervisor, replica),
                    key,
                    agent);
            backups.start();
            return daemon;
        } catch (IOException | RuntimeException | Error e) {
            hypervisor.close();
            throw e;
        }
    }

    /**
     * The open store, with all that depends on it.
     *
     * @param database that of the store; null for one in memory only
     * @param backups null for a store that needs none
     * @param shared has the store, if members have copies of it
     * @param hypervisor this host's, if it is open already
     * @param replica this host's, if the database is shared
     */
    private record Opened(
            Store store,
            @Nullable Copyable database,
            @Nullable Backups backups,
            @Nullable SharedDatabase shared,
            @Nullable Hypervisor hypervisor,
            @Nullable PoolReplica replica) {
        void close() {
            if (shared == null) {
                store.close();
            } else {
                shared.close();
            }
        }
    }

    /** Starts everything on a store, which ends with the daemon. */
    static Daemon start(Settings settings, Store store) throws IOException {
        FirstKey key = FirstKey.begin(settings.dataDir(), settings.certificate());
        return start(settings, new Opened(store, null, null, null, null, null), key, new Life());
    }

    private static Daemon start(Settings settings, Opened opened, FirstKey key, HostAgent agent) throws IOException {
        Daemon daemon = null;
        try {
            Store store = opened.store();
            KnownMembers.move(store, settings.dataDir());
            TrustedCertificates.move(store, settings.dataDir());
            Tokens.move(store, settings.dataDir());
            store.starting(true);
            Hypervisor hypervisor = opened.hypervisor();
            Hosts hosts = Hosts.only(hypervisor == null ? Hypervisors.open(settings) : hypervisor);
            daemon = new Daemon(opened, key, hosts);
            daemon.startServices(settings, agent);
            return daemon;
        } catch (IOException | RuntimeException e) {
            if (daemon == null) {
                opened.close();
            } else {
                daemon.close();
            }
            throw e;
        }
    }

    private HostStorage storage(HostStorage host) {
        return shared == null
                ? host
                : host.changing(new LedGroups(host.groups(), shared::confirmLead, LedGroups.SETTLED));
    }

    private void startServices(Settings settings, HostAgent agent) throws IOException {
        Hypervisor hypervisor = hosts.own();
        SimulatorModule simulator = new SimulatorModule(hosts, store, settings);
        Clock clock = simulator.clock();
        LocalSettings local = new SettingsFile(settings.dataDir());
        boolean simulated = simulator.simulated();
        simulator.begin();
        HostNetwork network = Hypervisors.network(hypervisor, settings);
        if (simulated) {
            members.addAll(PoolMember.all(settings));
        }
        HostFacts facts = HostReader.read(hypervisor, Hypervisors.machine(hypervisor, settings), network.filters());
        if (simulated) {
            facts = SimulatedAddresses.kept(
                    store.snapshot(),
                    ThisHost.find(store.snapshot()).map(Stored::ref),
                    facts.named(local.get(LocalSettings.HOSTNAME, facts.hostname())));
        }
        Tasks tasks = new Tasks(store, clock);
        MessageTable<Call> table = new MessageTable<>();
        TrustedCertificates trusted = new TrustedCertificates(store, clock);
        AccessModule access = new AccessModule(store, settings, clock, trusted, simulator.directories());
        this.access = access;
        KnownMembers known = new KnownMembers();
        access.bind(table, known);
        TaskMessages.bind(table, new TaskService(store, tasks));
        EventService events = new EventService(store, timer);
        EventMessages.bind(table, events);
        ServerCertificates certificates =
                ServerCertificates.open(settings.dataDir(), settings.certificate(), facts.hostname(), firstKey, clock);
        HostFiles own = DaemonFiles.of(settings, simulated, () -> KnownMembers.secrets(store.snapshot()));
        OwnHttp listeners = new OwnHttp(local);
        HostParts parts = new HostParts(
                hosts,
                HostParts.Parts.of(
                        hypervisor,
                        network,
                        local,
                        settings.hostConsole(),
                        own,
                        HostParts.daemon(settings, simulated, agent),
                        new OwnCertificate(certificates, clock),
                        listeners));
        members.forEach(member -> parts.expect(member.hypervisor(), member.parts(settings, own)));
        if (replica != null) {
            // Those of the first start are made after the database is open.
            replica.show(() -> certificates.shown().pool());
        }
        TlsContext tls = new TlsContext(certificates);
        Firmware firmware = Hypervisors.firmware(hypervisor, settings);
        ServerModule services = new ServerModule(
                store,
                settings.dataDir(),
                storage(settings.storage(simulated, simulator.repositories())),
                hosts,
                firmware,
                parts,
                clock,
                workers.own(),
                certificates,
                agent,
                shared,
                address(settings.agent()),
                trusted,
                access,
                own);
        this.services = services;
        NbdServer nbd =
                new NbdServer(store, services.contents(), tasks, clock, tls, certificates, address(settings.nbd()));
        this.nbd = nbd;
        DatabaseRecovery recovery = services.recovery(clock);
        services.bind(table, nbd.servers(), recovery);
        if (shared != null) {
            store.change(CurrentOperations::endAll);
        }
        boot(facts, firmware.uefi(), settings, clock);
        access.start();
        simulator.makePlaces();
        services.start();
        simulator.makeMachines(services, access);
        AuditLog auditLog = AuditLog.open(settings.audit(), clock);
        this.auditLog = auditLog;
        AuditTrail audit = new AuditTrail(auditLog, store, clock);
        XenDispatcher dispatcher =
                new XenDispatcher(store, tasks, clock, table, workers, recovery.sessions(), audit, XmlRpcValue::encode);
        this.dispatcher = dispatcher;
        Transfers transfers = services.transfers(dispatcher);
        List<Ref<Task>> interrupted = tasks.pending();
        if (!interrupted.isEmpty()) {
            LOG.warn("Tasks: {} were pending at the last stop and have failed", interrupted.size());
            transfers.removeInterrupted(interrupted);
            tasks.failInterrupted(interrupted);
        }
        store.deriveAll();
        HttpAccess callers = new HttpAccess(store, dispatcher, clock, audit);
        Runnable collect = () -> {
            try {
                SessionLimits.endIdle(store, clock.instant(), settings.logins().idle());
                TaskLimits.destroyOld(store, clock.instant());
                Messages.destroyOld(store);
                services.removeForgotten();
                events.heartbeat();
                access.revalidate(workers.own());
            } catch (RuntimeException | Error e) {
                LOG.error("Sessions and tasks: removal of old ones failed", e);
            }
        };
        timer.scheduleWithFixedDelay(collect, COLLECT_SECONDS, COLLECT_SECONDS, TimeUnit.SECONDS);
        long alert = settings.logins().alert().toSeconds();
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        access.reportFailedLogins();
                    } catch (RuntimeException | Error e) {
                        LOG.error("Logins: the alert about wrong ones failed", e);
                    }
                },
                alert,
                alert,
                TimeUnit.SECONDS);
        Runnable measure = () -> {
            try {
                services.measure();
            } catch (RuntimeException | Error e) {
                LOG.warn("Metrics: cannot be read: {}", e.getMessage());
            }
        };
        timer.scheduleWithFixedDelay(measure, 0, MEASURE_SECONDS, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        recovery.look();
                    } catch (RuntimeException | Error e) {
                        LOG.error("Database: its copies cannot be brought up to date", e);
                    }
                },
                COPY_SECONDS,
                COPY_SECONDS,
                TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        services.checkExpiry();
                    } catch (RuntimeException | Error e) {
                        LOG.error("Certificates: the check for those that expire failed", e);
                    }
                },
                0,
                1,
                TimeUnit.DAYS);
        Map<String, TransferServer.Action> files = services.files(agent, database, new OwnStart(settings), clock);
        files.put(AuditDownload.REQUEST, new AuditDownload(auditLog).action());
        TransferHandler served = transfers.server(tasks, files, services.formats(dispatcher, transfers.images()));
        timer.schedule(OpenDisk::prepare, PREPARE_SECONDS, TimeUnit.SECONDS);
        CallMetrics calls =
                new CallMetrics(shared == null ? dispatcher : new LedCalls(dispatcher, shared), services.callTimes());
        HttpServer http = HttpServer.start(
                new HttpServer.Listen(
                        address(settings.http()),
                        address(settings.https()),
                        settings.unixSocket(),
                        tls,
                        services.httpsOnly().isOn(),
                        settings.maxBody()),
                simulator.faulty(calls),
                new NonRpcHandlers(
                        new org.jxapi.cli.CliServer(store, calls, served, services.contents()::fill),
                        new ConsoleServer(store, hosts, parts.consoles(), tasks, callers),
                        served,
                        callers,
                        new Tunnels(
                                null,
                                member -> known.admits(
                                        store.snapshot(), Host.XEN_CLASS.ref(member.host()), member.secret()))),
                new WebHandlers(
                        new Health(dispatcher, timer),
                        events::follow,
                        new PrometheusMetrics(store, services.measurements(), calls, Version.JXAPI, this::connections),
                        settings.openMetrics(),
                        settings.webDir() == null ? new ConsoleFiles() : new FolderFiles(settings.webDir()),
                        simulator.handler(services, () -> {
                            collect.run();
                            measure.run();
                        })));
        this.http = http;
        listeners.are(http);
        access.certificates().onChange(tls::askClients);
        services.listening(http.endpoints());
        services.monitor();
        nbd.start(timer);
        simulator.started();
        store.starting(false);
    }

    /** Brings the records of all hosts up to date. */
    private void boot(HostFacts facts, boolean uefi, Settings settings, Clock clock) {
        FirstBoot boot = new FirstBoot(store, settings.dataDir(), clock, settings.hostConsole());
        hosts.runsOn(boot.run(facts, uefi));
        Path data = settings.dataDir().toAbsolutePath().normalize();
        members.forEach(member -> hosts.add(member.join(store, boot, data), member.hypervisor()));
    }

    static @Nullable InetSocketAddress address(@Nullable Endpoint endpoint) {
        return endpoint == null ? null : new InetSocketAddress(endpoint.address(), endpoint.port());
    }

    /** The number of clients that are connected now. */
    private int connections() {
        return http == null ? 0 : http.connections();
    }

    @Override
    public List<String> endpoints() {
        return Objects.requireNonNull(http, "the daemon has not started").endpoints();
    }

    @Override
    public void ready() {
        systemd.ready();
        watchdog = Watchdog.start(systemd, Objects.requireNonNull(dispatcher, "the daemon has not started"));
    }

    @Override
    public void close() {
        if (watchdog != null) {
            watchdog.close();
        }
        if (http != null) {
            http.close();
        }
        if (nbd != null) {
            nbd.close();
        }
        if (services != null) {
            services.stop();
        }
        if (access != null) {
            access.close();
        }
        workers.close();
        if (auditLog != null) {
            auditLog.close();
        }
        timer.shutdownNow();
        if (backups != null) {
            backups.close();
        }
        members.forEach(member -> member.hypervisor().close());
        hosts.own().close();
        store.close();
        if (shared != null) {
            shared.close();
        }
    }
}
