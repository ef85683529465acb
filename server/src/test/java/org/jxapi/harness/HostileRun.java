package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.XenModel;

/**
 * A daemon under hostile clients, with a small heap, and what must be so when they have gone: threads, descriptors and
 * memory are back, each disk has its file and each file its disk, no task is pending, no operation is held, and nothing
 * in the log is a fault of the daemon's own.
 */
public final class HostileRun {
    private static final long MIB = 1 << 20;
    /** Threads that the pools, and Jetty, may keep for a while. */
    private static final long THREADS = 20;

    private static final long DESCRIPTORS = 30;
    private static final long HEAP = 96 * MIB;
    /** Cases between two looks at the objects. */
    private static final int LOOK_AGAIN = 300;
    /** Lines that only a fault in the daemon writes. */
    private static final List<String> FAULTS = List.of(
            "failed unexpectedly",
            "its end cannot be stored",
            "Exception in thread",
            "OutOfMemoryError",
            "StackOverflowError",
            "session_id=OpaqueRef");

    private final Path folder;
    private final DaemonProcess daemon;
    private final JsonClient json;
    private String session;
    private final long threads;
    private final long descriptors;
    private HostileValues values;
    private int cases;

    public HostileRun() throws Exception {
        folder = Files.createTempDirectory("hostile");
        daemon = DaemonProcess.start(folder);
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
        threads = threads();
        descriptors = descriptors();
    }

    /** One with three running guests, each with a disk. */
    public static HostileRun withGuests() throws Exception {
        HostileRun run = new HostileRun();
        Calls calls = new Calls(run.daemon);
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        for (int i = 0; i < 3; i++) {
            String vm = calls.vm("vm" + i);
            calls.ok("VBD.create", Calls.vbdRecord(vm, calls.vdi(sr, 1 << 20)));
            calls.ok("VM.start", vm, i == 1, false);
        }
        return run;
    }

    public DaemonProcess daemon() {
        return daemon;
    }

    public JsonClient json() {
        return json;
    }

    /** A session of root; another one when a call has ended it. */
    public String session() throws Exception {
        if (json.call("session.get_uuid", List.of(session, session)).has("error")) {
            session = json.login(daemon.password());
        }
        return session;
    }

    /** Values that name the objects that are there now, or were a little while ago. */
    public HostileValues values() throws Exception {
        if (cases++ % LOOK_AGAIN == 0) {
            values = new HostileValues(objects());
        }
        return values;
    }

    /** The records of all objects, by class and reference. */
    private Map<String, Map<String, Map<String, Object>>> objects() throws Exception {
        Map<String, Map<String, Map<String, Object>>> objects = new LinkedHashMap<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (model.database() && model.message("get_all_records") != null) {
                JsonNode records = json.call(model.name() + ".get_all_records", List.of(session()))
                        .path("result");
                if (!records.isObject()) {
                    continue;
                }
                objects.put(
                        model.name(),
                        JsonClient.JSON.convertValue(
                                records, new TypeReference<Map<String, Map<String, Object>>>() {}));
            }
        }
        return objects;
    }

    /** Fails unless the daemon serves the next client, and its log has no fault of its own. */
    public void checkItServes() throws Exception {
        assertThat(json.ok("pool.get_all", session())).hasSize(1);
        assertThat(faults()).isEmpty();
    }

    private List<String> faults() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("log"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> FAULTS.stream().anyMatch(line::contains))
                    .limit(20)
                    .toList();
        }
    }

    /** Ends the daemon, and fails unless it is as it was before the clients came. */
    public void end() throws Exception {
        try {
            checkAftermath();
        } finally {
            close();
        }
    }

    private void checkAftermath() throws Exception {
        Eventually.holds(this::checkNothingIsStuck);
        checkDisks();
        Eventually.holds(() -> assertThat(threads()).as("threads").isLessThanOrEqualTo(threads + THREADS));
        Eventually.holds(
                () -> assertThat(descriptors()).as("descriptors").isLessThanOrEqualTo(descriptors + DESCRIPTORS));
        assertThat(liveHeap()).as("bytes of live objects").isLessThan(HEAP);
        assertThat(faults()).isEmpty();
    }

    private void checkNothingIsStuck() throws Exception {
        String mine = session();
        JsonNode tasks = json.ok("task.get_all_records", mine);
        tasks.forEach(task -> assertThat(task.path("status").asText())
                .as("status of %s", task)
                .isNotEqualTo("pending"));
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (!model.database()
                    || model.fields().stream().noneMatch(f -> f.name().equals("current_operations"))) {
                continue;
            }
            json.ok(model.name() + ".get_all_records", mine)
                    .fields()
                    .forEachRemaining(object -> assertThat(object.getValue().path("current_operations"))
                            .as("operations of %s %s", model.name(), object.getKey())
                            .isEmpty());
        }
    }

    /** Every managed disk of a folder that has data has its file, and the other way around. */
    private void checkDisks() throws Exception {
        String mine = session();
        Path storage = daemon.data().resolve("storage");
        Set<String> recorded = new TreeSet<>();
        JsonNode repositories = json.ok("SR.get_all_records", mine);
        json.ok("VDI.get_all_records", mine).forEach(vdi -> {
            JsonNode sr = repositories.path(vdi.path("SR").asText());
            boolean data = !vdi.path("type").asText().equals("cbt_metadata");
            if (sr.path("type").asText().equals("file") && vdi.path("managed").asBoolean() && data) {
                recorded.add(vdi.path("location").asText());
            }
        });
        assertThat(DiskFiles.locations(storage)).as("files of %s", storage).isEqualTo(recorded);
    }

    private long threads() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
            return all.count();
        }
    }

    private long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + daemon.pid() + "/fd"))) {
            return all.count();
        }
    }

    /** The heap after a full collection, in bytes. */
    private long liveHeap() throws Exception {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(daemon.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        histogram.waitFor();
        String total = text.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() -> new IOException(text));
        return Long.parseLong(total.strip().split("\\s+")[2]);
    }

    private void close() throws IOException {
        daemon.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
