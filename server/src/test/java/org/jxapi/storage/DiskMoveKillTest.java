package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

/** The daemon is killed while it moves disks: each is where it was or where it was to go, whole, and nothing else is left. */
class DiskMoveKillTest {
    private static final int BYTES = 4 << 20;
    private static final int KILLS = 3;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachDiskIsInOnePlaceAfterEveryKill(boolean running) throws Exception {
        byte[] contents = new byte[BYTES];
        new Random(1).nextBytes(contents);
        DaemonProcess daemon = DaemonProcess.start(folder);
        try {
            Calls calls = new Calls(daemon);
            String raw = repository(calls, "raw");
            String qcow2 = repository(calls, "qcow2");
            String vm = calls.vm("moves");
            String vdi = calls.vdi(raw, BYTES);
            String vbd = calls.text("VBD.create", Calls.vbdRecord(vm, vdi));
            Files.write(folder.resolve("raw").resolve(calls.text("VDI.get_uuid", vdi) + ".raw"), contents);
            String sum = calls.text("VDI.checksum", vdi);
            List<String> bystanders = bystanders(calls);
            for (int kill = 0; kill < KILLS; kill++) {
                if (running) {
                    calls.ok("VM.start", vm, false, false);
                }
                moveUntilKilled(daemon, vbd, raw, qcow2);
                daemon = DaemonProcess.start(folder);
                calls = new Calls(daemon);
                if (running) {
                    goesOn(calls, vm);
                    calls.ok("VM.hard_shutdown", vm);
                }
                String now = calls.text("VBD.get_VDI", vbd);
                assertThat(calls.text("VDI.checksum", now)).isEqualTo(sum);
                assertThat(calls.ok("VDI.get_current_operations", now)).isEmpty();
                String uuid = calls.text("VDI.get_uuid", now);
                List<String> disks = new ArrayList<>(calls.list("SR.get_VDIs", raw));
                disks.addAll(calls.list("SR.get_VDIs", qcow2));
                assertThat(disks).containsExactly(now);
                List<String> files = files("raw");
                files.addAll(files("qcow2"));
                assertThat(files).as("images").hasSize(1).allMatch(file -> file.matches(uuid + "\\.(raw|qcow2)"));
            }
            for (String bystander : bystanders) {
                assertThat(calls.ok("VDI.get_sm_config", bystander).has(DiskSwap.MOVES_TO))
                        .isFalse();
                calls.ok("VDI.checksum", bystander);
            }
        } finally {
            daemon.close();
        }
    }

    /** A VM that had no domain when the daemon was killed is suspended, and can be resumed. */
    private static void goesOn(Calls calls, String vm) throws Exception {
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        if (calls.text("VM.get_power_state", vm).equals("Suspended")) {
            calls.ok("VM.resume", vm, false, false);
        }
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo("OpaqueRef:NULL");
    }

    /** Two disks, of which a client says that one moves to the other. */
    private static List<String> bystanders(Calls calls) throws Exception {
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        List<String> disks = List.of(calls.vdi(sr, BYTES), calls.vdi(sr, BYTES));
        calls.ok("VDI.add_to_sm_config", disks.get(0), DiskSwap.MOVES_TO, calls.text("VDI.get_uuid", disks.get(1)));
        return disks;
    }

    private String repository(Calls calls, String format) throws Exception {
        String location = folder.resolve(format).toString();
        return calls.fileSr(format, Map.of("location", location, "preferred-image-formats", format));
    }

    private List<String> files(String repository) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(repository))) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private static void moveUntilKilled(DaemonProcess daemon, String vbd, String one, String other) throws Exception {
        CountDownLatch enough = new CountDownLatch(4);
        Thread client = new Thread(() -> {
            try {
                Calls calls = new Calls(daemon);
                while (true) {
                    for (String sr : List.of(other, one)) {
                        calls.ok("VDI.pool_migrate", calls.text("VBD.get_VDI", vbd), sr, Map.of());
                        enough.countDown();
                    }
                }
            } catch (Exception killed) {
                // As intended: what was under way then was not acknowledged.
            }
        });
        client.start();
        enough.await();
        daemon.kill();
        client.join();
    }
}
