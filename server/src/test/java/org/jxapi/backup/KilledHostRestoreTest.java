package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Http;
import org.jxapi.harness.Uploads;

/** A restore of a host that a kill interrupts is done as a whole or not at all. */
class KilledHostRestoreTest {
    @TempDir
    Path folder;

    /** The kill of a daemon before a step. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Path copy(Path from, Path to) throws Exception {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
        return to;
    }

    private static void halfAnUpload(DaemonProcess daemon, Calls calls, byte[] backup) throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        try (Http http = new Http(daemon, "PUT", "/host_restore", uploads.auth(), "content-length: " + backup.length)) {
            http.head();
            http.send(Arrays.copyOf(backup, backup.length / 2));
            daemon.kill();
        }
    }

    @Test
    void aKillLeavesTheOldHostOrTheNewOne() throws Exception {
        byte[] backup;
        Path data = folder.resolve("data");
        Path config = Files.writeString(folder.resolve("conf"), "backup-hourly = 7\n");
        String old;
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--config", config.toString())) {
            Calls calls = new Calls(daemon);
            calls.ok("session.change_password", daemon.password(), "old");
            backup = HostBackups.download(daemon, calls);
            calls.ok("session.change_password", "old", "new");
            calls.vm("after the backup");
            Files.writeString(config, "backup-hourly = 9\n");
            halfAnUpload(daemon, calls, backup);
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--config", config.toString())) {
            assertThat(daemon.password()).isEqualTo("new");
            try (Stream<Path> left = Files.list(data)) {
                assertThat(left.map(each -> each.getFileName().toString())).noneMatch(name -> name.contains("host-"));
            }
            // The restore has succeeded, and the daemon is killed before it restarts.
            Calls calls = new Calls(daemon);
            assertThat(calls.list("VM.get_by_name_label", "after the backup")).hasSize(1);
            assertThat(HostBackups.restore(daemon, calls, backup).get("status").asText())
                    .isEqualTo("success");
            old = Files.readString(config);
            daemon.kill();
        }
        assertThat(old).isEqualTo("backup-hourly = 9\n");
        atEachStep(data, config);
        Files.writeString(config, old);
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--config", config.toString())) {
            assertThat(daemon.password()).isEqualTo("old");
            assertThat(new Calls(daemon).list("VM.get_by_name_label", "after the backup"))
                    .isEmpty();
        }
        assertThat(Files.readString(config)).isEqualTo("backup-hourly = 7\n");
    }

    private void atEachStep(Path data, Path config) throws Exception {
        Path whole = copy(data, folder.resolve("whole"));
        AtomicInteger steps = new AtomicInteger();
        assertThat(StagedHost.use(whole, steps::incrementAndGet)).isTrue();
        Map<String, Long> expected = contents(whole);
        assertThat(steps.get()).isGreaterThan(12);
        for (int at = 1; at <= steps.get(); at++) {
            Files.writeString(config, "backup-hourly = 9\n");
            Path killed = copy(data, folder.resolve("killed-" + at));
            AtomicInteger left = new AtomicInteger(at);
            try {
                StagedHost.use(killed, () -> {
                    if (left.decrementAndGet() == 0) {
                        throw new Killed();
                    }
                });
                throw new AssertionError("it was not killed");
            } catch (Killed e) {
                assertThat(StagedHost.use(killed)).as("after step " + at).isTrue();
            }
            assertThat(contents(killed)).as("after step " + at).isEqualTo(expected);
            assertThat(Files.readString(config)).isEqualTo("backup-hourly = 7\n");
            assertThat(StagedHost.use(killed)).isFalse();
        }
    }

    /** The files of a folder, with their sizes. */
    private static Map<String, Long> contents(Path folder) throws Exception {
        Map<String, Long> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(folder.relativize(file).toString(), Files.size(file));
            }
        }
        return all;
    }

    @Test
    void aStagedHostWhoseDatabaseHasBecomeUnreadableChangesNothing() throws Exception {
        Path data = folder.resolve("data");
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            byte[] backup = HostBackups.download(daemon, calls);
            calls.ok("session.change_password", daemon.password(), "new");
            calls.vm("kept");
            HostBackups.restore(daemon, calls, backup);
            daemon.kill();
        }
        Path staged = data.resolve("jxapi-host-staged/jxapi.mv.db");
        byte[] damaged = Files.readAllBytes(staged);
        for (int i = 8192; i < damaged.length; i += 64) {
            damaged[i] ^= 0x55;
        }
        Files.write(staged, damaged);
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            assertThat(daemon.password()).isEqualTo("new");
            assertThat(new Calls(daemon).list("VM.get_by_name_label", "kept")).hasSize(1);
            assertThat(data.resolve("jxapi-host-staged")).doesNotExist();
            assertThat(Files.readString(daemon.log())).contains("Host: not restored, all stays as it was");
        }
    }
}
