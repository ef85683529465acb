package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.RunTests;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.contract.XenstoreContract;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** The stock libxenstore with a xenstored of the test's own; it finds that by a variable of the environment. */
class LibxenstoreTest {
    private static final String SOCKET = "XENSTORED_PATH";

    @Test
    void theConnectionKeepsTheContractAndHarmsNothing(@TempDir Path folder) throws Exception {
        InstalledLibxl.load();
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djnr.ffi.asm.enabled=false",
                "-cp",
                System.getProperty("java.class.path"),
                RunTests.class.getName(),
                InAProcessOfItsOwn.class.getName());
        java.environment().put(SOCKET, folder.resolve("socket").toString());
        Process process = java.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains(" 0 failed");
    }

    /** What {@link #theConnectionKeepsTheContractAndHarmsNothing} runs. */
    static class InAProcessOfItsOwn implements XenstoreContract {
        private static Libraries libraries;
        private static SimulatedHypervisor simulator;
        private static Xenstored xenstored;
        private static XenstoreConnection connection;

        @BeforeAll
        static void open() throws IOException {
            String socket = System.getenv(SOCKET);
            assumeTrue(socket != null, "skipped, as another test runs this in a process of its own");
            libraries = Libraries.load();
            simulator = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
            xenstored = new Xenstored(Path.of(socket), simulator.xenstore());
            connection = new XenstoreConnection(libraries);
        }

        @AfterAll
        static void close() throws IOException {
            if (connection != null) {
                connection.close();
                xenstored.close();
                simulator.close();
            }
        }

        @Override
        public Xenstore xenstore() {
            return connection;
        }

        @Test
        void aTransactionIsTriedAgainWhenOthersWereFaster() {
            xenstored.conflicts(3);

            connection.writeAll(Map.of("/tool/a", "1", "/tool/b", "2"));

            assertThat(simulator.xenstore().readTree("/tool"))
                    .containsEntry("a", "1")
                    .containsEntry("b", "2");
        }

        @Test
        void aClosedConnectionRefusesAllCalls() {
            XenstoreConnection other = new XenstoreConnection(libraries);
            other.close();
            other.close();

            for (Runnable call : List.<Runnable>of(
                    () -> other.read("/tool"),
                    () -> other.list("/tool"),
                    () -> other.write("/tool", ""),
                    () -> other.remove("/tool"),
                    () -> other.permissions("/tool"),
                    () -> other.setPermissions("/tool", XenstorePermissions.readableByAll()),
                    () -> other.watch("/tool", path -> {}))) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                HypervisorException.class,
                                e -> assertThat(e.error()).isEqualTo(LibxlError.FAIL));
            }
        }

        @Test
        void closingWhileManyReadWriteAndWatchHarmsNothing() throws InterruptedException {
            AtomicLong calls = new AtomicLong();
            for (int round = 0; round < 20; round++) {
                XenstoreConnection other = new XenstoreConnection(libraries);
                List<CompletableFuture<Void>> users = new ArrayList<>();
                for (int user = 0; user < 4; user++) {
                    String path = "/tool/user-" + user;
                    users.add(CompletableFuture.runAsync(() -> useUntilClosed(other, path, calls)));
                }
                long enough = calls.get() + 40;
                while (calls.get() < enough) {
                    Thread.sleep(1);
                }
                other.close();
                users.forEach(CompletableFuture::join);
            }
        }

        private static void useUntilClosed(Xenstore store, String path, AtomicLong calls) {
            try {
                while (true) {
                    try (var watch = store.watch(path, changed -> calls.incrementAndGet())) {
                        store.write(path, "x".repeat(500));
                        assertThat(store.read(path)).isPresent();
                        store.readTree("/tool");
                        calls.incrementAndGet();
                    }
                }
            } catch (HypervisorException e) {
                assertThat(e.error()).isEqualTo(LibxlError.FAIL);
                assertThat(e).hasMessageContaining("closed");
            }
        }
    }
}
