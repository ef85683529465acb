package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.harness.Eventually;
import org.jxapi.http.TlsContext;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisPool;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.Disks;
import org.jxapi.store.H2Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** Clients without a session take little of the listener, and not for long. */
class NbdServerTest {
    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final List<NbdClient> clients = new ArrayList<>();
    private H2Store store;
    private Disks disks;
    private DiskContents contents;

    @BeforeEach
    void open() throws Exception {
        store = H2Store.open(folder);
        SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
        StorageModule storage = new StorageModule(
                store, folder, new Operations(store), Hosts.only(xen), Clock.systemUTC(), new Measurements());
        disks = storage.disks();
        contents = disks.contents();
        new FirstBoot(store, folder, Clock.systemUTC()).run(HostReader.read(xen, new SimulatedMachine(), true), true);
        storage.start();
        store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.PURPOSE, List.of(NetworkPurpose.NBD))));
    }

    @AfterEach
    void close() throws Exception {
        for (NbdClient client : clients) {
            client.close();
        }
        timer.shutdownNow();
        store.close();
    }

    private ServerCertificates certificates() throws IOException {
        return ServerCertificates.open(folder, null, "host", Clock.systemUTC());
    }

    private NbdServer server(int port, Duration handshake) throws IOException {
        ServerCertificates certificates = certificates();
        NbdServer server = new NbdServer(
                store,
                contents,
                new Tasks(store, Clock.systemUTC()),
                Clock.systemUTC(),
                new TlsContext(certificates),
                certificates,
                new InetSocketAddress("127.0.0.1", port),
                handshake);
        server.start(timer);
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private NbdClient greeted(int port) throws IOException {
        NbdClient client = NbdClient.greeted(port, Wire.FIXED_NEWSTYLE);
        clients.add(client);
        return client;
    }

    @Test
    void aClientThatIsSlowUntilItReadsIsClosed() throws Exception {
        int port = freePort();
        try (NbdServer server = server(port, Duration.ofSeconds(1))) {
            Eventually.holds(() -> assertThat(listens(port)).isTrue());
            NbdClient silent = NbdClient.silent(port);
            clients.add(silent);
            assertThat(silent.ended()).isTrue();
            NbdClient half = greeted(port);
            half.out.writeLong(Wire.OPTION);
            assertThat(half.ended()).isTrue();
            NbdClient inTls = greeted(port);
            inTls.option(Wire.OPT_STARTTLS);
            assertThat(inTls.ended()).isTrue();
        }
    }

    private static boolean listens(int port) {
        try (NbdClient client = NbdClient.silent(port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void oneAddressHasAFewConnectionsInTheirHandshakes() throws Exception {
        int port = freePort();
        try (NbdServer server = server(port, Duration.ofMinutes(10))) {
            Eventually.holds(() -> assertThat(listens(port)).isTrue());
            Eventually.holds(() -> {
                while (clients.size() < Places.STRANGERS_OF_ADDRESS) {
                    try {
                        greeted(port);
                    } catch (IOException e) {
                        throw new AssertionError("the place of the first client is not free yet", e);
                    }
                }
            });
            NbdClient more = NbdClient.silent(port);
            clients.add(more);
            assertThat(more.in.read()).as("closed at once").isNegative();
            clients.remove(0).close();
            Eventually.holds(() -> {
                try {
                    greeted(port);
                } catch (IOException e) {
                    throw new AssertionError("the place is not free yet", e);
                }
            });
        }
    }

    @Test
    void aStopEndsExportsAndLeavesNoDiskInUse() throws Exception {
        int port = freePort();
        Ref<Session> session = Session.XEN_CLASS.freshRef();
        store.change(tx -> tx.create(
                session,
                Row.of(Session.XEN_CLASS)
                        .with(Session.IS_LOCAL_SUPERUSER, true)
                        .with(Session.LAST_ACTIVE, XenTime.of(Instant.now()))));
        Ref<SR> sr = store.snapshot().row(ThisPool.ref(store.snapshot())).get(Pool.DEFAULT_SR);
        Ref<VDI> vdi = disks.create(
                new InternalCall("VDI.create", store),
                sr,
                Row.of(VDI.XEN_CLASS).with(VDI.VIRTUAL_SIZE, 1L << 20).with(VDI.TYPE, VdiType.USER));
        String name = new ExportName(store.snapshot().get(vdi, VDI.UUID), session.value()).text();
        NbdServer server = server(port, Duration.ofSeconds(60));
        Eventually.holds(() -> assertThat(listens(port)).isTrue());
        NbdClient client = NbdClient.secured(port, Pem.of(certificates().certificate()), "localhost");
        clients.add(client);
        client.go(name);
        assertThat(store.snapshot().get(vdi, VDI.VBDS)).hasSize(1);
        server.close();
        assertThat(store.snapshot().get(vdi, VDI.VBDS)).isEmpty();
        assertThat(client.ended()).isTrue();
        assertThat(listens(port)).isFalse();
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                NbdServer server = server(other.getLocalPort(), Duration.ofSeconds(60))) {
            int port = other.getLocalPort();
            assertThat(server.servers()).isNotNull();
            other.close();
            Eventually.holds(() -> {
                try {
                    greeted(port);
                } catch (IOException e) {
                    throw new AssertionError("it does not listen yet", e);
                }
            });
        }
    }
}
