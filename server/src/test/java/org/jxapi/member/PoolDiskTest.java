package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.SmallDisk;
import org.jxapi.harness.XeProcess;

/** Three hosts that vote, each with a disk of its own, which only root can make; the disks become full. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoolDiskTest {
    private static final long MIB = 1 << 20;
    private static final int HOSTS = 3;
    private static final List<SmallDisk> DISKS = new ArrayList<>();

    @TempDir
    static Path folder;

    private static TestPool pool;
    private static TestPool.Member first;

    @BeforeAll
    static void start() throws Exception {
        for (int host = 1; host <= HOSTS; host++) {
            DISKS.add(SmallDisk.mount(folder.resolve(Site.LOOPBACK.address(host)), 200));
        }
        pool = new TestPool(folder);
        first = pool.voting();
    }

    @AfterAll
    static void stop() throws Exception {
        if (pool != null) {
            pool.close();
        }
        for (SmallDisk disk : DISKS) {
            disk.close();
        }
        DISKS.clear();
    }

    /** The disk of a host. */
    private static SmallDisk disk(TestPool.Member host) {
        return DISKS.get(host.number - 1);
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
        disk(first).fill(20 * MIB);
        assertThat(made(first.caller())).isEqualTo("OUT_OF_SPACE");
        TestPool.Member second = pool.elected(pool.without(first));
        TestPool.Caller caller = second.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        Eventually.holds(() -> assertThat(madeAt(second)).isEmpty());
        assertThat(pool.elected(pool.hosts())).isSameAs(second);
        disk(first).free();
        first = second;
    }

    @Test
    @Order(2)
    void whenMostDisksAreFullOnlyChangesThatFreeRoomAreMade() throws Exception {
        TestPool.Caller caller = first.caller();
        String old = caller.network("old");
        // The coordinator last: it would hand over to a host that has room.
        for (TestPool.Member host : pool.without(first)) {
            disk(host).fill(20 * MIB);
        }
        disk(first).fill(20 * MIB);
        Eventually.holds(() -> assertThat(made(caller)).isEqualTo("OUT_OF_SPACE"));
        assertThat(caller.text("network.get_name_label", old)).isEqualTo("old");
        assertThat(caller.answer("network.destroy", old).has("error")).isFalse();
        for (TestPool.Member host : pool.without(first)) {
            disk(host).free();
        }
        Eventually.holds(() -> {
            TestPool.Member now = pool.elected(pool.hosts());
            assertThat(madeAt(now)).isEmpty();
            first = now;
        });
        for (TestPool.Member host : pool.hosts()) {
            disk(host).free();
        }
    }

    @Test
    @Order(3)
    void aMemberWithAFullDiskStaysAHostOfThePoolAlsoWhenItIsKilled() throws Exception {
        TestPool.Member host = pool.without(first).get(0);
        disk(host).fill(0);
        TestPool.Caller caller = first.caller();
        for (int i = 0; i < 20; i++) {
            assertThat(made(caller)).isEmpty();
        }
        host.daemon().kill();
        disk(host).fill(0);
        host.start();
        Eventually.holds(() -> assertThat(caller.answer("host.get_servertime", host.ref)
                        .path("error")
                        .toString())
                .isEmpty());
        String last = caller.network("last");
        disk(host).free();
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
