package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;

/** The daemon on a real file system without room, which only root can make. */
class FullDiskDaemonTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString());
        assumeTrue(mounted, "a file system can be mounted");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", "-l", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void rootLogsInAndFreesSpaceAndAKilledDaemonStarts() throws Exception {
        DaemonProcess daemon = DaemonProcess.start(disk);
        try {
            Calls calls = new Calls(daemon);
            String sr = calls.first("SR.get_by_name_label", "Local storage");
            String disk1 = calls.vdi(sr, 4 * MIB);
            String disk2 = calls.vdi(sr, 4 * MIB);
            for (String vdi : new String[] {disk1, disk2}) {
                byte[] content = new byte[(int) (4 * MIB)];
                new Random(1).nextBytes(content);
                Files.write(daemon.data().resolve("storage/" + calls.text("VDI.get_uuid", vdi) + ".qcow2"), content);
            }
            Path reserve = daemon.data().resolve("jxapi.reserve");
            Eventually.holds(() -> assertThat(reserve).exists());
            fill();
            Map<String, Object> network =
                    Map.of("name_label", "x".repeat(10_000), "other_config", Map.of(), "managed", true);
            Eventually.holds(
                    () -> assertThat(calls.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE"));
            assertThat(reserve).doesNotExist();

            Calls later = new Calls(daemon);
            later.ok("VDI.destroy", disk1);
            assertThat(later.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE");
            fill();
            daemon.kill();

            daemon = DaemonProcess.start(disk);
            Calls again = new Calls(daemon);
            assertThat(again.list("SR.get_VDIs", sr)).containsExactly(disk2);
            assertThat(again.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE");
            Files.delete(disk.resolve("filler"));
            Eventually.holds(
                    () -> assertThat(again.outcome("network.create", network)).isEqualTo("ok"));
            Eventually.holds(() -> assertThat(reserve).exists());
        } finally {
            daemon.close();
        }
        DaemonProcess last = DaemonProcess.start(disk);
        try {
            assertThat(new Calls(last).list("network.get_by_name_label", "x".repeat(10_000)))
                    .hasSize(1);
        } finally {
            last.close();
        }
    }

    /** Takes all room that there is. */
    private void fill() throws IOException {
        for (int size : new int[] {65_536, 512}) {
            try (OutputStream out = Files.newOutputStream(
                    disk.resolve("filler"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                byte[] piece = new byte[size];
                while (true) {
                    out.write(piece);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }
    }
}
