package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RegisterHistory;

/**
 * Clients that read and write the same fields at all hosts of a pool, most of the time at the one that was the coordinator
 * last. Their answers must have one order: nothing acknowledged is lost, and no host answers with what was there before.
 */
final class PoolClients implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int FIELDS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 10;
    private static final long WAIT_SECONDS = 90;
    /** The errors of a host that is not, or not yet again, the coordinator. */
    private static final Set<String> UNSETTLED = Set.of("HOST_IS_SLAVE", "INTERNAL_ERROR");

    private final TestPool pool;
    private final String session;
    private final Map<String, RegisterHistory> histories = new ConcurrentHashMap<>();
    private final List<String> fields = new ArrayList<>();
    private final AtomicLong values = new AtomicLong();
    /** When the writes that were acknowledged began. */
    private final ConcurrentSkipListSet<Long> acknowledged = new ConcurrentSkipListSet<>();

    private final List<Thread> threads = new ArrayList<>();
    private volatile TestPool.Member coordinator;
    private volatile boolean done;

    /** The newest token of events that a host has given. */
    private String token = "";

    /** The fault of a token of events; empty for none. */
    private volatile String tokenFault = "";

    /** @param caller a session at the coordinator; it must outlive all coordinators */
    PoolClients(TestPool pool, TestPool.Caller caller) throws Exception {
        this.pool = pool;
        this.session = caller.session();
        this.coordinator = pool.hosts().get(0);
        for (int i = 0; i < FIELDS; i++) {
            String network = caller.network("first");
            fields.add(network);
            histories.put(network, new RegisterHistory("first"));
        }
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(i);
            begin("client " + i, clients -> work(clients, random));
        }
        begin("follower", this::follow);
    }

    /** The work of a client, which it repeats. */
    private interface Work {
        void run(Map<TestPool.Member, JsonClient> clients) throws InterruptedException;
    }

    private void begin(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    Map<TestPool.Member, JsonClient> clients = new HashMap<>();
                    try {
                        while (!done) {
                            for (TestPool.Member host : pool.hosts()) {
                                if (!clients.containsKey(host)) {
                                    clients.put(host, host.client(PATIENCE));
                                }
                            }
                            work.run(clients);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                name);
        thread.start();
        threads.add(thread);
    }

    /** Follows events: no host gives an older token than another one has given, or refuses one. */
    private void follow(Map<TestPool.Member, JsonClient> clients) throws InterruptedException {
        TestPool.Member host = coordinator;
        try {
            JsonNode answer = clients.get(host).call("event.from", List.of(session, List.of("network"), token, 0.2));
            String next = answer.at("/result/token").asText();
            String error = answer.at("/error/message").asText();
            if (!next.isEmpty() && next.compareTo(token) < 0 || !error.isEmpty() && !UNSETTLED.contains(error)) {
                tokenFault = host.address + " answered " + answer + " to the token " + token;
            }
            token = next.isEmpty() ? token : next;
        } catch (IOException e) {
            // The others find another coordinator.
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    private void work(Map<TestPool.Member, JsonClient> clients, Random random) throws InterruptedException {
        List<TestPool.Member> hosts = List.copyOf(clients.keySet());
        TestPool.Member host = random.nextInt(4) == 0 ? hosts.get(random.nextInt(hosts.size())) : coordinator;
        String field = fields.get(random.nextInt(FIELDS));
        if (random.nextBoolean()) {
            write(clients, host, field);
        } else {
            read(clients, host, field);
        }
    }

    private void write(Map<TestPool.Member, JsonClient> clients, TestPool.Member host, String field)
            throws InterruptedException {
        RegisterHistory history = histories.get(field);
        String value = "v" + values.incrementAndGet();
        long begin = System.nanoTime();
        history.begin(value, begin);
        try {
            JsonNode answer = clients.get(host).call("network.set_name_label", List.of(session, field, value));
            if (answer.has("result")) {
                history.acknowledged(value, System.nanoTime(), host.address);
                acknowledged.add(begin);
            } else if (refused(answer)) {
                history.refused(value);
            }
        } catch (IOException e) {
            elsewhere(host);
        }
    }

    private void read(Map<TestPool.Member, JsonClient> clients, TestPool.Member host, String field)
            throws InterruptedException {
        long begin = System.nanoTime();
        try {
            JsonNode answer = clients.get(host).call("network.get_name_label", List.of(session, field));
            if (answer.has("result")) {
                histories.get(field).read(answer.get("result").asText(), begin, System.nanoTime(), host.address);
            } else {
                refused(answer);
            }
        } catch (IOException e) {
            elsewhere(host);
        }
    }

    /** Whether a host is a member and has done nothing, so the coordinator is the one that it names. */
    private boolean refused(JsonNode answer) throws InterruptedException {
        if (!answer.at("/error/message").asText().equals("HOST_IS_SLAVE")) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return false;
        }
        String named = answer.at("/error/data/0").asText();
        pool.hosts().stream()
                .filter(host -> host.address.equals(named))
                .findAny()
                .ifPresent(host -> coordinator = host);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        return true;
    }

    private void elsewhere(TestPool.Member host) throws InterruptedException {
        if (coordinator == host) {
            List<TestPool.Member> others = pool.without(host);
            coordinator = others.get((int) (System.nanoTime() % others.size()));
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    /** Waits for so many writes that begin from now on and are acknowledged; when the first of them began, in ms. */
    long awaitWrites(int count) throws InterruptedException {
        long now = System.nanoTime();
        while (acknowledged.tailSet(now).size() < count) {
            assertThat(System.nanoTime() - now)
                    .as("the end of patience")
                    .isLessThan(TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return TimeUnit.NANOSECONDS.toMillis(acknowledged.ceiling(now));
    }

    /**
     * The answers until now must have one order.
     *
     * @param during what has happened meanwhile, for people
     */
    void check(String during) {
        assertThat(tokenFault).as("tokens of events, with %s", during).isEmpty();
        histories.forEach((field, history) -> assertThat(history.fault())
                .as("what clients saw of %s, with %s", field, during)
                .isEmpty());
    }

    @Override
    public void close() throws InterruptedException {
        done = true;
        for (Thread thread : threads) {
            thread.join();
        }
        check("nothing more");
    }
}
