package org.jxapi.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jxapi.harness.Typing.type;
import static org.jxapi.harness.Typing.until;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.AgentPair;
import org.jxapi.agent.AgentServer;
import org.jxapi.agent.Fence;
import org.jxapi.agent.Part;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.certificate.OwnCertificate;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.certificate.ShownCertificates;
import org.jxapi.console.Channel;
import org.jxapi.console.ConsoleServer;
import org.jxapi.console.GuestConsoles;
import org.jxapi.console.LocalConsoles;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.diagnosis.OwnItems;
import org.jxapi.dispatch.Audit;
import org.jxapi.gpu.HostPci;
import org.jxapi.host.HostAgent;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.MachineControl;
import org.jxapi.host.OwnDaemon;
import org.jxapi.host.PlainHttp;
import org.jxapi.host.SettingsFile;
import org.jxapi.http.ConnectHandler;
import org.jxapi.http.HttpAccess;
import org.jxapi.http.Refusal;
import org.jxapi.http.RequestHead;
import org.jxapi.http.Strangers;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.ThisHost;
import org.jxapi.network.BondDevice;
import org.jxapi.network.HostNetwork;
import org.jxapi.network.SimulatedHostNetwork;
import org.jxapi.task.Tasks;
import org.jxapi.usb.HostUsb;
import org.jxapi.usb.UsbDevice;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.HostNtpMode;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** All parts of another host, through its agent over TLS. */
class RemoteHostTest {
    private static final UsbDevice STICK =
            new UsbDevice("1-2", 1, 7, "0951", "Kingston", "1666", "DataTraveler", "", "2.00", 480);
    private static final Duration AHEAD = Duration.ofHours(3);

    @TempDir
    Path folder;

    private SimulatedHypervisor xen;
    private HostServices services;
    private AgentServer agent;
    private RemoteHost remote;
    private volatile boolean usbFails;
    private final AtomicLong term = new AtomicLong(1);
    private final BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();

    /** A console whose guest writes without end. */
    private static final class Endless implements Channel {
        private final CountDownLatch closed = new CountDownLatch(1);
        private final AtomicLong written = new AtomicLong();

        @Override
        public int read(byte[] buffer) {
            if (closed.getCount() == 0) {
                return -1;
            }
            Arrays.fill(buffer, (byte) 'x');
            written.addAndGet(buffer.length);
            return buffer.length;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private final Endless endless = new Endless();
    private ServerCertificates certificates;
    private final AtomicBoolean plain = new AtomicBoolean(true);
    private final AtomicInteger restarts = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        xen = SimulatedHypervisor.open(folder.resolve("simulator"), SimulatorSettings.INSTANT);
        LocalSettings settings = new SettingsFile(folder);
        LocalConsoles consoles = new LocalConsoles(xen, null);
        certificates =
                ServerCertificates.open(Files.createDirectory(folder.resolve("own")), null, "alpha", Clock.systemUTC());
        services = new HostServices(
                xen,
                network(),
                MachineControl.simulated(settings),
                settings,
                usb(),
                HostPci.simulated(xen),
                new SimulatedMachine(),
                new GuestConsoles() {
                    @Override
                    public Channel terminal(int domid) throws IOException {
                        return domid == Integer.MAX_VALUE ? endless : consoles.terminal(domid);
                    }

                    @Override
                    public Channel screen(int domid) throws IOException {
                        return consoles.screen(domid);
                    }
                },
                new OwnItems(
                        xen, new HostFiles(false, "jxapid 1", () -> "", List::of, List::of, () -> "the newest line")),
                new OwnDaemon(
                        new HostAgent() {
                            @Override
                            public void restart(Duration later) {
                                restarts.incrementAndGet();
                            }

                            @Override
                            public void stop(Duration later) {
                                throw new IllegalStateException("not asked for");
                            }

                            @Override
                            public boolean logTo(String destination, String hostname) {
                                return destination.equals("log of " + hostname);
                            }
                        },
                        Map.of("own", (caller, function, args) -> caller.value() + " calls " + function + " " + args),
                        folder),
                new OwnCertificate(certificates, Clock.systemUTC()),
                new PlainHttp() {
                    @Override
                    public boolean servesTls() {
                        return true;
                    }

                    @Override
                    public void serve(boolean wanted) {
                        plain.set(wanted);
                    }
                },
                Clock.offset(Clock.systemUTC(), AHEAD));
        agent = new AgentServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AgentPair.agentTls(),
                services.served(),
                new Fence(folder.resolve("term")),
                AgentPair.QUICK);
        remote = new RemoteHost(
                AgentPair.HOST,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()),
                AgentPair.coordinatorTls(),
                term::get,
                AgentPair.QUICK,
                Clock.systemUTC(),
                changes::add);
        assertThat(changes.poll(20, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void close() {
        remote.close();
        agent.close();
        xen.close();
    }

    private HostUsb usb() {
        return () -> {
            if (usbFails) {
                throw new IOException("the policy in /etc/xensource/usb-policy.conf cannot be read");
            }
            return List.of(STICK);
        };
    }

    /** A network that can make no bonds of mode balance-slb. */
    private static HostNetwork network() {
        HostNetwork real =
                new SimulatedHostNetwork(List.of(new HostNetwork.Nic("eth0", "00:16:3e:00:00:01", 1500, true)));
        return (HostNetwork) Proxy.newProxyInstance(
                HostNetwork.class.getClassLoader(), new Class<?>[] {HostNetwork.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("checkBond") && arguments[0] == BondMode.BALANCE_SLB) {
                        throw new XenApiException("VALUE_NOT_SUPPORTED", List.of("mode", "balance-slb", "not here"));
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private int guest(String name) {
        int domid = xen.domains()
                .create(DomainConfig.builder()
                        .cInfo(DomainCreateInfo.builder()
                                .type(DomainKind.PV)
                                .name(name)
                                .uuid(UUID.randomUUID())
                                .build())
                        .bInfo(DomainBuildInfo.builder()
                                .maxVcpus(1)
                                .maxMemkb(65536L)
                                .targetMemkb(65536L)
                                .kernel("/boot/vmlinuz")
                                .pv(new PvInfo(null, null, null))
                                .build())
                        .build());
        xen.domains().unpause(domid);
        return domid;
    }

    @Test
    void eachMethodIsServedUnlessTheCoordinatorHasItsAnswer() {
        Set<String> own = Set.of("network.nat", "machine.clock", "machine.logins");
        for (Part<?> part : HostServiceParts.all()) {
            for (Method method : part.type().getMethods()) {
                String name = part.name() + "." + method.getName();
                if (Modifier.isAbstract(method.getModifiers()) && !own.contains(name)) {
                    assertThat(part.serves(method)).as(name).isTrue();
                }
            }
        }
    }

    @Test
    void theFactsOfTheHostAreThoseThatItReadsItself() {
        assertThat(remote.read())
                .isEqualTo(HostReader.read(
                        xen, services.facts(), services.network().filters()));
        assertThat(remote.network().configures()).isTrue();
    }

    @Test
    void theStatusReportHasTheItemsOfTheHost() throws Exception {
        assertThat(remote.status().parts()).isEqualTo(services.status().parts());
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        remote.status().write("logs/recent.log", log);
        assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("the newest line\n");
        assertThat(remote.status().threads()).startsWith("digraph Threads {");
    }

    @Test
    void theDaemonOfTheHostDoesWhatItIsAsked() {
        HostDaemon daemon = remote.daemon();
        daemon.restart();
        assertThat(restarts).hasValue(1);
        assertThat(daemon.logTo("log of alpha", "alpha")).isTrue();
        assertThat(daemon.logTo("elsewhere", "alpha")).isFalse();
        assertThat(daemon.callPlugin("OpaqueRef:session", "own", "fn", Map.of("a", "b")))
                .isEqualTo("OpaqueRef:session calls fn {a=b}");
        assertThatThrownBy(() -> daemon.callProgram("OpaqueRef:session", "none", "fn", Map.of()))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("XENAPI_MISSING_PLUGIN"));
    }

    @Test
    void plainHttpOfTheHostEndsAndBegins() throws Exception {
        assertThat(remote.plainHttp().servesTls()).isTrue();
        remote.plainHttp().serve(false);
        assertThat(plain).isFalse();
        remote.plainHttp().serve(true);
        assertThat(plain).isTrue();
    }

    @Test
    void theCertificateOfTheHostIsReplaced() throws Exception {
        X509Certificate before = certificates.certificate();
        assertThat(Pem.certificate(remote.certificates().pem())).isEqualTo(before);
        assertThatThrownBy(() -> remote.certificates().install("no certificate", "no key", ""))
                .isInstanceOf(XenApiException.class);
        remote.certificates().reset("alpha");
        assertThat(certificates.certificate()).isNotEqualTo(before);
        assertThat(Pem.certificate(remote.certificates().pem())).isEqualTo(certificates.certificate());
    }

    @Test
    void theCertificateForThePoolIsMadeAndThenUsed() throws Exception {
        X509Certificate before = certificates.shown().pool().certificate();
        ShownCertificates.Renewal first = remote.certificates().renew("uuid");
        assertThat(Pem.certificate(first.shown())).isEqualTo(before);
        assertThat(certificates.shown().pool().certificate()).isEqualTo(before);
        ShownCertificates.Renewal second = remote.certificates().renew("uuid");
        assertThatThrownBy(() -> remote.certificates().use(first.next()))
                .as("the last one was made after it")
                .isInstanceOf(XenApiException.class);
        assertThat(certificates.shown().pool().certificate()).isEqualTo(before);
        remote.certificates().use(second.next());
        assertThat(Pem.of(certificates.shown().pool().certificate())).isEqualTo(second.next());
    }

    @Test
    void changesOfTheNetworkTheMachineAndTheSettingsReachTheHost() throws Exception {
        HostNetwork network = remote.network();
        network.makeBridge("xapi0", 1500);
        assertThat(services.network().exists("xapi0")).isTrue();
        assertThat(network.nics()).isEqualTo(services.network().nics());
        assertThat(network.nat().isUp("xapi0")).isFalse();
        network.makeBond(new BondDevice(
                "bond0",
                List.of("eth0"),
                "00:16:3e:00:00:01",
                1500,
                BondMode.LACP,
                Map.of("hashing_algorithm", "src_mac"),
                Map.of("miimon", 100)));
        assertThat(services.network().bridgeOf("eth0")).isEqualTo("bond0");

        assertThat(remote.machine().real()).isFalse();
        remote.machine().setHostname("two");
        assertThat(remote.settings().get(LocalSettings.HOSTNAME, "")).isEqualTo("two");
        remote.settings().put("key", "value");
        assertThat(Files.readString(folder.resolve("host.properties"))).contains("key=value");
        assertThat(remote.machine().logins().found()).isEmpty();
        assertThat(remote.machine().clock().found()).isEmpty();
        assertThat(remote.usb().devices()).containsExactly(STICK);
        assertThat(remote.pci().boot()).isEqualTo(services.pci().boot());
        assertThat(remote.pci().root()).isEmpty();
    }

    @Test
    void aClockIsComparedWithThatOfTheCoordinator() throws Exception {
        assertThat(remote.machine().clock().ahead()).isCloseTo(AHEAD, Duration.ofMinutes(1));
        Instant set = Instant.parse("2030-01-01T00:00:00Z");
        remote.machine().clock().setTime(Instant.now(), set, HostNtpMode.DISABLED);
        assertThat(Duration.between(
                        set, Instant.now().plus(remote.machine().clock().ahead())))
                .isBetween(Duration.ofMinutes(-1), Duration.ofMinutes(1));
        assertThat(set.atOffset(ZoneOffset.UTC).getYear()).isEqualTo(2030);
    }

    @Test
    void failuresArriveAsThemselves() {
        assertThatThrownBy(() -> remote.network().checkBond(BondMode.BALANCE_SLB, Map.of()))
                .isInstanceOfSatisfying(XenApiException.class, e -> {
                    assertThat(e.code()).isEqualTo("VALUE_NOT_SUPPORTED");
                    assertThat(e.params()).containsExactly("mode", "balance-slb", "not here");
                });
        usbFails = true;
        assertThatThrownBy(() -> remote.usb().devices())
                .isInstanceOf(IOException.class)
                .hasMessage("the policy in /etc/xensource/usb-policy.conf cannot be read");
        assertThatThrownBy(() -> remote.machine().clock().setTime(Instant.now(), Instant.now(), HostNtpMode.FACTORY))
                .isInstanceOf(IOException.class)
                .hasMessage("Automatic time synchronization is enabled");
        agent.close();
        assertThatThrownBy(() -> remote.usb().devices())
                .isInstanceOfSatisfying(
                        XenApiException.class,
                        e -> assertThat(e.code())
                                .isIn(
                                        Errors.hostOffline("").code(),
                                        Errors.cannotContactHost("").code()));
    }

    @Test
    void aTerminalIsSharedAndEitherEndEndsTheOther() throws Exception {
        int domid = guest("shown");
        try (Channel first = remote.consoles().terminal(domid);
                Channel second = remote.consoles().terminal(domid);
                Channel local = services.consoles().terminal(domid)) {
            until(first, "login: ");
            until(second, "login: ");
            until(local, "login: ");
            type(first, "root\r");
            assertThat(until(second, "Password: ")).contains("root");
            until(local, "Password: ");
            first.close();
            assertThat(first.read(new byte[1])).isEqualTo(-1);
            type(second, "secret\r");
            until(local, "# ");
            xen.domains().destroy(domid);
            byte[] rest = new byte[4096];
            while (second.read(rest) >= 0) {
                assertThat(rest).isNotNull();
            }
        }
        assertThatThrownBy(() -> remote.consoles().terminal(32_000)).isInstanceOf(HypervisorException.class);
        assertThatThrownBy(() -> remote.consoles().screen(guest("without")))
                .isInstanceOfSatisfying(
                        HypervisorException.class, e -> assertThat(e.error()).isEqualTo(LibxlError.NOT_READY));
    }

    @Test
    void aClientThatReadsNothingStallsNoOtherCallAndAGuestThatReadsNothingIsLeft() throws Exception {
        try (Channel stuck = remote.consoles().terminal(Integer.MAX_VALUE)) {
            type(stuck, "this guest reads nothing");
            // The guest writes on until nothing more fits on the way.
            long before;
            do {
                before = endless.written.get();
                for (int i = 0; i < 20; i++) {
                    assertThat(remote.hypervisor().domains().list()).isNotEmpty();
                }
                Thread.sleep(200);
            } while (endless.written.get() != before);
            assertThat(before).isPositive();
            int domid = guest("other");
            try (Channel other = remote.consoles().terminal(domid)) {
                until(other, "login: ");
            }
        }
        assertThat(endless.closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aNewTermAndALostConnectionEndConsoles() throws Exception {
        try (Channel old = remote.consoles().terminal(Integer.MAX_VALUE)) {
            type(old, "x");
            term.set(2);
            assertThat(remote.hypervisor().domains().list()).isNotEmpty();
            assertThat(endless.closed.await(20, TimeUnit.SECONDS)).isTrue();
        }
        int domid = guest("lost");
        try (Channel lost = remote.consoles().terminal(domid)) {
            until(lost, "login: ");
            agent.close();
            assertThat(lost.read(new byte[1])).isEqualTo(-1);
        }
        assertThatThrownBy(() -> remote.consoles().terminal(domid)).isInstanceOf(XenApiException.class);
    }

    /** A client of {@code CONNECT /console}, whose bytes the test reads and types. */
    private static final class Client implements ConnectHandler.Answer, ConnectHandler.Streams {
        private final PipedOutputStream typed = new PipedOutputStream();
        private final PipedInputStream keys = new PipedInputStream(typed, 4096);
        private final PipedInputStream seen = new PipedInputStream(1 << 16);
        private final PipedOutputStream shown = new PipedOutputStream(seen);
        private final CompletableFuture<Integer> refused = new CompletableFuture<>();

        private Client() throws IOException {}

        @Override
        public ConnectHandler.Streams open() {
            return this;
        }

        @Override
        public void refuse(Refusal refusal) {
            refused.complete(refusal.status());
        }

        @Override
        public InputStream in() {
            return keys;
        }

        @Override
        public OutputStream out() {
            return shown;
        }

        void until(String text) throws IOException {
            StringBuilder all = new StringBuilder();
            while (all.indexOf(text) < 0) {
                int one = seen.read();
                assertThat(one).as("the end, after: %s", all).isNotNegative();
                all.append((char) one);
            }
        }
    }

    private static Client connect(ConsoleServer server, Ref<Console> console) throws IOException {
        Map<String, String> query = Map.of("ref", console.value());
        RequestHead request = new RequestHead(
                "CONNECT",
                "/console",
                "/console",
                query,
                Map.of(),
                Map.of(),
                false,
                "the client",
                List.of(),
                null,
                Strangers.grant("http/connect_console"));
        Client client = new Client();
        Thread thread = new Thread(
                () -> {
                    try {
                        server.connect(request, client);
                    } catch (IOException e) {
                        assertThat(e).isNotNull();
                    }
                },
                "client");
        thread.setDaemon(true);
        thread.start();
        return client;
    }

    @Test
    void aClientOfTheCoordinatorSeesAConsoleOfTheMember() throws Exception {
        int domid = guest("seen");
        try (SimulatedHost coordinator = new SimulatedHost(Files.createDirectories(folder.resolve("coordinator")))) {
            Hosts hosts = coordinator.hosts;
            hosts.runsOn(ThisHost.ref(coordinator.store.snapshot()));
            hosts.add(AgentPair.HOST, remote.hypervisor());
            Ref<Console> console = coordinator.store.transact(tx -> {
                Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS)
                        .with(VM.POWER_STATE, VmPowerState.RUNNING)
                        .with(VM.RESIDENT_ON, AgentPair.HOST)
                        .with(VM.DOMID, (long) domid));
                return tx.create(
                        Row.of(Console.XEN_CLASS).with(Console.VM, vm).with(Console.PROTOCOL, ConsoleProtocol.VT100));
            });
            ConsoleServer server = new ConsoleServer(
                    coordinator.store,
                    hosts,
                    new PerHost<>(hosts, hypervisor -> remote.consoles()),
                    new Tasks(coordinator.store, Clock.systemUTC()),
                    new HttpAccess(coordinator.store, null, Clock.systemUTC(), Audit.NONE));
            Client client = connect(server, console);
            client.until("login: ");
            client.typed.write("root\r".getBytes(StandardCharsets.US_ASCII));
            client.typed.flush();
            client.until("Password: ");
            agent.close();
            while (client.seen.read() >= 0) {
                assertThat(client.refused).isNotDone();
            }
            client.typed.close();
            assertThat(connect(server, console).refused.get(20, TimeUnit.SECONDS))
                    .isEqualTo(404);
        }
    }
}
