package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

/** A restore that a kill interrupts is done as a whole or not at all. */
class KilledRestoreTest {
    @TempDir
    Path folder;

    @Test
    void aKillLeavesTheOldDatabaseOrTheNewOne() throws Exception {
        byte[] dump;
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            dump = Dumps.download(daemon);
            Calls calls = new Calls(daemon);
            vmAndKill(daemon, calls, "after the dump");
        }
        // A kill leaves these while the new database is made, and while a dump is received.
        Path data = folder.resolve("data");
        Files.copy(data.resolve("jxapi.mv.db"), data.resolve("jxapi-making.mv.db"));
        Files.write(data.resolve("jxapi-upload-1.xml"), new byte[] {'<'});
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            assertThat(calls.list("VM.get_by_name_label", "after the dump")).hasSize(1);
            assertThat(data.resolve("jxapi-making.mv.db")).doesNotExist();
            assertThat(data.resolve("jxapi-upload-1.xml")).doesNotExist();
            // The restore has succeeded, and the daemon is killed before it restarts.
            assertThat(Dumps.restore(daemon, calls, dump, false).get("status").asText())
                    .isEqualTo("success");
            daemon.kill();
        }
        assertThat(data.resolve("jxapi-staged.mv.db")).exists();
        Path staged = folder.resolve("copy");
        Files.copy(data.resolve("jxapi-staged.mv.db"), staged);
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            assertThat(calls.list("VM.get_by_name_label", "after the dump")).isEmpty();
            vmAndKill(daemon, calls, "after the restore");
        }
        // One that has become unreadable does not replace the database.
        byte[] damaged = Files.readAllBytes(staged);
        for (int i = 8192; i < damaged.length; i += 64) {
            damaged[i] ^= 0x55;
        }
        Files.write(data.resolve("jxapi-staged.mv.db"), damaged);
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            assertThat(calls.list("VM.get_by_name_label", "after the restore")).hasSize(1);
            assertThat(data.resolve("jxapi-staged.mv.db")).doesNotExist();
            assertThat(List.of(Files.readString(folder.resolve("log")).split("\n")))
                    .anyMatch(line -> line.contains("not restored, it stays as it was"));
        }
    }

    private static void vmAndKill(DaemonProcess daemon, Calls calls, String name) throws Exception {
        calls.vm(name);
        daemon.kill();
    }
}
