package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** Leftovers of interrupted operations in a plugged repository, and how SR.scan and VDI.forget treat them. */
class LeftoversTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();

    private static String create(Path location, String format) throws Exception {
        Map<String, String> config = Map.of("location", location.toString(), "preferred-image-formats", format);
        return calls.text(
                "SR.create", calls.first("host.get_all"), config, 0, "made", "", "file", "user", false, Map.of());
    }

    private static List<String> files(Path location) throws IOException {
        try (Stream<Path> files = Files.list(location)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"raw", "qcow2"})
    void aScanRemovesWhatNoDiskNeeds(String format) throws Exception {
        Path location = folder.resolve("scanned-" + format);
        String sr = create(location, format);
        String vdi = calls.vdi(sr, MIB);
        String uuid = calls.text("VDI.get_uuid", vdi);
        List<String> before = files(location);
        Files.createFile(location.resolve("gone.jxapi-pending"));
        Files.write(location.resolve("gone.raw"), new byte[4096]);
        Files.createFile(location.resolve(uuid + ".jxapi-pending"));
        Files.createFile(location.resolve(uuid + ".jxapi-part"));
        Files.createFile(location.resolve(uuid + ".jxapi-0.jxapi-part"));
        Files.createFile(location.resolve(uuid + ".jxapi-base"));
        Files.createFile(location.resolve("of-others.txt"));
        calls.ok("SR.scan", sr);
        assertThat(files(location))
                .containsAll(before)
                .hasSize(before.size() + 1)
                .contains("of-others.txt");
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
        assertThat(calls.ok("VDI.get_current_operations", vdi)).isEmpty();
    }

    /** The part may be the new contents of an import, or of a disk that its VM resets. */
    @Test
    void aScanLeavesDisksAloneThatAreInUse() throws Exception {
        Path location = folder.resolve("used");
        String sr = create(location, "raw");
        String vdi = calls.vdi(sr, MIB);
        String vm = calls.vm("user");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        calls.ok("VM.start", vm, false, false);
        Path part = Files.createFile(location.resolve(calls.text("VDI.get_uuid", vdi) + ".jxapi-part"));
        calls.ok("SR.scan", sr);
        assertThat(part).exists();
        calls.ok("VM.hard_shutdown", vm);
        calls.ok("SR.scan", sr);
        assertThat(part).doesNotExist();
    }

    @Test
    void aScanKeepsTheContentsThatADiskResetsTo() throws Exception {
        Path location = folder.resolve("resets");
        String sr = create(location, "raw");
        String vdi = calls.vdi(sr, MIB);
        calls.ok("VDI.set_on_boot", vdi, "reset");
        List<String> before = files(location);
        assertThat(before).hasSize(2);
        calls.ok("SR.scan", sr);
        assertThat(files(location)).isEqualTo(before);
    }

    /** A mark that could not be removed when the disk was made. */
    @Test
    void aForgottenDiskComesBackWithTheNextScan() throws Exception {
        Path location = folder.resolve("forgotten");
        String sr = create(location, "raw");
        String uuid = calls.text("VDI.get_uuid", calls.vdi(sr, MIB));
        Files.createFile(location.resolve(uuid + ".jxapi-pending"));
        calls.ok("VDI.forget", calls.text("VDI.get_by_uuid", uuid));
        assertThat(calls.list("SR.get_VDIs", sr)).isEmpty();
        calls.ok("SR.scan", sr);
        assertThat(calls.text("VDI.get_uuid", calls.first("SR.get_VDIs", sr))).isEqualTo(uuid);
    }
}
