package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;

/**
 * Does random things to guests with a disk on a repository that all hosts of a pool share. Each may fail when a host or the
 * network does. Afterwards nothing may be left of those that were interrupted.
 */
final class PoolOperator implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 10;
    private static final int GUESTS = 2;
    private static final int MOST_SNAPSHOTS = 4;
    private static final long MIB = 1 << 20;

    /** The actions on a guest in each power state; some are there more than once to be done more often. */
    private static final Map<String, List<String>> ACTIONS = Map.of(
            "Halted", List.of("start", "start", "start_on", "start_on", "snapshot", "clone", "resize", "revert"),
            "Running",
                    List.of(
                            "hard_shutdown",
                            "hard_reboot",
                            "pause",
                            "snapshot",
                            "suspend",
                            "pool_migrate",
                            "checkpoint"),
            "Paused", List.of("unpause", "hard_shutdown"),
            "Suspended", List.of("resume", "resume", "hard_shutdown"));

    private final TestPool pool;
    private final String session;
    private final Path location;
    private final Random random;
    private final String sr;
    private final List<String> guests = new ArrayList<>();
    private final Map<String, Integer> succeeded = new TreeMap<>();
    private final Thread thread;
    private volatile boolean done;

    /**
     * @param caller a session at the coordinator; it must outlive all coordinators
     * @param location a folder for the repository
     */
    PoolOperator(TestPool pool, TestPool.Caller caller, Path location, long seed) throws Exception {
        this.pool = pool;
        this.session = caller.session();
        this.location = Files.createDirectories(location);
        this.random = new Random(seed);
        TestPool.Member first = pool.hosts().get(0);
        Map<String, String> config = Map.of("location", location.toString(), "preferred-image-formats", "qcow2");
        sr = caller.text("SR.create", first.ref, config, 0, "operated", "", "file", "user", true, Map.of());
        for (int i = 0; i < GUESTS; i++) {
            String guest = caller.vm("operated " + i);
            caller.text("VM.set_suspend_SR", guest, sr);
            caller.plug(guest, caller.vdi(sr, "operated"));
            guests.add(guest);
        }
        thread = new Thread(this::run, "operator");
        thread.start();
    }

    private void run() {
        try {
            Map<TestPool.Member, JsonClient> clients = new HashMap<>();
            for (TestPool.Member host : pool.hosts()) {
                clients.put(host, host.client(PATIENCE));
            }
            TestPool.Member coordinator = pool.hosts().get(0);
            while (!done) {
                try {
                    if (!act(new TestPool.Caller(clients.get(coordinator), session))) {
                        coordinator =
                                pool.hosts().get(random.nextInt(pool.hosts().size()));
                    }
                } catch (IOException e) {
                    coordinator = pool.hosts().get(random.nextInt(pool.hosts().size()));
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Does something; false if that is no coordinator. */
    private boolean act(TestPool.Caller caller) throws Exception {
        String guest = guests.get(random.nextInt(GUESTS));
        String state = caller.answer("VM.get_power_state", guest).path("result").asText();
        if (state.isEmpty()) {
            return false;
        }
        List<String> actions = ACTIONS.get(state);
        String action = actions.get(random.nextInt(actions.size()));
        if (!carryOut(caller, guest, action).has("error")) {
            succeeded.merge(action, 1, Integer::sum);
        }
        JsonNode snapshots = caller.answer("VM.get_snapshots", guest).path("result");
        if (snapshots.size() > MOST_SNAPSHOTS) {
            remove(caller, snapshots.get(random.nextInt(snapshots.size())).asText());
        }
        return true;
    }

    private JsonNode carryOut(TestPool.Caller caller, String guest, String action) throws Exception {
        String host = pool.hosts().get(random.nextInt(pool.hosts().size())).ref;
        return switch (action) {
            case "start", "resume" -> caller.answer("VM." + action, guest, false, false);
            case "start_on" -> caller.answer("VM.start_on", guest, host, false, false);
            case "pool_migrate" -> caller.answer("VM.pool_migrate", guest, host, Map.of());
            case "snapshot", "checkpoint" -> caller.answer("VM." + action, guest, action);
            case "revert" -> {
                JsonNode snapshots = caller.answer("VM.get_snapshots", guest).path("result");
                yield snapshots.isEmpty()
                        ? snapshots
                        : caller.answer(
                                "VM.revert",
                                snapshots.get(random.nextInt(snapshots.size())).asText());
            }
            case "clone" -> {
                JsonNode made = caller.answer("VM.clone", guest, "clone");
                if (made.has("result")) {
                    remove(caller, made.get("result").asText());
                }
                yield made;
            }
            case "resize" -> {
                String vdi = disks(caller, guest).get(0);
                long size = caller.answer("VDI.get_virtual_size", vdi)
                        .path("result")
                        .asLong();
                yield caller.answer("VDI.resize", vdi, size + MIB);
            }
            default -> caller.answer("VM." + action, guest);
        };
    }

    private static List<String> disks(TestPool.Caller caller, String vm) throws Exception {
        List<String> disks = new ArrayList<>();
        for (JsonNode vbd : caller.answer("VM.get_VBDs", vm).path("result")) {
            String vdi =
                    caller.answer("VBD.get_VDI", vbd.asText()).path("result").asText();
            if (!vdi.isEmpty() && !vdi.equals("OpaqueRef:NULL")) {
                disks.add(vdi);
            }
        }
        return disks;
    }

    private static void remove(TestPool.Caller caller, String vm) throws Exception {
        List<String> disks = disks(caller, vm);
        caller.answer("VM.destroy", vm);
        for (String vdi : disks) {
            caller.answer("VDI.destroy", vdi);
        }
    }

    /** Ends the work. Then the guests start on each host, and when all disks are gone, so are all files. */
    void settle(TestPool.Caller caller) throws Exception {
        close();
        Eventually.holds(() -> assertThat(busy(caller)).isEmpty());
        // A host that has just come back is offline for a moment.
        for (String guest : guests) {
            Eventually.holds(() -> {
                if (!caller.text("VM.get_power_state", guest).equals("Halted")) {
                    caller.text("VM.hard_shutdown", guest);
                }
            });
            for (TestPool.Member host : pool.hosts()) {
                Eventually.holds(() -> caller.text("VM.start_on", guest, host.ref, false, false));
                caller.text("VM.hard_shutdown", guest);
            }
        }
        Eventually.holds(() -> {
            for (JsonNode vdi : caller.answer("SR.get_VDIs", sr).path("result")) {
                caller.answer("VDI.destroy", vdi.asText());
            }
            assertThat(caller.answer("SR.get_VDIs", sr).path("result")).isEmpty();
        });
        caller.text("SR.scan", sr);
        assertThat(caller.answer("SR.get_VDIs", sr).path("result")).isEmpty();
        assertThat(files()).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(location)) {
            return all.filter(file -> Files.isRegularFile(file) && !file.endsWith(".jxapi-lease"))
                    .toList();
        }
    }

    /** The objects with operations. */
    private static List<String> busy(TestPool.Caller caller) throws Exception {
        List<String> found = new ArrayList<>();
        for (String type : List.of("VM", "VBD", "VDI", "VIF", "SR", "network", "host", "pool")) {
            caller.answer(type + ".get_all_records").path("result").fields().forEachRemaining(each -> {
                JsonNode operations = each.getValue().get("current_operations");
                if (!operations.isEmpty()) {
                    found.add(type + " " + each.getKey() + " has " + operations);
                }
            });
        }
        return found;
    }

    /** How often it did each thing. */
    Map<String, Integer> succeeded() {
        return succeeded;
    }

    @Override
    public void close() throws InterruptedException {
        done = true;
        thread.join();
    }
}
