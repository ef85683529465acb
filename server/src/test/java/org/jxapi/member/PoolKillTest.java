package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemons of three hosts that vote are killed again and again under a client that writes and follows the coordinator, the
 * coordinator's most of all.
 *
 * <p>It takes minutes and is not part of a build: {@code -Djxapi.kills=N} kills N times. {@code
 * -Djxapi.seed=N} repeats the choices of a run.
 */
@EnabledIfSystemProperty(named = "jxapi.kills", matches = "\\d+")
class PoolKillTest {
    private static final int KILLS = Integer.getInteger("jxapi.kills", 1);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    private static final int WRITES_BETWEEN_KILLS = 20;
    private static final String PREFIX = "write ";

    @TempDir
    Path folder;

    private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong lastWrite = new AtomicLong(System.nanoTime());

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        Random random = new Random(SEED);
        List<Long> pauses = new ArrayList<>();
        try (TestPool pool = new TestPool(folder)) {
            pool.voting();
            Thread writer = new Thread(() -> write(pool));
            writer.start();
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    awaitWrites(acknowledged.size() + WRITES_BETWEEN_KILLS);
                    TestPool.Member coordinator = pool.elected(pool.hosts());
                    TestPool.Member victim = random.nextInt(3) > 0
                            ? coordinator
                            : pool.hosts().get(random.nextInt(pool.hosts().size()));
                    victim.daemon().kill();
                    long killed = System.nanoTime();
                    awaitWrites(acknowledged.size() + 2);
                    pauses.add((lastWrite.get() - killed) / 1_000_000);
                    victim.start();
                    pool.awaitVoters(pool.elected(pool.hosts()), 2);
                }
            } finally {
                done.set(true);
                writer.join();
            }
            JsonNode networks = pool.elected(pool.hosts()).caller().answer("network.get_all_records");
            List<String> there = new ArrayList<>();
            for (JsonNode network : networks.get("result")) {
                String name = network.get("name_label").asText();
                if (name.startsWith(PREFIX)) {
                    there.add(name);
                }
            }
            assertThat(there).doesNotHaveDuplicates().containsAll(acknowledged);
        }
        Collections.sort(pauses);
        System.out.println("PoolKillTest: " + KILLS + " kills, seed " + SEED + ", " + acknowledged.size()
                + " changes acknowledged, pause of writes: median " + pauses.get(pauses.size() / 2) + " ms, worst "
                + pauses.get(pauses.size() - 1) + " ms");
    }

    private void write(TestPool pool) {
        TestPool.Caller caller = null;
        for (int number = 0; !done.get(); number++) {
            try {
                if (caller == null) {
                    caller = coordinator(pool);
                }
                String name = PREFIX + number;
                caller.network(name);
                acknowledged.add(name);
                lastWrite.set(System.nanoTime());
            } catch (AssertionError | Exception e) {
                // Refused, or its outcome is unknown: the next name, at the coordinator that there is then.
                caller = null;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private static TestPool.Caller coordinator(TestPool pool) throws Exception {
        for (TestPool.Member host : pool.hosts()) {
            if (host.coordinator().equals(host.address)) {
                return host.caller();
            }
        }
        throw new IOException("no host is the coordinator now");
    }

    private void awaitWrites(int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (acknowledged.size() < count) {
            assertThat(System.nanoTime()).as("the end of patience").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
