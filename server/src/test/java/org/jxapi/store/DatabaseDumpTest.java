package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.ThinClient;

/** xe pool-dump-database, and the way back. Upstream: pool_dump_db of cli_operations.ml, pool_db_backup.ml. */
class DatabaseDumpTest {
    @TempDir
    Path folder;

    private Process xe(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.jxapi.xe.Xe"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().put("JXAPI_SOCKET", folder.resolve("sock").toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().remove("XE_EXTRA_ARGS");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process;
    }

    @Test
    void aDumpIsABackupThatCanBeRestored() throws Exception {
        Path dump = folder.resolve("pool.dump");
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            ThinClient client = new ThinClient(folder.resolve("sock"));
            client.run("network-create", "name-label=before");
            assertThat(xe("pool-dump-database", "file-name=" + dump).exitValue())
                    .as(Files.readString(folder.resolve("said")))
                    .isZero();
            assertThat(client.run("task-list", "--minimal").ok()).isEmpty();
            client.run("network-create", "name-label=after");
            try (Stream<Path> left = Files.list(daemon.data().resolve("backup"))) {
                assertThat(left.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.contains("dump"));
            }
            HttpURLConnection stranger = (HttpURLConnection)
                    daemon.http().toURI().resolve("pool/xmldbdump").toURL().openConnection();
            assertThat(stranger.getResponseCode()).isEqualTo(401);
        }
        Process restore = DaemonProcess.launch(
                folder,
                List.of("--data-dir", folder.resolve("data").toString(), "--restore-database", dump.toString()));
        assertThat(restore.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(restore.exitValue())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            ThinClient client = new ThinClient(folder.resolve("sock"));
            assertThat(client.run("network-list", "params=name-label", "--minimal")
                            .ok()
                            .split(","))
                    .contains("before")
                    .doesNotContain("after");
        }
    }
}
