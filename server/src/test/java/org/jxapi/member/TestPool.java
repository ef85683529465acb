package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.XeProcess;

/** The hosts of a pool over the simulator, each a daemon of its own with an address of its own. */
final class TestPool implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** Those of each log that a failure shows. */
    private static final int LINES = 40;

    private final Path folder;
    private final Site site;
    private final List<String> options;
    private final List<Member> hosts = new CopyOnWriteArrayList<>();
    private String password = "";

    TestPool(Path folder) {
        this(folder, Site.LOOPBACK);
    }

    /** @param options of all daemons */
    TestPool(Path folder, Site site, String... options) {
        this.folder = folder;
        this.site = site;
        this.options = List.of(options);
    }

    /** A host with ports of its own, which stay when its daemon starts again or changes its role. */
    final class Member {
        final int number;
        final String address;
        final int http;
        final int https;

        @Nullable
        DaemonProcess daemon;

        String ref = "";
        String uuid = "";

        Member(int number) throws Exception {
            this.number = number;
            address = site.address(number);
            http = site.freePort(number);
            https = site.freePort(number);
            hosts.add(this);
            start();
        }

        /** The same host in the folder of this pool. */
        private Member(Member other) {
            number = other.number;
            address = other.address;
            http = other.http;
            https = other.https;
            ref = other.ref;
            uuid = other.uuid;
            hosts.add(this);
        }

        void start() throws Exception {
            start(address + ":0");
        }

        void start(String replication) throws Exception {
            Files.createDirectories(folder());
            List<String> all = new ArrayList<>(List.of(
                    "--http",
                    address + ":" + http,
                    "--https",
                    address + ":" + https,
                    "--nbd",
                    "off",
                    "--agent",
                    address + ":0",
                    "--replication",
                    replication,
                    "--pam-service",
                    "off"));
            all.addAll(options);
            daemon = DaemonProcess.startBehind(site.inside(number), folder(), all.toArray(new String[0]));
        }

        Path folder() {
            return folder.resolve(address);
        }

        /** Sends a signal to its daemon, such as STOP. */
        void signal(String name) throws Exception {
            Program.run(folder, "kill", "-" + name, Long.toString(daemon().pid()))
                    .ok();
        }

        DaemonProcess daemon() {
            if (daemon == null) {
                throw new IllegalStateException("not started");
            }
            return daemon;
        }

        JsonClient client() throws Exception {
            return client(PATIENCE);
        }

        /** @param patience how long an answer may take */
        JsonClient client(Duration patience) throws Exception {
            return new JsonClient(site.http(this), patience);
        }

        /** The answer to a login; null if there is none. */
        @Nullable
        JsonNode login() throws Exception {
            try {
                // Answers can be lost with a cable; callers ask again.
                return client(ANSWER).call("session.login_with_password", List.of("root", password, "1.0", "test"));
            } catch (IOException e) {
                return null;
            }
        }

        /** The coordinator that it names to clients; empty if it names none. */
        String coordinator() throws Exception {
            JsonNode answer = login();
            if (answer == null) {
                return "";
            }
            if (answer.has("error")) {
                return answer.at("/error/data/0").asText();
            }
            // It may have passed the client on.
            try {
                Caller caller = new Caller(client(), answer.get("result").asText());
                String master = caller.answer("pool.get_all_records")
                        .at("/result")
                        .findPath("master")
                        .asText();
                String named =
                        caller.answer("host.get_address", master).path("result").asText();
                caller.answer("session.logout");
                return named;
            } catch (IOException e) {
                return "";
            }
        }

        /** The lines of {@code xe pool-status}, from the one who coordinates; none if it does not answer. */
        List<String> status() throws Exception {
            JsonNode answer = login();
            if (answer == null || answer.has("error")) {
                return List.of();
            }
            try {
                Caller caller = new Caller(client(), answer.get("result").asText());
                String lines = caller.answer("host.call_plugin", ref, "jxapi-pool", "status", Map.of())
                        .path("result")
                        .asText();
                caller.answer("session.logout");
                return lines.lines().toList();
            } catch (IOException e) {
                return List.of();
            }
        }

        Caller caller() throws Exception {
            return new Caller(client(), client().login(password));
        }
    }

    /** A session of root at a coordinator. */
    record Caller(JsonClient client, String session) {
        JsonNode answer(String message, Object... params) throws Exception {
            List<Object> all = new ArrayList<>(List.of(session));
            all.addAll(List.of(params));
            return client.call(message, all);
        }

        String text(String message, Object... params) throws Exception {
            JsonNode answer = answer(message, params);
            assertThat(answer.has("error")).as(answer.toString()).isFalse();
            return answer.get("result").asText();
        }

        String network(String name) throws Exception {
            return text("network.create", Map.of("name_label", name, "other_config", Map.of(), "managed", true));
        }

        String vm(String name) throws Exception {
            JsonNode templates = answer("VM.get_by_name_label", "Other install media");
            String vm = text("VM.clone", templates.at("/result/0").asText(), name);
            text("VM.provision", vm);
            return vm;
        }

        /** Makes a disk of 4 MiB. */
        String vdi(String sr, String name) throws Exception {
            return text(
                    "VDI.create",
                    Map.of(
                            "name_label",
                            name,
                            "SR",
                            sr,
                            "virtual_size",
                            4 << 20,
                            "type",
                            "user",
                            "sharable",
                            false,
                            "read_only",
                            false,
                            "other_config",
                            Map.of()));
        }

        /** Gives a VM its first disk. */
        void plug(String vm, String vdi) throws Exception {
            Map<String, Object> vbd = new HashMap<>(Map.of(
                    "VM",
                    vm,
                    "VDI",
                    vdi,
                    "userdevice",
                    "0",
                    "bootable",
                    true,
                    "mode",
                    "RW",
                    "type",
                    "Disk",
                    "empty",
                    false,
                    "other_config",
                    Map.of()));
            vbd.put("qos_algorithm_type", "");
            vbd.put("qos_algorithm_params", Map.of());
            text("VBD.create", vbd);
        }

        boolean starts(String vm, Member host) throws Exception {
            return !answer("VM.start_on", vm, host.ref, false, false).has("error");
        }
    }

    @Override
    public void close() {
        for (Member host : hosts) {
            if (host.daemon != null) {
                host.daemon.close();
            }
        }
    }

    /** Starts three hosts, which vote; the coordinator. */
    Member voting() throws Exception {
        return voting(3);
    }

    /** Starts an odd number of hosts, five at most, which vote; the coordinator. */
    Member voting(int count) throws Exception {
        Member first = start(count);
        awaitVoters(first, count - 1);
        return first;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (Files.isDirectory(each) || Files.isRegularFile(each)) {
                    Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Starts copies of the three hosts of another pool, which has ended, and waits until all vote; the coordinator. */
    Member again(TestPool stopped) throws Exception {
        password = stopped.password;
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (Member other : stopped.hosts) {
            Member host = new Member(other);
            copy(other.folder(), host.folder());
            starts.add(CompletableFuture.runAsync(() -> {
                try {
                    host.start();
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }));
        }
        for (CompletableFuture<Void> start : starts) {
            start.join();
        }
        Member coordinator = elected(hosts);
        awaitVoters(coordinator, 2);
        return coordinator;
    }

    /** Starts two hosts, of which the second has a copy; the coordinator. */
    Member pair() throws Exception {
        Member first = start(2);
        Eventually.holds(() -> assertThat(XeProcess.ok(first.daemon().folder(), "pool-status"))
                .contains("copy: " + hosts.get(1).uuid));
        return first;
    }

    /** Starts so many hosts; the coordinator. */
    Member start(int count) throws Exception {
        Member first = new Member(1);
        password =
                Files.readString(first.daemon().data().resolve("root-password")).strip();
        for (int number = 2; number <= count; number++) {
            joins(number, first);
        }
        Caller caller = first.caller();
        first.ref = caller.answer("pool.get_all_records")
                .at("/result")
                .elements()
                .next()
                .get("master")
                .asText();
        first.uuid = caller.text("host.get_uuid", first.ref);
        for (Member each : without(first)) {
            each.ref = caller.text("host.get_by_uuid", each.uuid);
        }
        return first;
    }

    private Member joins(int number, Member coordinator) throws Exception {
        Member joins = new Member(number);
        joins.uuid =
                XeProcess.ok(joins.daemon().folder(), "host-list", "--minimal").strip();
        XeProcess.ok(
                joins.daemon().folder(),
                "pool-join",
                "master-address=" + coordinator.address + ":" + coordinator.https,
                "master-username=root",
                "master-password=" + password);
        joins.daemon().awaitReady();
        return joins;
    }

    /** Starts one host more, which joins. */
    Member join(Member coordinator) throws Exception {
        Member joins = joins(hosts.size() + 1, coordinator);
        joins.ref = coordinator.caller().text("host.get_by_uuid", joins.uuid);
        return joins;
    }

    /** Ends a host that has left. */
    void end(Member host) {
        host.daemon().close();
        hosts.remove(host);
    }

    /** Waits until so many hosts vote besides the coordinator. */
    void awaitVoters(Member coordinator, int count) throws Exception {
        Eventually.holds(() -> assertThat(coordinator.status())
                .filteredOn(line -> line.startsWith("voter: "))
                .hasSize(count));
    }

    List<Member> hosts() {
        return hosts;
    }

    /** Waits for a coordinator that one of these hosts is, and that the others name. */
    Member elected(List<Member> among) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<String> named = new ArrayList<>();
            for (Member host : among) {
                named.add(host.coordinator());
            }
            for (Member host : among) {
                if (named.stream().allMatch(host.address::equals)) {
                    return host;
                }
            }
            assertThat(System.nanoTime())
                    .as(() -> "the end of patience, with " + named + logs(among))
                    .isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The newest lines of the logs: the folders of a test that fails are gone. */
    private static String logs(List<Member> hosts) {
        StringBuilder all = new StringBuilder();
        for (Member host : hosts) {
            try {
                List<String> lines = Files.readAllLines(host.folder().resolve("log"));
                all.append("\n").append(host.address).append(":\n");
                all.append(String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size())));
            } catch (IOException e) {
                all.append("\n").append(host.address).append(" has no log: ").append(e);
            }
        }
        return all.toString();
    }

    /** The other hosts. */
    List<Member> without(Member host) {
        return hosts.stream().filter(each -> each != host).toList();
    }
}
