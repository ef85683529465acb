package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.XeProcess;

/** Three hosts that vote, each with a disk of its own, which only root can make; the disks become full. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoolDiskTest {
    private static final long MIB = 1 << 20;
    private static final int HOSTS = 3;

    @TempDir
    static Path folder;

    private static TestPool pool;
    private static TestPool.Member first;
    private static int mounted;

    @BeforeAll
    static void start() throws Exception {
        for (int host = 1; host <= HOSTS; host++) {
            Path disk = Files.createDirectories(folder.resolve(Site.LOOPBACK.address(host)));
            assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk.toString()));
            mounted = host;
        }
        pool = new TestPool(folder);
        first = pool.voting();
    }

    @AfterAll
    static void stop() throws Exception {
        if (pool != null) {
            pool.close();
        }
        for (int host = 1; host <= mounted; host++) {
            run("umount", "-l", folder.resolve(Site.LOOPBACK.address(host)).toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static Path filler(TestPool.Member host) {
        return host.folder().resolve("filler");
    }

    /** Takes all room of a host's disk but that. */
    private static void fill(TestPool.Member host, long but) throws IOException {
        byte[] piece = new byte[64 * 1024];
        try (OutputStream out =
                Files.newOutputStream(filler(host), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (host.folder().toFile().getUsableSpace() > but) {
                out.write(piece);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static void free(TestPool.Member host) throws IOException {
        Files.deleteIfExists(filler(host));
    }

    private static String made(TestPool.Caller caller) throws Exception {
        return caller.answer(
                        "network.create",
                        Map.of("name_label", "x".repeat(20_000), "other_config", Map.of(), "managed", true))
                .at("/error/message")
                .asText();
    }

    /** The same of a host that may be handing over. */
    private static String madeAt(TestPool.Member host) throws Exception {
        try {
            return made(host.caller());
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    @Order(1)
    void aCoordinatorWithAFullDiskHandsOver() throws Exception {
        String kept = first.caller().network("kept");
        fill(first, 20 * MIB);
        assertThat(made(first.caller())).isEqualTo("OUT_OF_SPACE");
        TestPool.Member second = pool.elected(pool.without(first));
        TestPool.Caller caller = second.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        Eventually.holds(() -> assertThat(madeAt(second)).isEmpty());
        assertThat(pool.elected(pool.hosts())).isSameAs(second);
        free(first);
        first = second;
    }

    @Test
    @Order(2)
    void whenMostDisksAreFullOnlyChangesThatFreeRoomAreMade() throws Exception {
        TestPool.Caller caller = first.caller();
        String old = caller.network("old");
        // The coordinator last: it would hand over to a host that has room.
        for (TestPool.Member host : pool.without(first)) {
            fill(host, 20 * MIB);
        }
        fill(first, 20 * MIB);
        Eventually.holds(() -> assertThat(made(caller)).isEqualTo("OUT_OF_SPACE"));
        assertThat(caller.text("network.get_name_label", old)).isEqualTo("old");
        assertThat(caller.answer("network.destroy", old).has("error")).isFalse();
        for (TestPool.Member host : pool.without(first)) {
            free(host);
        }
        Eventually.holds(() -> {
            TestPool.Member now = pool.elected(pool.hosts());
            assertThat(madeAt(now)).isEmpty();
            first = now;
        });
        for (TestPool.Member host : pool.hosts()) {
            free(host);
        }
    }

    @Test
    @Order(3)
    void aMemberWithAFullDiskStaysAHostOfThePoolAlsoWhenItIsKilled() throws Exception {
        TestPool.Member host = pool.without(first).get(0);
        fill(host, 0);
        TestPool.Caller caller = first.caller();
        for (int i = 0; i < 20; i++) {
            assertThat(made(caller)).isEmpty();
        }
        host.daemon().kill();
        fill(host, 0);
        host.start();
        Eventually.holds(() -> assertThat(caller.answer("host.get_servertime", host.ref)
                        .path("error")
                        .toString())
                .isEmpty());
        String last = caller.network("last");
        free(host);
        // The simulated machine keeps its domains on the same disk.
        String guest = caller.vm("guest");
        Eventually.holds(() -> assertThat(caller.answer("VM.start_on", guest, host.ref, false, false)
                        .path("error")
                        .toString())
                .isEmpty());
        TestPool.Member other = pool.without(first).stream()
                .filter(each -> each != host)
                .findFirst()
                .orElseThrow();
        other.daemon().kill();
        // Without the copy of this host there is no majority now.
        Eventually.holds(() -> assertThat(XeProcess.run(first.daemon().folder(), "network-list", "--minimal")
                        .status())
                .isZero());
        Eventually.holds(() -> assertThat(
                        caller.answer("network.set_name_label", last, "changed").has("error"))
                .isFalse());
        other.start();
        pool.awaitVoters(first, 2);
    }
}
