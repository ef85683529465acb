package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members are killed again and again under four clients that write, the leader most of all. Every sixth victim loses its
 * folder, and comes back under another id.
 *
 * <p>A build kills 3 times; {@code -Djxapi.kills=N} kills N times. {@code -Djxapi.seed=N} repeats the choices of a run.
 */
class RaftKillTest {
    private static final int WRITERS = 4;
    private static final int KILLS = Integer.getInteger("jxapi.kills", 3);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    private static final int EMPTIED = 6;
    private static final int WRITES_BETWEEN_KILLS = 40;

    @TempDir
    Path folder;

    private final UUID group = UUID.randomUUID();
    private final List<ProcessMember> members = new CopyOnWriteArrayList<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong lastWrite = new AtomicLong(System.nanoTime());
    private int ids;

    @AfterEach
    void killAll() throws Exception {
        done.set(true);
        for (ProcessMember member : members) {
            member.kill();
        }
    }

    @Test
    void nothingAcknowledgedIsLostAndNoNumberIsGivenTwice() throws Exception {
        Random random = new Random(SEED);
        start();
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            int mine = w;
            Thread writer = new Thread(() -> write("w" + mine + "-"));
            writer.start();
            writers.add(writer);
        }
        List<Long> pauses = new ArrayList<>();
        for (int kill = 1; kill <= KILLS; kill++) {
            awaitWrites(acknowledged.size() + WRITES_BETWEEN_KILLS);
            ProcessMember leader = leader();
            ProcessMember victim = random.nextInt(3) > 0 ? leader : members.get(random.nextInt(members.size()));
            long killed = System.nanoTime();
            victim.kill();
            // Answers that were on their way count as before the kill.
            int before = acknowledged.size();
            awaitWrites(before + WRITERS + 1);
            pauses.add((lastWrite.get() - killed) / 1_000_000);
            if (kill % EMPTIED == 0 || KILLS < EMPTIED && kill == KILLS) {
                replace(victim);
            } else {
                victim.start("resume");
                victim.awaitReady();
            }
            awaitLevel(false);
        }
        done.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        awaitLevel(true);
        check();
        Collections.sort(pauses);
        System.out.println("RaftKillTest: " + KILLS + " kills, seed " + SEED + ", " + acknowledged.size()
                + " changes acknowledged, pause of writes: median " + pauses.get(pauses.size() / 2) + " ms, worst "
                + pauses.get(pauses.size() - 1) + " ms");
    }

    private void start() throws Exception {
        for (String how : List.of("found", "join", "join")) {
            ProcessMember member = next();
            member.start(how);
        }
        members.get(0).awaitReady();
        TestGroup.await(() -> members.get(0).leads());
        for (ProcessMember other : members.subList(1, 3)) {
            other.awaitReady();
            members.get(0).ask("add " + other.id + " " + other.port);
        }
    }

    private ProcessMember next() throws IOException {
        ProcessMember member = new ProcessMember(folder, group, "m" + ++ids);
        members.add(member);
        return member;
    }

    /** The victim's folder is gone: another member takes its place. */
    private void replace(ProcessMember victim) throws Exception {
        members.remove(victim);
        ProcessMember fresh = next();
        fresh.start("join");
        fresh.awaitReady();
        untilDone("remove " + victim.id);
        untilDone("add " + fresh.id + " " + fresh.port);
    }

    /** The group may choose another leader meanwhile. */
    private void untilDone(String request) throws Exception {
        TestGroup.await(() -> {
            try {
                leader().ask(request);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private ProcessMember leader() throws Exception {
        List<ProcessMember> found = new ArrayList<>();
        TestGroup.await(() -> {
            members.stream().filter(ProcessMember::leads).forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private void write(String prefix) {
        int target = 0;
        for (int i = 0; !done.get(); i++) {
            String name = prefix + i;
            try {
                long number =
                        Long.parseLong(members.get(target % members.size()).ask("write " + name));
                acknowledged.put(name, number);
                lastWrite.set(System.nanoTime());
            } catch (IOException | RuntimeException e) {
                // Refused, or its outcome is unknown: the next name, on the next member.
                target++;
                try {
                    Thread.sleep(5);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private void awaitWrites(int count) throws Exception {
        TestGroup.await(() -> acknowledged.size() >= count);
    }

    /** Waits until all members follow: nearly, while writes go on, or exactly. */
    private void awaitLevel(boolean exactly) throws Exception {
        TestGroup.await(() -> {
            List<String> positions = new ArrayList<>();
            long least = acknowledged.values().stream().mapToLong(n -> n).max().orElse(0);
            for (ProcessMember member : members) {
                try {
                    positions.add(member.ask("position"));
                } catch (IOException e) {
                    return false;
                }
            }
            return exactly
                    ? Map.copyOf(counts(positions)).size() == 1
                    : positions.stream().allMatch(p -> Long.parseLong(p.split(" ")[0]) >= least - 200);
        });
    }

    private static Map<String, Integer> counts(List<String> positions) {
        Map<String, Integer> counts = new HashMap<>();
        positions.forEach(position -> counts.merge(position, 1, Integer::sum));
        return counts;
    }

    private void check() throws IOException {
        for (ProcessMember member : members) {
            Map<String, Long> there = new HashMap<>();
            for (String network : member.ask("names").split(",")) {
                String[] parts = network.split("=");
                there.put(parts[0], Long.parseLong(parts[1]));
            }
            assertThat(there.values()).as("numbers on %s", member.id).doesNotHaveDuplicates();
            assertThat(there).as("what %s has", member.id).containsAllEntriesOf(acknowledged);
        }
        assertThat(acknowledged.values()).doesNotHaveDuplicates();
        assertThat(acknowledged).hasSizeGreaterThan(KILLS * WRITES_BETWEEN_KILLS);
    }
}
