package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** Disks that are mostly holes: what is sent of them, what is read, and what they take afterwards. */
class SparseDisksTest {
    /** More than could be read in the time of a test. */
    private static final long HUGE = 1L << 40;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.fileSr(
                "raw", Map.of("location", folder.resolve("raw").toString(), "preferred-image-formats", "raw"));
    }

    private static Path file(String vdi) throws Exception {
        String name = calls.text("VDI.get_location", vdi) + ".raw";
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private static long taken(String vdi) throws Exception {
        return calls.ok("VDI.get_physical_utilisation", vdi).asLong();
    }

    /** A disk of 1 TiB with a MiB of data in its middle. */
    private static String huge() throws Exception {
        String vdi = calls.vdi(sr, HUGE);
        byte[] data = new byte[MIB];
        Arrays.fill(data, (byte) 9);
        try (RandomAccessFile raw = new RandomAccessFile(file(vdi).toFile(), "rw")) {
            raw.seek(HUGE / 2);
            raw.write(data);
        }
        return vdi;
    }

    @Test
    void anExportSkipsHolesThatNobodyCouldRead() throws Exception {
        String vm = calls.vm("huge");
        calls.ok("VBD.create", Calls.vbdRecord(vm, huge()));
        byte[] archive = uploads.get("/export?ref=" + vm);
        assertThat(archive.length).as("three blocks and the description").isLessThan(4 * MIB);
    }

    @Test
    void aVhdOfHolesIsSmallAndComesAtOnce() throws Exception {
        byte[] vhd = uploads.get("/export_raw_vdi?format=vhd&vdi=" + huge());
        assertThat(ByteBuffer.wrap(vhd).getLong(48)).isEqualTo(HUGE);
        assertThat(vhd.length).as("the table of blocks, and one block").isLessThan(6 * MIB);
    }

    @Test
    void zerosThatAreSentOverADiskTakeNoSpace() throws Exception {
        String vdi = calls.vdi(sr, 64L * MIB);
        byte[] contents = new byte[64 * MIB];
        Arrays.fill(contents, 0, 2 * MIB, (byte) 5);
        for (String length : new String[] {Integer.toString(contents.length), Long.toString(1L << 50)}) {
            byte[] full = new byte[64 * MIB];
            Arrays.fill(full, (byte) 1);
            uploads.put("/import_raw_vdi?vdi=" + vdi, full);
            assertThat(taken(vdi)).isGreaterThanOrEqualTo(64L * MIB);
            JsonNode task = uploads.put("/import_raw_vdi?vdi=" + vdi, contents, length);
            assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
            assertThat(taken(vdi)).isLessThan(4L * MIB);
            assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(contents);
        }
    }

    @Test
    void aChunkOfZerosMakesAHoleAndLeavesTheRest() throws Exception {
        String vdi = calls.vdi(sr, 16L * MIB);
        byte[] full = new byte[16 * MIB];
        Arrays.fill(full, (byte) 1);
        uploads.put("/import_raw_vdi?vdi=" + vdi, full);
        ByteBuffer chunks = ByteBuffer.allocate(12 + 8 * MIB + 12).order(ByteOrder.LITTLE_ENDIAN);
        chunks.putLong(4L * MIB).putInt(8 * MIB);
        JsonNode task = uploads.put("/import_raw_vdi?chunked=true&vdi=" + vdi, chunks.array());
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
        Arrays.fill(full, 4 * MIB, 12 * MIB, (byte) 0);
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(full);
        assertThat(taken(vdi)).isLessThan(10L * MIB);
    }

    @Test
    void theTaskOfAnExportTellsHowFarItIs() throws Exception {
        String vm = uploads.machine(sr, "slow reader", 64);
        String vdi = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", vm));
        byte[] full = new byte[64 * MIB];
        Arrays.fill(full, (byte) 3);
        uploads.put("/import_raw_vdi?vdi=" + vdi, full);
        String task = uploads.task("export");
        try (Http http = new Http(daemon, "GET", Uploads.withTask("/export?ref=" + vm, task), uploads.auth())) {
            http.head();
            double[] seen = {0};
            int[] read = {0};
            Eventually.holds(() -> {
                if (read[0] < 56) {
                    http.body(MIB);
                    read[0]++;
                }
                seen[0] = calls.ok("task.get_progress", task).asDouble();
                assertThat(seen[0]).isPositive();
            });
            assertThat(seen[0]).isLessThan(1);
            http.rest();
        }
        assertThat(uploads.ended(task).get("status").asText()).isEqualTo("success");
    }
}
