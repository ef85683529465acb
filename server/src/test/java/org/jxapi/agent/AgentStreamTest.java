package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** The memory of guests passes through an agent as it comes, however much it is. */
class AgentStreamTest {
    /** More than may be under way at once. */
    private static final byte[] MEMORY = new byte[3 * ChunkOutput.WINDOW * ChunkOutput.CHUNK + 12_345];

    private final SimulatedHypervisor host = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final CompletableFuture<byte[]> received = new CompletableFuture<>();
    private final CompletableFuture<Exception> ended = new CompletableFuture<>();

    @TempDir
    Path folder;

    private AgentPair pair;

    /** Its domains send and receive that much, and block for a guest whose number is 0. */
    private final class Large {
        void send(int domid, OutputStream out) {
            try {
                out.write(MEMORY);
                if (domid == 0) {
                    new CountDownLatch(1).await();
                }
            } catch (IOException | InterruptedException e) {
                ended.complete(e);
                throw new HypervisorException(LibxlError.FAIL, "it cannot be sent: " + e);
            }
        }

        int receive(InputStream in) {
            try {
                received.complete(in.readAllBytes());
                return 7;
            } catch (IOException e) {
                ended.complete(e);
                throw new HypervisorException(LibxlError.FAIL, "it cannot be received: " + e);
            }
        }
    }

    private Object domains(Object proxy, Method method, Object[] arguments) throws Throwable {
        try {
            if (method.getName().equals("send")) {
                new Large().send((Integer) arguments[0], (OutputStream) arguments[1]);
                return null;
            } else if (method.getName().equals("receive")) {
                return new Large().receive((InputStream) arguments[1]);
            }
            return method.invoke(host.domains(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object hypervisor(Object proxy, Method method, Object[] arguments) throws Throwable {
        return method.getName().equals("domains")
                ? Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Domains.class}, this::domains)
                : method.invoke(host, arguments);
    }

    @BeforeEach
    void open() throws Exception {
        new Random(1).nextBytes(MEMORY);
        pair = new AgentPair(
                (Hypervisor) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Hypervisor.class}, this::hypervisor),
                folder);
    }

    @AfterEach
    void close() {
        pair.close();
        host.close();
    }

    @Test
    void whatAHostSendsArrivesWhole() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pair.remote().domains().send(1, out, true);
        assertThat(out.toByteArray()).isEqualTo(MEMORY);
    }

    @Test
    void whatAHostReceivesArrivesWhole() throws Exception {
        assertThat(pair.remote().domains().receive(config(), new ByteArrayInputStream(MEMORY)))
                .isEqualTo(7);
        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(MEMORY);
    }

    private static DomainConfig config() {
        return AgentConnectionTest.guest("guest");
    }

    @Test
    void aReaderThatFailsStopsTheSender() throws Exception {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("full");
            }
        };
        assertThatThrownBy(() -> pair.remote().domains().send(0, full, true))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("full");
        assertThat(ended.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void memoryThatStopsToComeWithItsConnectionIsNoWholeMemory() throws Exception {
        try (PipedInputStream in = new PipedInputStream();
                PipedOutputStream source = new PipedOutputStream(in)) {
            CompletableFuture<Integer> call =
                    CompletableFuture.supplyAsync(() -> pair.remote().domains().receive(config(), in));
            source.write(1);
            source.flush();
            pair.stopAgent();
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(XenApiException.class);
            assertThat(received).isNotDone();
        }
    }

    @Test
    void aSourceThatFailsIsNoEndOfTheMemory() throws Exception {
        InputStream broken = InputStream.nullInputStream();
        broken.close();
        assertThatThrownBy(() -> pair.remote().domains().receive(config(), broken))
                .isInstanceOf(HypervisorException.class);
        assertThat(received).isNotDone();
    }
}
