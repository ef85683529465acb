package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** VDI.copy with base_vdi: ocaml/xapi/xapi_vdi.ml, copy, and ocaml/vhd-tool/cli/sparse_dd.ml, relative_to. */
class DeltaCopyTest {
    private static final String NULL = "OpaqueRef:NULL";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);

    /** A disk of 4 MiB that was changed in one place since its snapshot, and became zeros in another. */
    private static String disk;

    private static String snapshot;

    @BeforeAll
    static void make() throws Exception {
        disk = filled(sr("qcow2", "origin"), 4);
        snapshot = calls.text("VDI.snapshot", disk);
        write(disk, MIB, 5, (byte) 8);
        write(disk, 2 * MIB, 200_000, (byte) 0);
    }

    private static String sr(String format, String name) throws Exception {
        return calls.fileSr(
                name, Map.of("location", folder.resolve(name).toString(), "preferred-image-formats", format));
    }

    /** A disk full of sevens. */
    private static String filled(String sr, int mib) throws Exception {
        return uploads.fullDisk(sr, mib);
    }

    private static void write(String vdi, int at, int length, byte value) throws Exception {
        ByteBuffer chunks = ByteBuffer.allocate(12 + length + 12).order(ByteOrder.LITTLE_ENDIAN);
        chunks.putLong(at).putInt(length);
        Arrays.fill(chunks.array(), 12, 12 + length, value);
        assertThat(uploads.put("/import_raw_vdi?chunked=true&vdi=" + vdi, chunks.array())
                        .get("status")
                        .asText())
                .isEqualTo("success");
    }

    private static byte[] raw(String vdi) throws Exception {
        return uploads.get("/export_raw_vdi?vdi=" + vdi);
    }

    @ParameterizedTest
    @CsvSource({"qcow2, 4", "raw, 4", "raw, 6"})
    void onlyTheDifferencesAreWrittenIntoADisk(String format, int mib) throws Exception {
        String into = filled(sr(format, "into " + format + mib), mib);
        write(into, 0, 100, (byte) 3);
        String other = calls.text("VDI.snapshot", into);
        byte[] expected = raw(into);
        byte[] changed = raw(disk);
        // Pieces of 64 KiB with a difference are copied as a whole.
        System.arraycopy(changed, MIB, expected, MIB, 65_536);
        System.arraycopy(changed, 2 * MIB, expected, 2 * MIB, 4 * 65_536);
        assertThat(calls.text("VDI.copy", disk, NULL, snapshot, into)).isEqualTo(into);
        assertThat(raw(into)).isEqualTo(expected);
        assertThat(calls.ok("VDI.get_virtual_size", into).asLong()).isEqualTo((long) mib * MIB);
        assertThat(raw(other)).as("a snapshot of the target").isNotEqualTo(expected);
    }

    @Test
    void aNewDiskHasTheDifferencesAlone() throws Exception {
        String sr = sr("raw", "new");
        String copy = calls.text("VDI.copy", disk, sr, snapshot, NULL);
        byte[] expected = new byte[4 * MIB];
        System.arraycopy(raw(disk), MIB, expected, MIB, 65_536);
        System.arraycopy(raw(disk), 2 * MIB, expected, 2 * MIB, 4 * 65_536);
        assertThat(raw(copy)).isEqualTo(expected);
        assertThat(calls.text("VDI.get_SR", copy)).isEqualTo(sr);
        String same = calls.text("VDI.copy", disk, calls.text("VDI.get_SR", disk), snapshot, NULL);
        assertThat(raw(same)).isEqualTo(expected);
    }

    @Test
    void aBaseThatIsNotThereCountsAsNone() throws Exception {
        String copy = calls.text("VDI.copy", disk, sr("raw", "whole"), "OpaqueRef:gone", NULL);
        assertThat(raw(copy)).isEqualTo(raw(disk));
    }

    @Test
    void theTargetMustBeWritableAndLargeEnough() throws Exception {
        String sr = sr("qcow2", "targets");
        String small = filled(sr, 2);
        byte[] before = raw(small);
        assertThat(calls.error("VDI.copy", disk, NULL, snapshot, small))
                .containsExactly("VDI_TOO_SMALL", small, Long.toString(4L * MIB));
        assertThat(raw(small)).isEqualTo(before);
        String fixed = calls.text("VDI.create", Calls.with(Calls.vdiRecord(sr, 4L * MIB), "read_only", true));
        assertThat(calls.error("VDI.copy", disk, NULL, snapshot, fixed)).containsExactly("VDI_READONLY", fixed);
        assertThat(calls.error("VDI.copy", disk, NULL, snapshot, snapshot)).containsExactly("VDI_IN_USE", snapshot);
        assertThat(calls.error("VDI.copy", snapshot, NULL, disk, disk)).containsExactly("VDI_IN_USE", disk);
    }
}
