package org.jxapi.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RawHttp;

/**
 * Several clients at once do as they like with a few VMs and disks: no disk ever has two writers, whatever is asked comes
 * to an end, and nothing is left of it.
 */
class ConcurrentClientsTest {
    private static final int MIB = 1 << 20;
    private static final String NULL = "OpaqueRef:NULL";
    private static final int CLIENTS = 5;

    private Path folder;
    private DaemonProcess daemon;
    private Calls calls;
    private String sr;
    private final List<String> vms = new ArrayList<>();
    private final List<String> disks = new ArrayList<>();
    private byte[] archive;

    enum Kind {
        START,
        HARD_SHUTDOWN,
        CLEAN_SHUTDOWN,
        HARD_REBOOT,
        SUSPEND,
        RESUME,
        ADD_DISK,
        REMOVE_DISK,
        PLUG,
        UNPLUG,
        UPLOAD,
        BROKEN_UPLOAD,
        DOWNLOAD,
        BROKEN_DOWNLOAD,
        EXPORT,
        RESTORE,
        COPY,
        COPY_INTO,
        RESIZE,
        SNAPSHOT,
        REVERT,
        CANCEL,
        ASK_AND_GO
    }

    /** A step of a client; the numbers choose a VM and a disk. */
    record Step(Kind kind, int vm, int disk) {}

    @BeforeProperty
    void start() throws Exception {
        folder = Files.createTempDirectory("jxapi-clients");
        daemon = DaemonProcess.start(folder);
        calls = new Calls(daemon);
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        for (int i = 0; i < 4; i++) {
            vms.add(calls.vm("vm" + i));
        }
        for (int i = 0; i < 3; i++) {
            Map<String, Object> record = Calls.vdiRecord(sr, 2 * MIB);
            disks.add(calls.text("VDI.create", i == 2 ? Calls.with(record, "sharable", true) : record));
        }
        for (String vm : vms) {
            for (String disk : disks) {
                calls.ok("VBD.create", Calls.vbdRecord(vm, disk));
            }
        }
        String alone = calls.vm("archived");
        try (Http export = request("GET", "/export?ref=" + alone)) {
            export.head();
            archive = export.rest();
        }
    }

    @AfterProperty
    void stop() throws IOException {
        daemon.close();
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    private Http request(String method, String target, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(Http.basic("root", daemon.password())));
        all.addAll(List.of(headers));
        return new Http(daemon, method, target, all.toArray(String[]::new));
    }

    @Provide
    Arbitrary<List<List<Step>>> clients() {
        Arbitrary<Step> step = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(4, Kind.START), Tuple.of(3, Kind.HARD_SHUTDOWN), Tuple.of(1, null)),
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2))
                .as((often, any, vm, disk) -> new Step(often == null || (vm + disk) % 2 == 0 ? any : often, vm, disk));
        return step.list().ofMinSize(6).ofMaxSize(12).list().ofSize(CLIENTS);
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    void noDiskHasTwoWritersAndEverythingComesToAnEnd(@ForAll("clients") List<List<Step>> clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (List<Step> steps : clients) {
                Calls own = new Calls(daemon);
                all.add(threads.submit(() -> {
                    for (Step step : steps) {
                        take(own, step);
                    }
                    return null;
                }));
            }
            do {
                assertOneWriter();
            } while (all.stream().anyMatch(client -> !client.isDone()));
            for (Future<?> client : all) {
                client.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertQuiet();
        for (String vm : vms) {
            if (!calls.text("VM.get_power_state", vm).equals("Halted")) {
                calls.ok("VM.hard_shutdown", vm);
            }
        }
        assertNoThreadWaits();
    }

    private void take(Calls own, Step step) throws Exception {
        String vm = vms.get(step.vm());
        String disk = disks.get(step.disk());
        switch (step.kind()) {
            case START -> ask(own, "VM.start", vm, false, false);
            case HARD_SHUTDOWN -> ask(own, "VM.hard_shutdown", vm);
            case CLEAN_SHUTDOWN -> ask(own, "VM.clean_shutdown", vm);
            case HARD_REBOOT -> ask(own, "VM.hard_reboot", vm);
            case SUSPEND -> ask(own, "VM.suspend", vm);
            case RESUME -> ask(own, "VM.resume", vm, false, false);
            case ADD_DISK -> ask(own, "VBD.create", Calls.vbdRecord(vm, disk));
            case REMOVE_DISK -> ask(own, "VBD.destroy", vbd(own, vm, disk));
            case PLUG -> ask(own, "VBD.plug", vbd(own, vm, disk));
            case UNPLUG -> ask(own, "VBD.unplug", vbd(own, vm, disk));
            case UPLOAD -> upload("/import_raw_vdi?vdi=" + disk, new byte[MIB], MIB);
            case BROKEN_UPLOAD -> upload("/import_raw_vdi?vdi=" + disk, new byte[MIB / 2], MIB);
            case DOWNLOAD -> download("/export_raw_vdi?vdi=" + disk, true);
            case BROKEN_DOWNLOAD -> download("/export_raw_vdi?vdi=" + disk, false);
            case EXPORT -> download("/export?ref=" + vm, step.disk() == 0);
            case RESTORE -> upload("/import?restore=true&force=true", archive, archive.length);
            case COPY -> destroyed(own, own.errorOrRef("VDI.copy", disk, sr, NULL, NULL));
            case COPY_INTO -> ask(own, "VDI.copy", disk, NULL, NULL, disks.get((step.disk() + 1) % disks.size()));
            case RESIZE -> ask(own, "VDI.resize", disk, 2 * MIB);
            case SNAPSHOT -> destroyed(own, own.errorOrRef("VDI.snapshot", disk));
            case REVERT -> revert(own, vm);
            case CANCEL -> {
                for (String task : own.list("task.get_by_name_label", "Async.VM.start")) {
                    ask(own, "task.cancel", task);
                }
                ask(own, "Async.VM.start", vm, false, false);
            }
            case ASK_AND_GO -> askAndGo(vm);
        }
    }

    /** A VBD of the disk in the VM; nothing like one when there is none. */
    private static String vbd(Calls own, String vm, String disk) throws Exception {
        JsonNode vbds = own.ok("VBD.get_all_records");
        String found = "OpaqueRef:none";
        for (var all = vbds.fields(); all.hasNext(); ) {
            Map.Entry<String, JsonNode> vbd = all.next();
            if (vbd.getValue().get("VM").asText().equals(vm)
                    && vbd.getValue().get("VDI").asText().equals(disk)) {
                found = vbd.getKey();
            }
        }
        return found;
    }

    private static void ask(Calls own, String method, Object... params) throws Exception {
        assertExpected(method, own.errorOrRef(method, params));
    }

    private static void destroyed(Calls own, String made) throws Exception {
        if (made.startsWith("OpaqueRef:")) {
            ask(own, "VDI.destroy", made);
        } else {
            assertExpected("VDI.copy or snapshot", made);
        }
    }

    /** Errors are right answers here, but none that says that the daemon does not know what it does. */
    private static void assertExpected(String method, String outcome) {
        assertThat(outcome).as(method).doesNotContain("INTERNAL_ERROR", "SR_BACKEND_FAILURE");
    }

    private static void revert(Calls own, String vm) throws Exception {
        List<String> snapshots = own.list("VM.get_snapshots", vm);
        if (snapshots.isEmpty()) {
            ask(own, "VM.snapshot", vm, "snapshot");
        } else {
            ask(own, "VM.destroy", snapshots.get(0));
        }
    }

    private void upload(String target, byte[] body, int length) throws IOException {
        try (Http http = request("PUT", target, "content-length: " + length)) {
            if (http.head().contains(" 200 ")) {
                http.send(body);
                if (body.length == length) {
                    http.rest();
                }
            }
        } catch (IOException e) {
            // A server that does not want the rest closes the connection.
        }
    }

    private void download(String target, boolean whole) throws IOException {
        try (Http http = request("GET", target)) {
            http.head();
            if (whole) {
                http.rest();
            }
        } catch (IOException e) {
            // So it says that the export has failed.
        }
    }

    private void askAndGo(String vm) throws Exception {
        String session = new JsonClient(daemon.http()).login(daemon.password());
        try (RawHttp client = new RawHttp(daemon.http())) {
            client.send(RawHttp.request(
                    "/jsonrpc",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"VM.start\",\"params\":[\"" + session + "\",\"" + vm
                            + "\",false,false]}"));
        }
    }

    /** Of one moment: a disk that is not sharable, and that one domain writes to, is no other domain's. */
    private void assertOneWriter() throws Exception {
        JsonNode moment = calls.ok("event.from", List.of("VM", "VBD", "VDI"), "", 0.0);
        Map<String, JsonNode> rows = new HashMap<>();
        moment.get("events").forEach(event -> rows.put(event.get("ref").asText(), event.get("snapshot")));
        Map<String, List<String>> users = new HashMap<>();
        rows.values().stream()
                .filter(row -> row.has("VDI") && row.get("currently_attached").asBoolean())
                .filter(row -> {
                    JsonNode vm = rows.get(row.get("VM").asText());
                    return vm != null && !vm.get("power_state").asText().equals("Suspended");
                })
                .forEach(row -> users.computeIfAbsent(row.get("VDI").asText(), v -> new ArrayList<>())
                        .add(row.get("mode").asText()));
        users.forEach((vdi, modes) -> {
            JsonNode disk = rows.get(vdi);
            if (disk != null && !disk.get("sharable").asBoolean() && modes.contains("RW")) {
                assertThat(modes).as("domains that have disk " + vdi).hasSize(1);
            }
        });
    }

    private void assertQuiet() throws Exception {
        Eventually.holds(() -> {
            JsonNode tasks = calls.ok("task.get_all_records");
            tasks.forEach(task -> assertThat(task.get("status").asText())
                    .as(task.get("name_label").asText())
                    .isNotEqualTo("pending"));
            for (String of : List.of("VM", "VBD", "VDI", "SR")) {
                calls.ok(of + ".get_all_records")
                        .forEach(row ->
                                assertThat(row.get("current_operations")).as(of).isEmpty());
            }
            String zero = calls.text("host.get_control_domain", calls.first("host.get_all"));
            assertThat(calls.list("VM.get_VBDs", zero)).isEmpty();
        });
    }

    /** The daemon's own view of its threads: none is in an operation or a transfer. */
    private void assertNoThreadWaits() throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Eventually.holds(() -> {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(daemon.pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .start();
            String threads = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(threads).isZero();
            assertThat(threads)
                    .doesNotContain("org.jxapi.operation.Operations.await")
                    .doesNotContain("org.jxapi.transfer.TransferServer.serve");
        });
    }
}
