package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;

/** Actions of an operator on a data folder, and accidents. */
class DataFolderTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void aCopyStartsAtAnotherPlaceWithDisksOfItsOwn() throws Exception {
        String disk;
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            disk = calls.text("VDI.create", Calls.vdiRecord(calls.first("SR.get_by_name_label", "Local storage"), MIB));
        }
        Path original = folder.resolve("data/storage");
        List<String> before = files(original);
        assertThat(before).hasSize(1);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        copy(folder.resolve("data"), elsewhere.resolve("data"));
        try (DaemonProcess daemon = DaemonProcess.start(elsewhere)) {
            Calls calls = new Calls(daemon);
            assertThat(calls.text("VDI.get_name_label", disk)).isEqualTo("disk");
            String sr = calls.first("SR.get_by_name_label", "Local storage");
            calls.ok("VDI.create", Calls.vdiRecord(sr, MIB));
            calls.ok("VDI.destroy", disk);
            calls.ok("SR.scan", calls.first("SR.get_by_name_label", "ISO images"));
            assertThat(files(original)).isEqualTo(before);
            assertThat(files(elsewhere.resolve("data/storage"))).hasSize(1).isNotEqualTo(before);
        }
    }

    @Test
    void nobodyElseCanReadIt() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, "--https", "127.0.0.1:0")) {
            Calls calls = new Calls(daemon);
            calls.ok("VDI.create", Calls.vdiRecord(calls.first("SR.get_by_name_label", "Local storage"), MIB));
            assertThat(Files.getPosixFilePermissions(daemon.data()))
                    .containsExactlyInAnyOrder(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE);
            for (String secret : new String[] {"jxapi.mv.db", "root-password", "certificate.p12"}) {
                assertThat(Files.getPosixFilePermissions(daemon.data().resolve(secret)))
                        .as(secret)
                        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            }
            for (String disk : files(daemon.data().resolve("storage"))) {
                assertThat(Files.getPosixFilePermissions(
                                daemon.data().resolve("storage").resolve(disk)))
                        .as(disk)
                        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            }
        }
    }

    @Test
    void aDatabaseThatIsBrokenEndsTheStartInOneLineAndStaysAsItIs() throws Exception {
        DaemonProcess.start(folder).close();
        Path database = folder.resolve("data/jxapi.mv.db");
        byte[] good = Files.readAllBytes(database);
        for (int[] hole :
                new int[][] {{0, good.length}, {0, 8192}, {8192, good.length}, {good.length / 2, good.length}}) {
            Files.write(database, good);
            try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap("?".repeat(hole[1] - hole[0]).getBytes(StandardCharsets.US_ASCII)), hole[0]);
            }
            Path before = Files.copy(database, folder.resolve("before"), StandardCopyOption.REPLACE_EXISTING);
            Path here = Files.createTempDirectory(folder, "run");
            Process process = DaemonProcess.launch(
                    here,
                    List.of(
                            "--data-dir",
                            folder.resolve("data").toString(),
                            "--http",
                            "127.0.0.1:0",
                            "--https",
                            "off",
                            "--unix-socket",
                            "off",
                            "--hypervisor",
                            "simulator"));
            assertThat(process.waitFor()).isNotZero();
            assertThat(Files.readAllLines(here.resolve("log")))
                    .singleElement()
                    .asString()
                    .startsWith("jxapid: ")
                    .contains(database.toString());
            assertThat(Files.mismatch(database, before)).isEqualTo(-1);
        }
        Files.write(database, good);
        DaemonProcess.start(folder).close();
    }

    @Test
    void withoutRoomChangesAreRefusedReadsGoOnAndNothingIsHalf() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, UnsyncedDaemon.class)) {
            Calls calls = new Calls(daemon);
            String vm = calls.vm("stays");
            // With room 0 the database would go on for as long as its file has free pages.
            daemon.tell("room -1");
            Eventually.holds(() -> assertThat(calls.outcome("VM.set_name_label", vm, "no room"))
                    .isEqualTo("OUT_OF_SPACE"));
            assertThat(calls.error("VM.start", vm, false, false).get(0)).isEqualTo("OUT_OF_SPACE");
            assertThat(calls.error("network.create", Map.of("name_label", "n", "other_config", Map.of())))
                    .first()
                    .isEqualTo("OUT_OF_SPACE");
            assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
            assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
            daemon.tell("room " + Long.MAX_VALUE);
            Eventually.holds(() ->
                    assertThat(calls.outcome("VM.set_name_label", vm, "room")).isEqualTo("ok"));
            calls.ok("VM.start", vm, false, false);
            assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
            assertThat(calls.list("network.get_by_name_label", "n")).isEmpty();
            Eventually.holds(() -> assertThat(calls.list("task.get_all")).isEmpty());
            daemon.kill();
        }
        assertThat(Files.readString(folder.resolve("log")))
                .contains("Database: cannot be written", "Database: open again");
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
