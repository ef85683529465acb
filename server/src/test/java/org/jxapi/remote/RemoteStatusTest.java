package org.jxapi.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.AgentPair;
import org.jxapi.agent.AgentServer;
import org.jxapi.agent.Fence;
import org.jxapi.agent.Served;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.Eventually;
import org.jxapi.host.StatusItems;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** Items of a status report that pass from an agent. */
class RemoteStatusTest {
    private static final int BLOCK = 64 * 1024;

    @TempDir
    Path folder;

    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();
    private SimulatedHypervisor xen;
    private AgentServer agent;
    private RemoteHost remote;

    /** A host with an item that has no end, and one that breaks off. */
    private final class Strange implements StatusItems {
        @Override
        public List<Part> parts() {
            return List.of(new Part("strange", "no", true, List.of("endless", "broken")));
        }

        @Override
        public void write(String item, OutputStream out) throws IOException {
            if (item.equals("broken")) {
                out.write("the beginning\n".getBytes(StandardCharsets.UTF_8));
                throw new IOException("the disk has a fault");
            }
            try {
                while (true) {
                    out.write(new byte[BLOCK]);
                    written.addAndGet(BLOCK);
                }
            } finally {
                stopped.countDown();
            }
        }

        @Override
        public String threads() {
            return "";
        }
    }

    @BeforeEach
    void open() throws Exception {
        xen = SimulatedHypervisor.open(folder.resolve("simulator"), SimulatorSettings.INSTANT);
        agent = new AgentServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AgentPair.agentTls(),
                Served.of(xen).with(HostServiceParts.STATUS, new Strange()),
                new Fence(folder.resolve("term")),
                AgentPair.QUICK);
        remote = new RemoteHost(
                AgentPair.HOST,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()),
                AgentPair.coordinatorTls(),
                () -> 1,
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

    @Test
    void anItemThatBreaksOffArrivesWithTheReason() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> remote.status().write("broken", out))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk has a fault");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("the beginning\n");
    }

    @Test
    void aSlowReaderKeepsFewBlocksInMemoryAndOneThatIsFullEndsTheItem() throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        CompletableFuture<Void> call = writing(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    full.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("there is no room");
            }
        });
        Eventually.holds(() -> assertThat(written.get()).isEqualTo(64L * BLOCK));
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(written.get()).as("bytes under way").isEqualTo(64L * BLOCK);
        full.countDown();
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(call::join).hasMessageContaining("there is no room");
    }

    /** Repeated, as the next call meets the connection at each moment of its end. */
    @RepeatedTest(10)
    void aHostThatGoesAwayEndsTheItem() throws Exception {
        CompletableFuture<Void> call = writing(OutputStream.nullOutputStream());
        Eventually.holds(() -> assertThat(written.get()).isGreaterThan(64L * BLOCK));
        agent.close();
        assertThatThrownBy(call::join)
                .cause()
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("CANNOT_CONTACT_HOST"));
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> remote.status().parts())
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_OFFLINE"));
    }

    private CompletableFuture<Void> writing(OutputStream out) {
        return CompletableFuture.runAsync(() -> {
            try {
                remote.status().write("endless", out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A report may be unpacked as root. */
    @Test
    void noNameLeavesTheFolderOfTheReport() {
        for (String name : List.of("/etc/passwd", "../x", "logs/../../x", "logs//x", "", "a\nb", "x".repeat(69))) {
            assertThatThrownBy(() -> new StatusItems.Part("logs", "no", true, List.of(name)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new StatusItems.Part("logs", "no", true, List.of("logs/jxapid.log..1")).items())
                .hasSize(1);
    }
}
