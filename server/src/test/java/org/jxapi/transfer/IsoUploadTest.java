package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** Discs in a repository of type iso, made, uploaded and removed as with XenServer's ISOSR.py. */
class IsoUploadTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);

    private static String sr(Path location) throws Exception {
        return calls.text(
                "SR.create",
                calls.first("host.get_all"),
                Map.of("location", location.toString(), "legacy_mode", "true"),
                0,
                "discs",
                "",
                "iso",
                "iso",
                false,
                Map.of());
    }

    private static List<String> names(Path location) throws Exception {
        try (Stream<Path> files = Files.list(location)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void anUploadBecomesADiscOfItsOwnSize() throws Exception {
        Path location = Files.createDirectory(folder.resolve("upload"));
        Files.write(location.resolve("others.iso"), new byte[4096]);
        String sr = sr(location);
        byte[] disc = new byte[(1 << 20) + 2048];
        disc[32769] = 'C';
        assertThat(uploads.put("/import_raw_vdi?sr_id=" + sr, disc)
                        .get("status")
                        .asText())
                .isEqualTo("success");
        String vdi = made(sr);
        assertThat(calls.ok("VDI.get_virtual_size", vdi).asLong()).isEqualTo(disc.length);
        assertThat(calls.ok("VDI.get_read_only", vdi).asBoolean()).isFalse();
        assertThat(calls.text("VDI.get_location", vdi)).isEqualTo(calls.text("VDI.get_uuid", vdi) + ".img");
        assertThat(location.resolve(calls.text("VDI.get_location", vdi))).hasBinaryContent(disc);
        calls.ok("SR.scan", sr);
        assertThat(calls.ok("VDI.get_read_only", vdi).asBoolean()).isFalse();
        calls.ok("VDI.destroy", vdi);
        assertThat(names(location)).containsExactly("others.iso");
    }

    private static String made(String sr) throws Exception {
        for (String vdi : calls.list("SR.get_VDIs", sr)) {
            if (calls.ok("VDI.get_sm_config", vdi).has("created")) {
                return vdi;
            }
        }
        throw new AssertionError("no disc was made");
    }

    /** As clients do it: first the disc, whose creator chooses the name, and then its contents. */
    @Test
    void aDiscHasTheNameThatItsCreatorAsksFor() throws Exception {
        Path location = Files.createDirectory(folder.resolve("named"));
        String sr = sr(location);
        assertThat(calls.list("SR.get_allowed_operations", sr)).contains("vdi_create", "vdi_destroy");
        Map<String, Object> record =
                Calls.with(Calls.vdiRecord(sr, 6144), "sm_config", Map.of("path", "Debian-13.iso"));
        String vdi = calls.text("VDI.create", record);
        assertThat(calls.text("VDI.get_location", vdi)).isEqualTo("Debian-13.iso");
        byte[] disc = new byte[6144];
        disc[5000] = 7;
        assertThat(uploads.put("/import_raw_vdi?vdi=" + vdi, disc).get("status").asText())
                .isEqualTo("success");
        assertThat(location.resolve("Debian-13.iso")).hasBinaryContent(disc);
        assertThat(calls.error("VDI.create", record))
                .containsExactly("SR_BACKEND_FAILURE_43", "", "The VDI already exists [opterr=Debian-13.iso]", "");
        Map<String, Object> outside = Calls.with(Calls.vdiRecord(sr, 6144), "sm_config", Map.of("path", "../x.iso"));
        assertThat(calls.error("VDI.create", outside).get(0)).isEqualTo("SR_BACKEND_FAILURE_78");
        assertThat(names(location)).containsExactly("Debian-13.iso");
    }

    /** Files that others put there can be removed, as in XenServer, but not written. */
    @Test
    void discsOfOthersAreOnlyReadAndRemoved() throws Exception {
        Path location = Files.createDirectory(folder.resolve("others"));
        Files.write(location.resolve("others.iso"), new byte[4096]);
        String sr = sr(location);
        String vdi = calls.first("SR.get_VDIs", sr);
        assertThat(uploads.put("/import_raw_vdi?vdi=" + vdi, new byte[4096])
                        .get("error_info")
                        .get(0)
                        .asText())
                .isEqualTo("VDI_READONLY");
        assertThat(location.resolve("others.iso")).hasBinaryContent(new byte[4096]);
        calls.ok("VDI.destroy", vdi);
        assertThat(names(location)).isEmpty();
    }
}
