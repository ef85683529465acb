package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.DiskFiles;

/**
 * Several clients make, introduce, plug, scan and remove repositories in folders that lie in each other and lead to each
 * other, and disks in them. No file ever belongs to two disks, and no file of a disk goes but by VDI.destroy of it.
 */
class RepositoryFoldersWalkTest {
    private static final int CLIENTS = 3;
    private static final List<String> FOLDERS =
            List.of("a", "a/b", "a/b/c", "d", "link", "link/b", "up/d", "up/a", "d/../a/b");

    private static Path folder;
    private static DaemonProcess daemon;
    private static List<Calls> clients;

    enum Kind {
        CREATE,
        INTRODUCE,
        PLUG,
        UNPLUG,
        SCAN,
        FORGET,
        DESTROY,
        VDI_CREATE,
        VDI_DESTROY
    }

    /** A step of a client. The numbers choose folders, repositories and disks. */
    record Step(Kind kind, int one, int other) {}

    @BeforeContainer
    static void start() throws Exception {
        folder = Files.createTempDirectory("jxapi-walk");
        daemon = DaemonProcess.start(folder);
        clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Calls(daemon));
        }
    }

    @AfterContainer
    static void stop() throws Exception {
        daemon.close();
        delete(folder);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(4, Kind.CREATE),
                Tuple.of(4, Kind.INTRODUCE),
                Tuple.of(2, Kind.PLUG),
                Tuple.of(3, Kind.UNPLUG),
                Tuple.of(4, Kind.SCAN),
                Tuple.of(3, Kind.FORGET),
                Tuple.of(1, Kind.DESTROY),
                Tuple.of(5, Kind.VDI_CREATE),
                Tuple.of(3, Kind.VDI_DESTROY));
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 1000);
        return Combinators.combine(kinds, numbers, numbers).as(Step::new).list().ofSize(60);
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void noFileBelongsToTwoDisksAndNoneIsLost(@ForAll("steps") List<Step> steps) throws Exception {
        Path base = Files.createTempDirectory(folder, "try").toRealPath();
        Files.createDirectory(base.resolve("a"));
        Files.createDirectory(base.resolve("d"));
        Files.createSymbolicLink(base.resolve("link"), base.resolve("a"));
        Files.createSymbolicLink(base.resolve("up"), base);
        Walk walk = new Walk(base);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                running.add(threads.submit(() -> {
                    for (int at = client; at < steps.size(); at += CLIENTS) {
                        walk.take(clients.get(client), steps.get(at));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        walk.check(clients.get(0));
        walk.clear(clients.get(0));
    }

    /** One try: what its clients know. */
    private static final class Walk {
        private final Path base;
        private final Set<String> made = ConcurrentHashMap.newKeySet();
        private final Set<String> destroyed = ConcurrentHashMap.newKeySet();

        Walk(Path base) {
            this.base = base;
        }

        void take(Calls calls, Step step) throws Exception {
            String location = base + "/" + FOLDERS.get(step.one() % FOLDERS.size());
            Map<String, String> config = Map.of("location", location);
            String host = calls.first("host.get_all");
            switch (step.kind()) {
                case CREATE ->
                    calls.outcome("SR.create", host, config, 0, base.toString(), "", "file", "user", false, Map.of());
                case INTRODUCE -> {
                    String sr = calls.text("SR.introduce", "", base.toString(), "", "file", "user", false, Map.of());
                    JsonNode pbd = calls.answer("PBD.create", Map.of("host", host, "SR", sr, "device_config", config));
                    if (pbd.has("error")
                            || !calls.outcome("PBD.plug", pbd.get("result").asText())
                                    .equals("ok")) {
                        calls.outcome("SR.forget", sr);
                    }
                }
                case PLUG -> onPbd(calls, step, "PBD.plug");
                case UNPLUG -> onPbd(calls, step, "PBD.unplug");
                case SCAN -> onSr(calls, step, "SR.scan");
                case FORGET -> onSr(calls, step, "SR.forget");
                case DESTROY -> onSr(calls, step, "SR.destroy");
                case VDI_CREATE -> vdi(calls, step);
                default -> destroy(calls, step);
            }
        }

        private List<String> srs(Calls calls) throws Exception {
            return calls.list("SR.get_by_name_label", base.toString());
        }

        private void onSr(Calls calls, Step step, String method) throws Exception {
            List<String> all = srs(calls);
            if (!all.isEmpty()) {
                calls.outcome(method, all.get(step.one() % all.size()));
            }
        }

        private void onPbd(Calls calls, Step step, String method) throws Exception {
            List<String> all = srs(calls);
            if (!all.isEmpty()) {
                JsonNode pbds = calls.answer("SR.get_PBDs", all.get(step.one() % all.size()));
                if (pbds.path("result").size() > 0) {
                    calls.outcome(method, pbds.get("result").get(0).asText());
                }
            }
        }

        private void vdi(Calls calls, Step step) throws Exception {
            List<String> all = srs(calls);
            if (!all.isEmpty()) {
                JsonNode vdi = calls.answer("VDI.create", Calls.vdiRecord(all.get(step.one() % all.size()), 1 << 20));
                if (!vdi.has("error")) {
                    JsonNode uuid =
                            calls.answer("VDI.get_uuid", vdi.get("result").asText());
                    if (!uuid.has("error")) {
                        made.add(uuid.get("result").asText());
                    }
                }
            }
        }

        private void destroy(Calls calls, Step step) throws Exception {
            List<String> all = new ArrayList<>();
            for (String sr : srs(calls)) {
                calls.answer("SR.get_VDIs", sr).path("result").forEach(vdi -> all.add(vdi.asText()));
            }
            if (!all.isEmpty()) {
                String vdi = all.get(step.other() % all.size());
                JsonNode location = calls.answer("VDI.get_location", vdi);
                if (!location.has("error")) {
                    destroyed.add(location.get("result").asText());
                    calls.outcome("VDI.destroy", vdi);
                }
            }
        }

        void check(Calls calls) throws Exception {
            Map<Path, String> owners = new HashMap<>();
            for (String sr : srs(calls)) {
                JsonNode pbds = calls.ok("SR.get_PBDs", sr);
                if (pbds.isEmpty()) {
                    continue;
                }
                String location = calls.ok("PBD.get_device_config", pbds.get(0).asText())
                        .get("location")
                        .asText();
                for (String vdi : calls.list("SR.get_VDIs", sr)) {
                    Path folder = Path.of(location).normalize().toRealPath();
                    String disk = calls.text("VDI.get_location", vdi);
                    assertThat(DiskFiles.locations(folder)).contains(disk);
                    assertThat(owners.put(folder.resolve(disk), vdi))
                            .as("the owner of %s in %s", disk, folder)
                            .isNull();
                }
            }
            Set<String> lost = new HashSet<>(made);
            lost.removeAll(destroyed);
            lost.removeAll(DiskFiles.locations(base));
            assertThat(lost).isEmpty();
        }

        void clear(Calls calls) throws Exception {
            for (String sr : srs(calls)) {
                for (String pbd : calls.list("SR.get_PBDs", sr)) {
                    calls.ok("PBD.unplug", pbd);
                }
                calls.ok("SR.forget", sr);
            }
            delete(base);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
