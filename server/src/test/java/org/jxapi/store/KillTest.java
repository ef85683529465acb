package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.daemon.Jxapid;
import org.jxapi.daemon.UnsyncedDaemon;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;

/**
 * The daemon is killed again and again under eight clients that write.
 *
 * <p>A build kills 6 times, and pulls the power once; {@code -Djxapi.kills=N} kills N times, and pulls it N / 5 times.
 */
class KillTest {
    private static final int WRITERS = 8;
    private static final int KILLS = Integer.getInteger("jxapi.kills", 6);
    private static final int CHANGES_BEFORE_A_KILL = 150;

    @TempDir
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndRunningVmsStayKnown() throws Exception {
        nothingIsLost(Jxapid.class, KILLS);
    }

    /** A daemon whose file has only what was forced to disk: to kill it is to pull its power cord. */
    @Test
    void norDoesAPowerFailureLoseAnything() throws Exception {
        nothingIsLost(UnsyncedDaemon.class, KILLS / 5);
    }

    private void nothingIsLost(Class<?> program, int kills) throws Exception {
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        DaemonProcess daemon = DaemonProcess.start(folder, program);
        try {
            JsonClient first = new JsonClient(daemon.http());
            String session = first.login(daemon.password());
            String running = first.ok("VM.clone", session, template(first, session), "runs")
                    .asText();
            first.ok("VM.provision", session, running);
            first.ok("VM.start", session, running, false, false);
            String pending = first.ok("task.create", session, "unfinished", "").asText();
            for (int kill = 0; kill < kills; kill++) {
                writeUntilKilled(daemon, acknowledged, kill);
                daemon = DaemonProcess.start(folder, program);
                JsonClient client = new JsonClient(daemon.http());
                String mine = client.login(daemon.password());
                JsonNode networks = client.ok("network.get_all_records", mine);
                acknowledged.forEach((ref, name) -> {
                    assertThat(networks.has(ref)).as("%s is there", name).isTrue();
                    assertThat(networks.get(ref).get("name_label").asText()).isEqualTo(name);
                    assertThat(networks.get(ref).get("name_description").asText())
                            .isIn("", "of " + name);
                });
                assertThat(client.ok("VM.get_power_state", mine, running).asText())
                        .isEqualTo("Running");
                assertThat(client.ok("task.get_status", mine, pending).asText()).isEqualTo("failure");
            }
            assertThat(acknowledged).hasSizeGreaterThan(kills);
        } finally {
            daemon.close();
        }
    }

    private static String template(JsonClient client, String session) throws Exception {
        return client.ok("VM.get_by_name_label", session, "Other install media")
                .get(0)
                .asText();
    }

    private static void writeUntilKilled(DaemonProcess daemon, Map<String, String> acknowledged, int round)
            throws Exception {
        CountDownLatch enough = new CountDownLatch(CHANGES_BEFORE_A_KILL);
        AtomicInteger next = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Thread writer = new Thread(() -> {
                try {
                    JsonClient client = new JsonClient(daemon.http());
                    String session = client.login(daemon.password());
                    while (true) {
                        String name = round + "/" + next.incrementAndGet();
                        String ref = client.ok(
                                        "network.create",
                                        session,
                                        Map.of("name_label", name, "other_config", Map.of(), "managed", true))
                                .asText();
                        acknowledged.put(ref, name);
                        client.ok("network.set_name_description", session, ref, "of " + name);
                        enough.countDown();
                    }
                } catch (IOException killed) {
                    // As intended: what was under way then was not acknowledged.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            writer.start();
            writers.add(writer);
        }
        enough.await();
        daemon.kill();
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
