package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;

/**
 * The network between the hosts of a pool that vote fails again and again, or a host stands still, while clients on all sides
 * read and write the same fields, and an operator works with guests.
 *
 * <p>A build does four things to the coordinator. {@code -Djxapi.cuts=N} does N things to any host, {@code -Djxapi.hosts=5}
 * takes five of them, and {@code -Djxapi.seed=N} repeats the choices of a run.
 */
class PoolNetworkTest {
    private static final int CUTS = Integer.getInteger("jxapi.cuts", 0);
    private static final int HOSTS = Integer.getInteger("jxapi.hosts", 3);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    private static final Pattern TERM = Pattern.compile("Agent: obeys term (\\d+)");
    private static final int FLAPS = 10;
    private static final long FLAP_MILLIS = 300;
    private static final int WRITES = 20;

    /** Something that happens to a host. */
    private enum Fault {
        PULLED,
        DEAF,
        STOPPED,
        FLAPPING,
        KILLED
    }

    @TempDir
    Path folder;

    private final List<Long> pauses = new ArrayList<>();
    private Map<String, Integer> operations = Map.of();

    @Test
    void everyClientSeesOneDatabaseThroughAllFaults() throws Exception {
        try (Cables cables = cables();
                TestPool pool = new TestPool(folder, cables)) {
            TestPool.Member first = pool.voting(HOSTS);
            TestPool.Caller caller = first.caller();
            Map<String, String> guests = new LinkedHashMap<>();
            for (TestPool.Member host : pool.hosts()) {
                String guest = caller.vm("guest of " + host.address);
                Eventually.holds(() -> assertThat(caller.starts(guest, host)).isTrue());
                guests.put(guest, caller.text("VM.get_domid", guest));
            }
            PoolOperator operator = new PoolOperator(pool, caller, folder.resolve("operated"), SEED);
            try (operator;
                    PoolClients clients = new PoolClients(pool, caller)) {
                if (CUTS == 0) {
                    for (Fault fault : List.of(Fault.PULLED, Fault.DEAF, Fault.STOPPED, Fault.KILLED)) {
                        inflict(pool, cables, clients, fault, pool.elected(pool.hosts()));
                    }
                } else {
                    Random random = new Random(SEED);
                    for (int cut = 0; cut < CUTS; cut++) {
                        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                        TestPool.Member victim = random.nextInt(3) > 0
                                ? pool.elected(pool.hosts())
                                : pool.hosts().get(random.nextInt(HOSTS));
                        inflict(pool, cables, clients, fault, victim);
                    }
                }
            }
            TestPool.Caller last = pool.elected(pool.hosts()).caller();
            for (TestPool.Member host : pool.hosts()) {
                String log = Files.readString(host.folder().resolve("log"));
                // A replica that has stopped has another state than the coordinator.
                assertThat(log).doesNotContain("Replica: stopped", "Exception in thread", "Failed to recognize");
                List<Long> terms = TERM.matcher(log)
                        .results()
                        .map(found -> Long.parseLong(found.group(1)))
                        .toList();
                assertThat(terms).as("the terms that %s obeyed", host.address).isSorted();
            }
            operator.settle(last);
            operations = operator.succeeded();
            for (Map.Entry<String, String> guest : guests.entrySet()) {
                assertThat(last.text("VM.get_power_state", guest.getKey())).isEqualTo("Running");
                assertThat(last.text("VM.get_domid", guest.getKey()))
                        .as("its domain")
                        .isEqualTo(guest.getValue());
            }
        }
        Collections.sort(pauses);
        System.out.println("PoolNetworkTest: " + pauses.size() + " faults of " + HOSTS + " hosts, seed " + SEED
                + ", pause of writes: median " + pauses.get(pauses.size() / 2) + " ms, worst "
                + pauses.get(pauses.size() - 1) + " ms, operations " + operations);
    }

    private static Cables cables() throws Exception {
        try {
            return new Cables(HOSTS);
        } catch (IOException e) {
            assumeTrue(false, "network namespaces can be made: " + e.getMessage());
            throw e;
        }
    }

    private void inflict(TestPool pool, Cables cables, PoolClients clients, Fault fault, TestPool.Member victim)
            throws Exception {
        clients.awaitWrites(WRITES);
        boolean led = victim.coordinator().equals(victim.address);
        long began = System.nanoTime();
        switch (fault) {
            case PULLED -> cables.pull(victim.number);
            case DEAF -> {
                for (TestPool.Member other : pool.without(victim)) {
                    cables.deafen(victim.number, other.number);
                }
            }
            case STOPPED -> victim.signal("STOP");
            case KILLED -> victim.daemon().kill();
            case FLAPPING -> {
                for (int i = 0; i < FLAPS; i++) {
                    cables.pull(victim.number);
                    TimeUnit.MILLISECONDS.sleep(FLAP_MILLIS);
                    cables.plug(victim.number);
                    TimeUnit.MILLISECONDS.sleep(FLAP_MILLIS);
                }
            }
        }
        if (led && fault != Fault.FLAPPING) {
            pool.elected(pool.without(victim));
        }
        pauses.add(clients.awaitWrites(WRITES) - TimeUnit.NANOSECONDS.toMillis(began));
        switch (fault) {
            case PULLED -> cables.plug(victim.number);
            case DEAF -> cables.cure(victim.number);
            case STOPPED -> victim.signal("CONT");
            case KILLED -> victim.start();
            case FLAPPING -> {}
        }
        TestPool.Member coordinator = pool.elected(pool.hosts());
        pool.awaitVoters(coordinator, HOSTS - 1);
        clients.check(String.format("%s of %s from %,d to %,d", fault, victim.address, began, System.nanoTime()));
    }
}
