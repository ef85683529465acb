package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;

/** A host without a pool pays nothing for the log of pools. */
class HostAloneTest {
    @TempDir
    Path folder;

    @Test
    void aHostAloneLoadsNothingOfTheLog() throws Exception {
        Path loaded = folder.resolve("classes");
        Path data = Files.createDirectory(folder.resolve("data"));
        try (DaemonProcess daemon =
                DaemonProcess.start(data, List.of("-Xlog:class+load:file=" + loaded), List.of(), Map.of())) {
            JsonClient client = new JsonClient(daemon.http());
            String session = client.login(daemon.password());
            client.ok(
                    "network.create",
                    session,
                    Map.of("name_label", "alone", "other_config", Map.of(), "managed", true));
            assertThat(Files.readString(loaded))
                    .contains("org.jxapi.store.LocalCommitter")
                    .doesNotContain("org.apache.ratis")
                    .doesNotContain("org.jxapi.raft.")
                    .doesNotContain("org.jxapi.store.Replica");
        }
    }
}
