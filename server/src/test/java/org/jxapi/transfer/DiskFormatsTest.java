package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.image.QemuImg;

/** Disks in each format of /export_raw_vdi and /import_raw_vdi. */
class DiskFormatsTest {
    private static final int SIZE = 6 * MIB;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static final byte[] contents = new byte[SIZE];

    private static String sr;
    private static String filled;

    @BeforeAll
    static void fill() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        byte[] data = new byte[MIB];
        new Random(16).nextBytes(data);
        System.arraycopy(data, 0, contents, 0, MIB);
        System.arraycopy(data, 0, contents, 4 * MIB + 512, MIB / 2);
        filled = disk();
        succeeds(uploads.put("/import_raw_vdi?vdi=" + filled, contents));
    }

    private static String disk() throws Exception {
        return calls.vdi(sr, SIZE);
    }

    private static void succeeds(JsonNode task) {
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "vhd", "qcow2", "QCOW2", "tar"})
    void aDiskComesBackFromEachFormat(String format) throws Exception {
        byte[] exported = uploads.get("/export_raw_vdi?format=" + format + "&vdi=" + filled);
        String copy = disk();
        succeeds(uploads.put("/import_raw_vdi?format=" + format + "&vdi=" + copy, exported));
        assertThat(uploads.get("/export_raw_vdi?vdi=" + copy)).isEqualTo(contents);
    }

    /** ocaml/xapi/importexport.ml, Format. */
    @ParameterizedTest
    @CsvSource({
        "raw, application/octet-stream",
        "vhd, application/vhd",
        "qcow2, application/x-qemu-disk",
        "tar, application/x-tar"
    })
    void eachFormatHasItsTypeAndFileName(String format, String type) throws Exception {
        try (Http http =
                new Http(daemon, "GET", "/export_raw_vdi?format=" + format + "&vdi=" + filled, uploads.auth())) {
            assertThat(http.head().toLowerCase(Locale.ROOT))
                    .contains("content-type: " + type)
                    .contains("filename=\"" + calls.text("VDI.get_uuid", filled) + "." + format + "\"");
        }
    }

    @Test
    void qemuChecksAnExportedImage(@TempDir Path folder) throws Exception {
        QemuImg.needed();
        Path image = folder.resolve("image");
        Files.write(image, uploads.get("/export_raw_vdi?format=qcow2&vdi=" + filled));
        QemuImg.check(image);
        assertThat(QemuImg.contents(image)).isEqualTo(contents);
    }

    /** Clusters that a qcow2 image lacks stay, a tar is the whole disk. As in XAPI, an image of differences is not marked. */
    @Test
    void aTarReplacesADiskAndAQcow2ImageChangesIt() throws Exception {
        byte[] sevens = new byte[SIZE];
        Arrays.fill(sevens, (byte) 7);
        String disk = disk();
        succeeds(uploads.put("/import_raw_vdi?vdi=" + disk, sevens));
        succeeds(uploads.put(
                "/import_raw_vdi?format=qcow2&vdi=" + disk, uploads.get("/export_raw_vdi?format=qcow2&vdi=" + filled)));
        byte[] merged = uploads.get("/export_raw_vdi?vdi=" + disk);
        assertThat(Arrays.copyOf(merged, MIB)).isEqualTo(Arrays.copyOf(contents, MIB));
        assertThat(Arrays.copyOfRange(merged, 2 * MIB, 3 * MIB)).isEqualTo(Arrays.copyOf(sevens, MIB));
        succeeds(uploads.put(
                "/import_raw_vdi?format=tar&vdi=" + disk, uploads.get("/export_raw_vdi?format=tar&vdi=" + filled)));
        assertThat(uploads.get("/export_raw_vdi?vdi=" + disk)).isEqualTo(contents);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qcow2", "tar"})
    void aBrokenUploadFailsAndLeavesTheDisk(String format) throws Exception {
        byte[] exported = uploads.get("/export_raw_vdi?format=" + format + "&vdi=" + filled);
        String disk = disk();
        byte[] sevens = new byte[SIZE];
        Arrays.fill(sevens, (byte) 7);
        succeeds(uploads.put("/import_raw_vdi?vdi=" + disk, sevens));
        Uploads.error(uploads.put(
                "/import_raw_vdi?format=" + format + "&vdi=" + disk, Arrays.copyOf(exported, exported.length / 2)));
        assertThat(uploads.get("/export_raw_vdi?vdi=" + disk)).isEqualTo(sevens);
    }
}
