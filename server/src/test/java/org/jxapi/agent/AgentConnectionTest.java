package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.certificate.MutualTls;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.Eventually;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** An agent whose connection is lost, that is gone, or that strangers call. */
class AgentConnectionTest {
    private final SimulatedHypervisor host = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);

    @TempDir
    Path folder;

    private AgentPair pair;

    @BeforeEach
    void open() throws Exception {
        pair = new AgentPair(host, folder);
    }

    @AfterEach
    void close() {
        pair.close();
        host.close();
    }

    static DomainConfig guest(String name) {
        return DomainConfig.builder()
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
                .build();
    }

    private void change(boolean connected) throws InterruptedException {
        assertThat(pair.changes.poll(30, TimeUnit.SECONDS)).isEqualTo(connected);
    }

    /** A call that goes on until it is stopped: a guest that never ran does not answer. */
    private CompletableFuture<Throwable> longCall(RemoteHypervisor remote, int domid) throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> outcome.complete(catchThrowable(() -> remote.domains().shutdown(domid))));
        caller.setDaemon(true);
        caller.start();
        Eventually.holds(() -> assertThat(host.xenstore().read("/local/domain/" + domid + "/control/shutdown"))
                .contains("poweroff"));
        return outcome;
    }

    @Test
    void aCallWhoseConnectionIsLostHasAnUnknownOutcomeAndTheNextOnesFailAtOnce() throws Exception {
        int domid = pair.remote().domains().create(guest("deaf"));
        CompletableFuture<Throwable> outcome = longCall(pair.remote(), domid);

        pair.stopAgent();

        assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOfSatisfying(XenApiException.class, e -> {
            assertThat(e.code()).isEqualTo("CANNOT_CONTACT_HOST");
            assertThat(e.getCause()).hasMessageContaining("may have carried it out or not");
        });
        change(false);
        assertThat(pair.remote().isConnected()).isFalse();
        assertThatThrownBy(() -> pair.remote().domains().list())
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_OFFLINE"));

        pair.startAgent();
        change(true);
        assertThat(pair.remote().domains().name(domid)).isEqualTo("deaf");
    }

    @Test
    void theAgentStopsTheCallsOfAConnectionThatIsLost() throws Exception {
        int domid = pair.remote().domains().create(guest("deaf"));
        AgentServer other = new AgentServer(
                new InetSocketAddress("127.0.0.1", 0),
                AgentPair.agentTls(),
                host,
                new Fence(folder.resolve("other")),
                AgentPair.QUICK);
        try (other;
                RemoteHypervisor brief =
                        pair.remote(new InetSocketAddress("127.0.0.1", other.port()), AgentPair.coordinatorTls())) {
            change(true);
            CompletableFuture<Throwable> outcome = longCall(brief, domid);
            brief.close();
            outcome.get(30, TimeUnit.SECONDS);
        }
        // A call that still ran would keep a new term from beginning.
        pair.term.set(2);
        assertThat(pair.remote().domains().name(domid)).isEqualTo("deaf");
    }

    @Test
    void subscriptionsSurviveAndTellThatEventsMayHaveBeenMissed() throws Exception {
        List<HypervisorEvent> told = new CopyOnWriteArrayList<>();
        AtomicInteger missed = new AtomicInteger();
        BlockingQueue<String> changed = new LinkedBlockingQueue<>();
        try (Subscription events = pair.remote().events().subscribe(told::add, missed::incrementAndGet);
                Subscription watch = pair.remote().xenstore().watch("/tool", changed::add)) {
            assertThat(changed.poll(20, TimeUnit.SECONDS)).isEqualTo("/tool");
            int unseen = host.domains().create(guest("unseen"));
            pair.stopAgent();
            change(false);
            host.domains().destroy(unseen);
            assertThat(missed).hasValue(0);

            pair.startAgent();
            change(true);

            Eventually.holds(() -> assertThat(missed).hasValue(1));
            assertThat(told).isEmpty();
            assertThat(changed.poll(20, TimeUnit.SECONDS)).isEqualTo("/tool");
            int seen = host.domains().create(guest("seen"));
            host.domains().destroy(seen);
            Eventually.holds(
                    () -> assertThat(told).extracting(HypervisorEvent::domid).containsExactly(seen));
        }
    }

    @Test
    void aSubscriptionNeedsNoConnectionYet() throws Exception {
        pair.stopAgent();
        change(false);
        AtomicInteger missed = new AtomicInteger();
        List<HypervisorEvent> told = new CopyOnWriteArrayList<>();
        try (Subscription events = pair.remote().events().subscribe(told::add, missed::incrementAndGet)) {
            pair.startAgent();
            Eventually.holds(() -> assertThat(missed).hasValue(1));
            int domid = host.domains().create(guest("seen"));
            host.domains().destroy(domid);
            Eventually.holds(() -> assertThat(told).hasSize(1));
        }
    }

    @Test
    void errorsKeepTheirClassTheirCodeAndTheirMessage() {
        Throwable direct = catchThrowable(() -> host.domains().info(32_000));
        Throwable remote = catchThrowable(() -> pair.remote().domains().info(32_000));
        assertThat(remote).isInstanceOf(HypervisorException.class).hasMessage(direct.getMessage());
        assertThat(((HypervisorException) remote).error()).isEqualTo(LibxlError.DOMAIN_NOTFOUND);
    }

    @Test
    void aCoordinatorThatAnotherOneHasReplacedIsRefused() throws Exception {
        pair.term.set(7);
        int domid = pair.remote().domains().create(guest("one"));
        pair.term.set(6);
        assertThatThrownBy(() -> pair.remote().domains().destroy(domid))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("HOST_OFFLINE")
                .hasCauseInstanceOf(StaleTermException.class)
                .cause()
                .hasMessageContaining("obeys term 7");
        assertThat(host.domains().name(domid)).isEqualTo("one");
        pair.stopAgent();
        change(false);
        pair.startAgent();
        change(true);
        assertThatThrownBy(() -> pair.remote().domains().destroy(domid)).hasCauseInstanceOf(StaleTermException.class);
        pair.term.set(8);
        pair.remote().domains().destroy(domid);
    }

    @Test
    void aNewTermStopsTheLongCallOfAnOldOne() throws Exception {
        int domid = pair.remote().domains().create(guest("deaf"));
        CompletableFuture<Throwable> outcome = longCall(pair.remote(), domid);

        pair.term.set(2);
        pair.remote().domains().destroy(domid);

        assertThat(outcome.get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        HypervisorException.class, e -> assertThat(e.error()).isEqualTo(LibxlError.ABORTED));
    }

    @Test
    void anAgentWithAnotherCertificateIsNotUsed() throws Exception {
        var stranger = AgentPair.identity("stranger");
        try (AgentServer wrong = new AgentServer(
                        new InetSocketAddress("127.0.0.1", 0),
                        MutualTls.context(() -> stranger, () -> List.of(AgentPair.coordinator())),
                        host,
                        new Fence(folder.resolve("wrong")),
                        AgentPair.QUICK);
                RemoteHypervisor remote =
                        pair.remote(new InetSocketAddress("127.0.0.1", wrong.port()), AgentPair.coordinatorTls())) {
            assertThat(pair.changes.poll(1, TimeUnit.SECONDS)).isNull();
            assertThat(remote.isConnected()).isFalse();
        }
    }

    @Test
    void aCoordinatorWithoutATrustedCertificateIsRefused() throws Exception {
        var stranger = AgentPair.identity("stranger");
        try (RemoteHypervisor remote =
                pair.remote(pair.address(), MutualTls.context(() -> stranger, () -> List.of(AgentPair.agent())))) {
            assertThat(pair.changes.poll(1, TimeUnit.SECONDS)).isNull();
            assertThat(remote.isConnected()).isFalse();
        }
        assertThat(pair.remote().domains().list()).isNotEmpty();
    }

    @Test
    void aPeerThatShowsNothingIsDeadAlthoughItsConnectionStands() throws Exception {
        AgentTiming hasty = new AgentTiming(
                Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(4), Duration.ofSeconds(2));
        try (ServerSocket listener = new ServerSocket(0);
                RemoteHypervisor remote = new RemoteHypervisor(
                        AgentPair.HOST,
                        new InetSocketAddress("127.0.0.1", listener.getLocalPort()),
                        AgentPair.coordinatorTls(),
                        () -> 1,
                        hasty,
                        pair.changes::add)) {
            SSLSocket silent =
                    (SSLSocket) AgentPair.agentTls().getSocketFactory().createSocket(listener.accept(), null, true);
            silent.setUseClientMode(false);
            byte[] hello = "{\"protocol\":1}".getBytes(StandardCharsets.UTF_8);
            DataOutputStream out = new DataOutputStream(silent.getOutputStream());
            out.writeInt(hello.length);
            out.write(hello);
            change(true);

            assertThatThrownBy(() -> remote.domains().list())
                    .isInstanceOfSatisfying(
                            XenApiException.class, e -> assertThat(e.code()).isEqualTo("CANNOT_CONTACT_HOST"));
            change(false);
        }
    }

    private SSLSocket trusted() throws Exception {
        SSLSocket socket = (SSLSocket) AgentPair.coordinatorTls()
                .getSocketFactory()
                .createSocket("127.0.0.1", pair.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void frame(SSLSocket socket, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    private static String answer(SSLSocket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = 0;
        while (length == 0) {
            length = in.readInt();
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** The peer disconnects, and sends nothing before but that it is there. */
    private static void assertEnds(SSLSocket socket) throws IOException {
        try {
            for (byte one : socket.getInputStream().readAllBytes()) {
                assertThat(one).isZero();
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection stands", e);
        } catch (IOException e) {
            // It was reset.
        }
    }

    @Test
    void callsThatAreNotServedOrNotUnderstoodAreRefusedAndTheNextIsAnswered() throws Exception {
        try (SSLSocket socket = trusted()) {
            assertThat(answer(socket)).isEqualTo("{\"protocol\":1}");
            int id = 10;
            for (String call : List.of(
                    "\"call\":\"domains.toString\",\"args\":[]",
                    "\"call\":\"domains.getClass\",\"args\":[]",
                    "\"call\":\"domains\",\"args\":[]",
                    "\"call\":\"\",\"args\":[]",
                    "\"call\":\"none.list\",\"args\":[]",
                    "\"call\":\"domains.destroy\",\"args\":[]",
                    "\"call\":\"domains.destroy\",\"args\":[\"1\"]",
                    "\"call\":\"domains.destroy\",\"args\":{\"domid\":1}",
                    "\"call\":\"domains.destroy\"",
                    "\"call\":\"domains.create\",\"args\":[{}]",
                    "\"call\":\"devices.list\",\"args\":[0,\"java.lang.Runtime\"]")) {
                // A number is free again only a moment after its answer.
                id++;
                frame(socket, "{\"id\":" + id + ",\"term\":1," + call + "}");
                assertThat(answer(socket)).as(call).startsWith("{\"id\":" + id + ",\"error\":{\"message\":");
            }
            frame(socket, "{\"id\":2,\"term\":1,\"call\":\"domains.name\",\"args\":[0]}");
            assertThat(answer(socket)).isEqualTo("{\"id\":2,\"value\":\"Domain-0\"}");
        }
    }

    @Test
    void whatIsNoMessageEndsItsConnectionAndNoOther() throws Exception {
        for (String bad : List.of(
                "nonsense",
                "[]",
                "{}",
                "{} {}",
                "{\"call\":\"domains.list\"}",
                "{\"id\":1,\"call\":\"domains.list\",\"args\":[]}",
                "{\"id\":-1,\"term\":1,\"call\":\"domains.list\",\"args\":[]}",
                "{\"id\":1,\"term\":-1,\"call\":\"domains.list\",\"args\":[]}",
                "[".repeat(1_000))) {
            try (SSLSocket socket = trusted()) {
                answer(socket);
                frame(socket, bad);
                assertEnds(socket);
            }
        }
        assertThat(pair.remote().domains().list()).isNotEmpty();
    }

    @Test
    void aFrameThatIsTooLargeEndsItsConnectionBeforeItIsRead() throws Exception {
        for (int length : new int[] {Channel.MAX_FRAME + 1, Integer.MAX_VALUE, -1}) {
            try (SSLSocket socket = trusted()) {
                answer(socket);
                new DataOutputStream(socket.getOutputStream()).writeInt(length);
                assertEnds(socket);
            }
        }
        assertThat(pair.remote().domains().list()).isNotEmpty();
    }

    @Test
    void strangersThatSayNothingKeepNobodyOut() throws Exception {
        List<Socket> idle = new CopyOnWriteArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                idle.add(new Socket("127.0.0.1", pair.address().getPort()));
            }
            try (SSLSocket socket = trusted()) {
                assertThat(answer(socket)).isEqualTo("{\"protocol\":1}");
            }
            assertThat(pair.remote().domains().list()).isNotEmpty();
        } finally {
            for (Socket one : idle) {
                one.close();
            }
        }
    }

    @Test
    void plaintextIsNotUnderstood() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", pair.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("protocol");
        } catch (IOException e) {
            assertThat(e).hasMessageNotContaining("timed out");
        }
    }
}
