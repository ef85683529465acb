package org.jxapi.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Changes over JSON-RPC of one client and of eight: to a host alone, to a host alone that shares its database, and to the
 * coordinator of three hosts that vote, all on this machine. Rounds alternate, and the medians count.
 */
final class PoolBench {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final long ROUND_MS = Long.getLong("round", 3000);
    private static final int MEMBERS = 2;

    /** The durations of the changes of a round in nanoseconds, sorted, and how many there were in a second. */
    private record Round(List<Long> nanos, double perSecond) {
        double millis(double share) {
            return nanos.get((int) (share * (nanos.size() - 1))) / 1e6;
        }
    }

    private PoolBench() {}

    public static void main(String[] args) throws Exception {
        List<Server> members = new ArrayList<>();
        try (Server alone = host(1);
                Server shared = host(1, "--agent=127.0.0.1:0", "--replication=127.0.0.1:0");
                Server coordinator = host(1, "--agent=127.0.0.1:0", "--replication=127.0.0.1:0")) {
            for (int i = 0; i < MEMBERS; i++) {
                members.add(join(i + 2, coordinator));
            }
            awaitVotes(coordinator);
            Map<String, Server> hosts = new LinkedHashMap<>();
            hosts.put("a host alone", alone);
            hosts.put("a host alone that shares its database", shared);
            hosts.put("the coordinator of three that vote", coordinator);
            for (int clients : new int[] {1, 8}) {
                compare(hosts, clients);
            }
        } finally {
            for (Server member : members) {
                member.close();
            }
        }
    }

    private static Server host(int number, String... more) throws IOException {
        return Server.jxapid("127.0.0." + number, Files.createTempDirectory("jxapi-bench"), more);
    }

    private static Server join(int number, Server coordinator) throws IOException {
        String address = "127.0.0." + number;
        Server host = host(number, "--agent=" + address + ":0", "--replication=" + address + ":0");
        try (HttpClient client = new HttpClient(address, host.port())) {
            String master = "127.0.0.1:" + coordinator.port("https");
            client.call("pool.join", host.login(client), master, "root", coordinator.password());
        }
        host.awaitReady();
        return host;
    }

    private static void awaitVotes(Server coordinator) throws Exception {
        String[] command = {
            Path.of("..", "packaging", "bin", "xe").toString(),
            "-s",
            "127.0.0.1",
            "-p",
            Integer.toString(coordinator.port()),
            "--nossl",
            "-u",
            "root",
            "-pw",
            coordinator.password(),
            "pool-status"
        };
        while (true) {
            Process status =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (text.lines().filter(line -> line.startsWith("voter: ")).count() == MEMBERS) {
                return;
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static void compare(Map<String, Server> hosts, int clients) throws Exception {
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        // The first round is one to warm up.
        for (int i = 0; i <= ROUNDS; i++) {
            for (Map.Entry<String, Server> host : hosts.entrySet()) {
                Round round = round(host.getValue(), clients);
                if (i > 0) {
                    rounds.computeIfAbsent(host.getKey(), key -> new ArrayList<>())
                            .add(round);
                }
            }
        }
        List<Round> floor = rounds.values().iterator().next();
        rounds.forEach((host, all) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                ratios.add(all.get(i).perSecond / floor.get(i).perSecond);
            }
            System.out.printf(
                    "%d clients, %s: %.0f changes/s, median %.2f ms, 99 %% below %.1f ms; ratio %.2f%n",
                    clients,
                    host,
                    median(all.stream().map(Round::perSecond).toList()),
                    median(all.stream().map(round -> round.millis(0.5)).toList()),
                    median(all.stream().map(round -> round.millis(0.99)).toList()),
                    median(ratios));
        });
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static Round round(Server host, int clients) throws Exception {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.MILLISECONDS.toNanos(ROUND_MS);
        List<Callable<List<Long>>> work = Collections.nCopies(clients, () -> changes(host, end));
        List<Long> nanos = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            for (Future<List<Long>> done : threads.invokeAll(work)) {
                nanos.addAll(done.get());
            }
        } finally {
            threads.shutdown();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Collections.sort(nanos);
        return new Round(nanos, nanos.size() / seconds);
    }

    /** The durations of the changes of one client until then. */
    private static List<Long> changes(Server host, long end) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (HttpClient client = new HttpClient(host.port())) {
            String session = host.login(client);
            String network = HttpClient.ref(client.call("network.get_all", session));
            for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
                client.call("network.set_name_description", session, network, "change " + nanos.size());
                nanos.add(System.nanoTime() - start);
            }
            client.call("session.logout", session);
        }
        return nanos;
    }
}
