package org.jxapi.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.agent.AgentServer;
import org.jxapi.agent.AgentTiming;
import org.jxapi.agent.Fence;
import org.jxapi.agent.Served;
import org.jxapi.agent.ServedStorage;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.OwnCertificate;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.cli.CliServer;
import org.jxapi.cli.command.Context;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.dispatch.Audit;
import org.jxapi.host.HostAgent;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.SettingsFile;
import org.jxapi.http.HttpAccess;
import org.jxapi.http.HttpServer;
import org.jxapi.http.NonRpcHandlers;
import org.jxapi.http.Refusal;
import org.jxapi.http.RequestHead;
import org.jxapi.http.SiteFiles;
import org.jxapi.http.TlsContext;
import org.jxapi.http.TransferHandler;
import org.jxapi.http.Tunnels;
import org.jxapi.http.Upstream;
import org.jxapi.http.WebHandlers;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.member.Departure;
import org.jxapi.member.LocalLogin;
import org.jxapi.member.MemberCalls;
import org.jxapi.member.MemberCli;
import org.jxapi.member.MemberCopy;
import org.jxapi.member.MemberOrders;
import org.jxapi.member.Membership;
import org.jxapi.member.OwnPlace;
import org.jxapi.member.PoolReplica;
import org.jxapi.member.PoolUpstream;
import org.jxapi.store.FolderLock;
import org.jxapi.store.ReadOnlyStore;
import org.jxapi.store.Store;
import org.jxapi.volume.Reach;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon of a member: its agent carries out the coordinator's orders, and its XenAPI sends clients to the coordinator. */
final class MemberDaemon implements AnyDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(MemberDaemon.class);

    private final FolderLock lock;
    private final Hypervisor hypervisor;
    private final AgentServer agent;
    private final HttpServer http;
    private final MemberCalls calls;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "member-timer");
        thread.setDaemon(true);
        return thread;
    });
    private final Systemd systemd = Systemd.of(System.getenv());
    private @Nullable Watchdog watchdog;

    private MemberDaemon(
            FolderLock lock,
            Hypervisor hypervisor,
            AgentServer agent,
            MemberCopy copy,
            MemberCalls calls,
            ServerCertificates certificates,
            HttpServer http) {
        this.lock = lock;
        this.hypervisor = hypervisor;
        this.agent = agent;
        this.calls = calls;
        this.http = http;
        timer.scheduleWithFixedDelay(copy::tend, 1, 1, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(certificates::look, 5, 5, TimeUnit.SECONDS);
    }

    /** Starts everything; what fails is said in one line of the exception. */
    static MemberDaemon start(Settings settings, Membership membership, HostAgent daemon, PoolReplica replica)
            throws IOException {
        FolderLock lock = FolderLock.take(settings.dataDir());
        Hypervisor hypervisor = null;
        AgentServer agent = null;
        try {
            hypervisor = Hypervisors.open(settings);
            String hostname = Hypervisors.machine(hypervisor, settings).hostname();
            ServerCertificates certificates =
                    ServerCertificates.open(settings.dataDir(), settings.certificate(), hostname, Clock.systemUTC());
            OwnPlace place = new OwnPlace(settings.dataDir(), membership);
            MemberCopy copy = new MemberCopy(
                    settings.dataDir(), () -> certificates.shown().pool(), replica, place);
            LocalSettings local = new SettingsFile(settings.dataDir());
            OwnHttp listeners = new OwnHttp(local);
            Served served = services(settings, hypervisor, place, daemon, certificates, local, listeners)
                    .with(MemberOrders.PART, new Departure(settings.dataDir(), daemon, place, copy));
            agent = agent(settings, place, served, certificates);
            MemberCalls calls = new MemberCalls(place, AccessModule.passwords(settings), daemon, copy);
            HttpServer http = http(settings, calls, place, certificates, listeners);
            listeners.are(http);
            LOG.info("Pool: this host is a member of the pool of {}", membership.coordinator());
            return new MemberDaemon(lock, hypervisor, agent, copy, calls, certificates, http);
        } catch (IOException | RuntimeException e) {
            close(agent, hypervisor, lock);
            throw e;
        }
    }

    /** All of this host that the coordinator works with. */
    private static Served services(
            Settings settings,
            Hypervisor hypervisor,
            OwnPlace place,
            HostAgent daemon,
            ServerCertificates certificates,
            LocalSettings local,
            OwnHttp listeners)
            throws IOException {
        boolean simulated = hypervisor instanceof SimulatedHypervisor;
        HostFiles files = DaemonFiles.of(
                settings, simulated, () -> List.of(place.membership().secret()));
        HostParts.Parts parts = HostParts.Parts.of(
                hypervisor,
                Hypervisors.network(hypervisor, settings),
                local,
                false,
                files,
                HostParts.daemon(settings, simulated, daemon),
                new OwnCertificate(certificates, Clock.systemUTC()),
                listeners);
        Served served = parts.services(hypervisor, Hypervisors.machine(hypervisor, settings), Clock.systemUTC())
                .served();
        HostStorage storage = settings.storage(simulated, Reach.REAL);
        storage.mounts().start();
        return ServedStorage.addTo(
                served,
                StorageDrivers.ofMember(
                        settings.dataDir(),
                        storage,
                        hypervisor.diskImages(),
                        () -> local.get(LocalSettings.INITIATOR, "")));
    }

    private static AgentServer agent(Settings settings, OwnPlace place, Served served, ServerCertificates certificates)
            throws IOException {
        Membership membership = place.membership();
        InetSocketAddress address = new InetSocketAddress(membership.agentAddress(), membership.agentPort());
        try {
            return new AgentServer(
                    address,
                    MutualTls.context(() -> certificates.shown().pool(), place::trusted),
                    served,
                    new Fence(Membership.term(settings.dataDir())),
                    AgentTiming.USUAL);
        } catch (GeneralSecurityException e) {
            throw new IOException("this host's certificate cannot be used: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("the agent cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private static Upstream upstream(
            Settings settings, MemberCalls calls, OwnPlace place, ServerCertificates certificates) throws IOException {
        try {
            return new PoolUpstream(place, () -> certificates.shown().pool(), calls, settings.answers());
        } catch (GeneralSecurityException e) {
            throw new IOException("this host's certificate cannot be used: " + e.getMessage(), e);
        }
    }

    private static HttpServer http(
            Settings settings, MemberCalls calls, OwnPlace place, ServerCertificates certificates, OwnHttp listeners)
            throws IOException {
        Store nothing = ReadOnlyStore.of(Map.of());
        return HttpServer.start(
                new HttpServer.Listen(
                        Daemon.address(settings.http()),
                        Daemon.address(settings.https()),
                        settings.unixSocket(),
                        new TlsContext(certificates),
                        listeners.closed(),
                        settings.maxBody()),
                calls,
                new NonRpcHandlers(
                        new MemberCli(
                                calls,
                                new CliServer(nothing, calls, NO_FILES, NO_DISKS),
                                new CliServer(nothing, new LocalLogin(calls), NO_FILES, NO_DISKS)),
                        (request, answer) -> answer.refuse(elsewhere(request)),
                        NO_FILES,
                        new HttpAccess(nothing, calls, Clock.systemUTC(), Audit.NONE),
                        new Tunnels(upstream(settings, calls, place, certificates), member -> false)),
                new WebHandlers(
                        () -> CompletableFuture.completedFuture(true),
                        (session, classes, token, wait) -> CompletableFuture.failedFuture(
                                Errors.hostIsSlave(calls.membership().coordinator())),
                        null,
                        false,
                        SiteFiles.NONE,
                        null));
    }

    private static Refusal elsewhere(RequestHead head) {
        return new Refusal(404, "Not Found", "This host is a member of a pool: ask its coordinator for " + head.path());
    }

    private static final Context.Drives NO_DISKS = (disk, contents) -> {
        throw new IllegalStateException("a member has no disks of its own");
    };

    /** A member serves no files. */
    private static final TransferHandler NO_FILES = new TransferHandler() {
        @Override
        public boolean serves(String method, String path) {
            return false;
        }

        @Override
        public String realm(RequestHead head) {
            return "";
        }

        @Override
        public void serve(RequestHead head, InputStream body, Answer answer) throws IOException {
            answer.refuse(missing(head));
        }

        @Override
        public Refusal missing(RequestHead head) {
            return elsewhere(head);
        }
    };

    @Override
    public List<String> endpoints() {
        return http.endpoints();
    }

    @Override
    public void ready() {
        systemd.ready();
        watchdog = Watchdog.start(systemd, calls);
    }

    @Override
    public void close() {
        if (watchdog != null) {
            watchdog.close();
        }
        timer.shutdown();
        http.close();
        close(agent, hypervisor, lock);
    }

    private static void close(@Nullable AgentServer agent, @Nullable Hypervisor hypervisor, FolderLock lock) {
        if (agent != null) {
            agent.close();
        }
        if (hypervisor != null) {
            hypervisor.close();
        }
        lock.close();
    }
}
