package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.DiskFiles;

/** The daemon is killed in the middle of what it does to disks: rows and files agree afterwards. */
class DiskKillTest {
    private static final long MIB = 1 << 20;
    private static final int CLIENTS = 4;
    private static final int KILLS = 3;
    private static final int CHANGES_BEFORE_A_KILL = 30;

    @TempDir
    Path folder;

    @Test
    void filesAndRowsAgreeAfterEveryKill() throws Exception {
        Path location = folder.resolve("sr");
        Set<String> made = ConcurrentHashMap.newKeySet();
        Map<String, Long> grown = new ConcurrentHashMap<>();
        Set<String> destroyed = ConcurrentHashMap.newKeySet();
        DaemonProcess daemon = DaemonProcess.start(folder);
        try {
            Calls calls = new Calls(daemon);
            String sr = calls.fileSr("sr", Map.of("location", location.toString(), "preferred-image-formats", "raw"));
            String large = calls.vdi(sr, 48 * MIB);
            Path contents = location.resolve(calls.text("VDI.get_uuid", large) + ".raw");
            byte[] full = new byte[(int) (48 * MIB)];
            Arrays.fill(full, (byte) 7);
            Files.write(contents, full);
            made.add(large);
            for (int kill = 0; kill < KILLS; kill++) {
                workUntilKilled(daemon, sr, large, made, grown, destroyed);
                daemon = DaemonProcess.start(folder);
                calls = new Calls(daemon);
                Map<String, String> uuids = new HashMap<>();
                for (String vdi : calls.list("SR.get_VDIs", sr)) {
                    uuids.put(vdi, calls.text("VDI.get_uuid", vdi) + ".raw");
                }
                Set<String> files;
                try (Stream<Path> list = Files.list(location)) {
                    files = list.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
                }
                assertThat(files).containsExactlyInAnyOrderElementsOf(uuids.values());
                assertThat(uuids.keySet()).containsAll(made).doesNotContainAnyElementsOf(destroyed);
                for (Map.Entry<String, Long> size : grown.entrySet()) {
                    assertThat(calls.ok("VDI.get_virtual_size", size.getKey()).asLong())
                            .isGreaterThanOrEqualTo(size.getValue())
                            .isEqualTo(Files.size(location.resolve(uuids.get(size.getKey()))));
                }
                assertThat(Files.readAllBytes(contents)).isEqualTo(full);
                assertThat(calls.ok("SR.get_current_operations", sr)).isEmpty();
                assertThat(calls.list("SR.get_allowed_operations", sr)).contains("vdi_create");
            }
            assertThat(destroyed).isNotEmpty();
        } finally {
            daemon.close();
        }
    }

    private static void workUntilKilled(
            DaemonProcess daemon,
            String sr,
            String large,
            Set<String> made,
            Map<String, Long> grown,
            Set<String> destroyed)
            throws Exception {
        CountDownLatch enough = new CountDownLatch(CHANGES_BEFORE_A_KILL);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            Thread client = new Thread(() -> {
                try {
                    Calls calls = new Calls(daemon);
                    if (number == 0) {
                        while (true) {
                            calls.ok("VDI.copy", large, sr);
                            enough.countDown();
                        }
                    }
                    while (true) {
                        String kept = calls.vdi(sr, MIB);
                        made.add(kept);
                        enough.countDown();
                        calls.ok("VDI.resize", kept, 3 * MIB);
                        grown.put(kept, 3 * MIB);
                        String gone = calls.text("VDI.snapshot", kept, Map.of());
                        calls.ok("VDI.destroy", gone);
                        destroyed.add(gone);
                        enough.countDown();
                    }
                } catch (Exception killed) {
                    // As intended: what was under way then was not acknowledged.
                }
            });
            client.start();
            clients.add(client);
        }
        enough.await();
        daemon.kill();
        for (Thread client : clients) {
            client.join();
        }
    }

    @Test
    void whatAnInterruptedRunLeftIsRemovedAndOtherFilesStay() throws Exception {
        Path storage = Files.createDirectories(folder.resolve("data/storage"));
        String half = UUID.randomUUID().toString();
        DaemonProcess daemon = DaemonProcess.start(folder);
        try {
            Calls calls = new Calls(daemon);
            String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
            String vdi = calls.vdi(sr, MIB);
            String uuid = calls.text("VDI.get_uuid", vdi);
            daemon.kill();
            Files.createFile(storage.resolve(half + ".jxapi-pending"));
            Files.write(storage.resolve(half + ".raw"), new byte[100]);
            Files.write(storage.resolve(half + ".qcow2"), new byte[100]);
            Files.createFile(storage.resolve(uuid + ".jxapi-pending"));
            Files.write(storage.resolve(uuid + ".jxapi-part"), new byte[100]);
            Files.createFile(storage.resolve("readme.part"));
            daemon = DaemonProcess.start(folder);
            try (Stream<Path> list = Files.list(storage)) {
                assertThat(list.map(
                                file -> DiskFiles.location(file.getFileName().toString())))
                        .containsExactlyInAnyOrder(uuid, "readme.part");
            }
            assertThat(new Calls(daemon).list("SR.get_VDIs", sr)).containsExactly(vdi);
        } finally {
            daemon.close();
        }
    }
}
