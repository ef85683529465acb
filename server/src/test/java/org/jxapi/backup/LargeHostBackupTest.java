package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** A backup that is larger than the heap of the daemon. */
class LargeHostBackupTest {
    private static final int SIZE = 160 * Uploads.MIB;

    @TempDir
    Path folder;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.withHeap("128m");

    @Test
    void aBackupLargerThanTheHeapIsSavedAndRestored() throws Exception {
        Calls calls = daemon.calls();
        String blob = calls.text("pool.create_new_blob", calls.first("pool.get_all"), "large", "", false);
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        Uploads uploads = new Uploads(daemon, calls);
        uploads.put("/blob?ref=" + blob, content);
        Path kept = daemon.data().resolve("blobs").resolve(calls.text("blob.get_uuid", blob));
        Path file = folder.resolve("host.backup");
        String host = "uuid=" + calls.text("host.get_uuid", calls.first("host.get_all"));
        XeProcess.ok(daemon.folder(), "host-backup", "file-name=" + file, host);
        assertThat(Files.size(file)).isGreaterThan(SIZE);
        uploads.put("/blob?ref=" + blob, new byte[] {1});
        assertThat(kept).hasSize(1);
        XeProcess.ok(daemon.folder(), "host-restore", "file-name=" + file, host);
        daemon.awaitRestart();
        assertThat(kept).hasBinaryContent(content);
    }
}
