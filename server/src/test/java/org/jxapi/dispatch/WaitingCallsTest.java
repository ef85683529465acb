package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.OpenRequests;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.Uploads;

/**
 * Calls that wait for a busy object take nothing from other calls, whatever their number and whatever makes it busy.
 */
class WaitingCallsTest {
    /** Much less than the slow clients here take, which is for ever, and enough for a machine with a lot to do. */
    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;
    private final OpenRequests requests = new OpenRequests(daemon);

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    /** Nothing may be left of what waited. */
    @AfterEach
    void end() throws Exception {
        requests.close();
        Eventually.holds(() -> {
            assertThat(pending()).isEmpty();
            for (String vm : calls.list("VM.get_all")) {
                assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
            }
        });
    }

    private static List<String> pending() throws Exception {
        List<String> pending = new ArrayList<>();
        JsonNode tasks = calls.ok("task.get_all_records");
        tasks.fields().forEachRemaining(task -> {
            if (task.getValue().get("status").asText().equals("pending")) {
                pending.add(task.getValue().get("name_label").asText());
            }
        });
        return pending;
    }

    /** A halted VM with a disk full of data. */
    private String filled(String name) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VBD.create", Calls.vbdRecord(vm, uploads.fullDisk(sr, 32)));
        return vm;
    }

    /** A halted VM that a client exports, of which nothing is read but the beginning. */
    private String exported(String name) throws Exception {
        String vm = filled(name);
        assertThat(requests.send("GET", "/export?ref=" + vm).head()).contains(" 200 ");
        return vm;
    }

    private static List<String> async(int count, String method, Object... params) throws Exception {
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(calls.text("Async." + method, params));
        }
        return tasks;
    }

    private static void assertAnswersSoon() throws Exception {
        long began = System.nanoTime();
        String other = calls.vm("unconcerned");
        calls.ok("VM.start", other, false, false);
        calls.ok("VM.hard_shutdown", other);
        calls.ok("VM.destroy", other);
        try (Http graph = new Http(daemon, "GET", "/rrd_updates?start=0", Http.basic("root", daemon.password()))) {
            assertThat(graph.head()).contains(" 200 ");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    }

    private static String status(String task) throws Exception {
        return calls.text("task.get_status", task);
    }

    /** The status of each of these tasks that is not gone, by its reference. */
    private static Map<String, String> statuses(List<String> tasks) throws Exception {
        Map<String, String> statuses = new HashMap<>();
        JsonNode records = calls.ok("task.get_all_records");
        for (String task : tasks) {
            if (records.has(task)) {
                statuses.put(task, records.get(task).get("status").asText());
            }
        }
        return statuses;
    }

    @Test
    void twoHundredCallsThatWaitForOneVmStopNoOthers() throws Exception {
        String vm = exported("wanted");
        List<String> tasks = async(200, "VM.start", vm, false, false);
        assertAnswersSoon();
        for (String task : tasks) {
            assertThat(status(task)).isEqualTo("pending");
        }
        requests.closeLast(1);
        int started = 0;
        for (String task : tasks) {
            Eventually.holds(() -> assertThat(status(task)).isNotEqualTo("pending"));
            if (status(task).equals("success")) {
                started++;
            } else {
                assertThat(calls.ok("task.get_error_info", task).get(0).asText())
                        .isEqualTo("VM_BAD_POWER_STATE");
            }
        }
        assertThat(started).isOne();
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void beyondALimitCallsAreRefusedAndTheOthersGoOn() throws Exception {
        String vm = exported("wanted by too many");
        long before = threads();
        List<String> tasks = async(600, "VM.start", vm, false, false);
        // Those that ended may be gone: beyond 200 tasks the oldest of them are removed.
        Eventually.holds(() -> assertThat(statuses(tasks).values())
                .doesNotContain("success")
                .filteredOn("pending"::equals)
                .hasSize(512));
        assertAnswersSoon();
        // A thread for each that waits, and those of the pools.
        assertThat(threads()).isLessThan(before + 512 + 100);
    }

    private static long threads() throws Exception {
        return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToLong(line -> Long.parseLong(line.substring(8).strip()))
                .sum();
    }

    @Test
    void aCancelledCallDoesNotWaitOn() throws Exception {
        String vm = exported("wanted and not");
        String task = calls.text("Async.VM.start", vm, false, false);
        Eventually.holds(() ->
                assertThat(calls.list("task.get_allowed_operations", task)).containsExactly("cancel"));
        calls.ok("task.cancel", task);
        Eventually.holds(() -> assertThat(status(task)).isEqualTo("cancelled"));
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
    }

    private static String body(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":[" + params + "]}";
    }

    private static String session() throws Exception {
        return new JsonClient(daemon.http()).login(daemon.password());
    }

    @Test
    void aCallWhoseClientHasGoneDoesNotWaitOn() throws Exception {
        String vm = exported("wanted by one who goes");
        try (RawHttp client = new RawHttp(daemon.http())) {
            client.send(
                    RawHttp.request("/jsonrpc", body("VM.start", "\"" + session() + "\",\"" + vm + "\",false,false")));
            Eventually.holds(() -> assertThat(pending()).contains("VM.start"));
        }
        Eventually.holds(() -> assertThat(pending()).doesNotContain("VM.start"));
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
        assertThat(calls.ok("VM.get_current_operations", vm)).hasSize(1);
    }

    @Test
    void aClientThatSendsItsNextRequestMeanwhileIsStillThere() throws Exception {
        String vm = exported("wanted by a busy client");
        String session = session();
        try (RawHttp client = new RawHttp(daemon.http())) {
            client.send(
                    RawHttp.request("/jsonrpc", body("VM.start", "\"" + session + "\",\"" + vm + "\",false,false")));
            Eventually.holds(() -> assertThat(pending()).contains("VM.start"));
            client.send(RawHttp.request("/jsonrpc", body("session.get_this_user", "\"" + session + "\",\"x\"")));
            for (int i = 0; i < 10; i++) {
                assertAnswersSoon();
                assertThat(pending()).contains("VM.start");
            }
            for (String task : calls.list("task.get_by_name_label", "VM.start")) {
                calls.ok("task.cancel", task);
            }
            assertThat(client.answer()).contains("TASK_CANCELLED");
            assertThat(client.answer()).contains("HANDLE_INVALID");
        }
    }

    @Test
    void aCommandWhoseClientHasGoneDoesNotWaitOn() throws Exception {
        String vm = exported("wanted by xe");
        String uuid = calls.text("VM.get_uuid", vm);
        ThinClient xe = new ThinClient(daemon.socket());
        Thread client = new Thread(() -> {
            try {
                xe.run("vm-destroy", "uuid=" + uuid);
            } catch (Exception e) {
                // It is interrupted, which closes its connection.
            }
        });
        client.start();
        Eventually.holds(() -> assertThat(pending()).contains("VM.destroy"));
        client.interrupt();
        Eventually.holds(() -> assertThat(pending()).doesNotContain("VM.destroy"));
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
    }

    @Test
    void uploadsWhoseClientsHaveGoneKeepNoThreads() throws Exception {
        String vdi = calls.vdi(sr, 4 * MIB);
        Http slow = requests.send("PUT", "/import_raw_vdi?vdi=" + vdi, "content-length: " + 4 * MIB);
        slow.head();
        for (int i = 0; i < 120; i++) {
            requests.send("PUT", "/import_raw_vdi?vdi=" + vdi, "content-length: " + 4 * MIB)
                    .close();
        }
        assertAnswersSoon();
    }

    @Test
    void exportsThatWaitForAVmKeepNoThreads() throws Exception {
        String source = filled("imported slowly");
        byte[] archive = uploads.get("/export?ref=" + source);
        calls.ok("VM.set_name_label", source, "exported");
        Http slow = requests.send("PUT", "/import", "content-length: " + archive.length);
        slow.head();
        slow.send(Arrays.copyOf(archive, archive.length / 2));
        Eventually.holds(() -> assertThat(calls.list("VM.get_by_name_label", "imported slowly"))
                .hasSize(1));
        String vm = calls.first("VM.get_by_name_label", "imported slowly");
        Eventually.holds(
                () -> assertThat(calls.ok("VM.get_current_operations", vm)).hasSize(1));
        int exports = 150;
        for (int i = 0; i < exports; i++) {
            requests.send("GET", "/export?ref=" + vm);
        }
        Eventually.holds(() -> assertAnswersSoon());
        requests.closeLast(exports);
        Eventually.holds(() -> assertThat(pending()).doesNotContain("VM.export"));
        assertThat(calls.ok("VM.get_current_operations", vm)).hasSize(1);
    }

    /** The archive of a VM without disks, with as many networks that are not here as well. */
    private static byte[] archive(String name, int networks) throws Exception {
        String vm = calls.vm(name);
        String first = "to copy " + UUID.randomUUID();
        String network = calls.text(
                "network.create",
                Map.of("name_label", first, "name_description", "", "other_config", Map.of(), "MTU", 1500));
        calls.ok("VIF.create", Calls.vifRecord(vm, network));
        byte[] whole = uploads.get("/export?ref=" + vm);
        Eventually.holds(
                () -> assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty());
        calls.ok("VM.destroy", vm);
        calls.ok("network.destroy", network);
        String ova = new String(whole, 512, Uploads.size(whole, 0), StandardCharsets.UTF_8);
        int at = ova.lastIndexOf("<value><struct><member><name>class</name><value>network</value>");
        String end = "</struct></value></member></struct></value>";
        String object = ova.substring(at, ova.indexOf(end, at) + end.length());
        StringBuilder more = new StringBuilder(ova.substring(0, at));
        for (int i = 0; i < networks; i++) {
            more.append(object.replace(first, first + i)
                    .replaceAll("Ref:\\d+", "Ref:" + (1000 + i))
                    .replaceFirst("<name>bridge</name><value>[^<]*", "<name>bridge</name><value>gone" + i));
        }
        return tar(more.append(ova.substring(at)).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] tar(byte[] ova) throws Exception {
        return Uploads.join(
                Uploads.entry("ova.xml", '0', Uploads.octal(ova.length)),
                Arrays.copyOf(ova, Uploads.whole(ova.length)),
                new byte[1024]);
    }

    @Test
    void anImportDoesNotQueueBehindThoseThatWaitForItsVm() throws Exception {
        byte[] archive = archive("imported", 80);
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            int before = calls.list("network.get_all").size();
            Future<JsonNode> task = client.submit(() -> uploads.put("/import", archive));
            Eventually.holds(() ->
                    assertThat(calls.list("VM.get_by_name_label", "imported")).isNotEmpty());
            String vm = calls.first("VM.get_by_name_label", "imported");
            List<String> starts = async(70, "VM.start", vm, false, false);
            assertThat(task.get(SOON.toSeconds(), TimeUnit.SECONDS)
                            .get("status")
                            .asText())
                    .isEqualTo("success");
            assertThat(calls.list("network.get_all")).hasSizeGreaterThanOrEqualTo(before + 80);
            for (String start : starts) {
                Eventually.holds(() -> assertThat(status(start)).isNotEqualTo("pending"));
            }
            calls.ok("VM.hard_shutdown", vm);
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void eightClientsThatRestoreOneVmComeToAnEnd() throws Exception {
        byte[] archive = archive("restored", 5);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(clients.submit(() -> {
                    List<String> outcomes = new ArrayList<>();
                    for (int round = 0; round < 5; round++) {
                        outcomes.add(uploads.put("/import?restore=true&force=true", archive)
                                .get("status")
                                .asText());
                    }
                    return outcomes;
                }));
            }
            List<String> outcomes = new ArrayList<>();
            for (Future<List<String>> each : all) {
                outcomes.addAll(each.get(120, TimeUnit.SECONDS));
            }
            assertThat(outcomes).hasSize(40).contains("success").containsOnly("success", "failure");
            assertAnswersSoon();
        } finally {
            clients.shutdownNow();
        }
    }
}
