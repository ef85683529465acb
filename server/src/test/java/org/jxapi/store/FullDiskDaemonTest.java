package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.SmallDisk;

/** The daemon on a real file system without room, which only root can make. */
class FullDiskDaemonTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path disk;
    private SmallDisk room;

    @BeforeEach
    void mount() throws Exception {
        disk = folder.resolve("disk");
        room = SmallDisk.mount(disk, 64);
    }

    @AfterEach
    void unmount() throws Exception {
        if (room != null) {
            room.close();
        }
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
            room.fill(0);
            Map<String, Object> network =
                    Map.of("name_label", "x".repeat(10_000), "other_config", Map.of(), "managed", true);
            Eventually.holds(
                    () -> assertThat(calls.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE"));
            assertThat(reserve).doesNotExist();

            Calls later = new Calls(daemon);
            later.ok("VDI.destroy", disk1);
            assertThat(later.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE");
            room.fill(0);
            daemon.kill();

            daemon = DaemonProcess.start(disk);
            Calls again = new Calls(daemon);
            assertThat(again.list("SR.get_VDIs", sr)).containsExactly(disk2);
            assertThat(again.outcome("network.create", network)).isEqualTo("OUT_OF_SPACE");
            room.free();
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
}
