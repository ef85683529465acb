package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** Archives and bodies whose sizes are lies, sent to a daemon that has not the memory to believe them. */
class HostileArchivesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.withHeap("256m");

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static byte[] archive;
    private static int vms;
    private static int disks;

    @BeforeAll
    static void start() throws Exception {
        String vm = uploads.machine(calls.text("pool.get_default_SR", calls.first("pool.get_all")), "to copy", 2);
        archive = uploads.get("/export?ref=" + vm);
        vms = calls.list("VM.get_all").size();
        disks = calls.list("VDI.get_all").size();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Eventually.holds(() -> {
            assertThat(calls.list("VM.get_all")).hasSize(vms);
            assertThat(calls.list("VDI.get_all")).hasSize(disks);
        });
        for (JsonNode vm : calls.ok("VM.get_all_records")) {
            assertThat(vm.get("current_operations")).isEmpty();
        }
        for (JsonNode task : calls.ok("task.get_all_records")) {
            assertThat(task.get("status").asText()).isNotEqualTo("pending");
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] binary(int... bytes) {
        byte[] size = new byte[12];
        for (int i = 0; i < bytes.length; i++) {
            size[i] = (byte) bytes[i];
        }
        return size;
    }

    static Stream<Arguments> entries() {
        List<Arguments> all = new ArrayList<>();
        for (char type : new char[] {'x', 'g', 'L', '5'}) {
            all.add(Arguments.of("1 GiB of type " + type, type, Uploads.octal(1 << 30)));
        }
        all.add(Arguments.of("3 GiB of type x", 'x', Uploads.octal(3L << 30)));
        all.add(Arguments.of("a file of 3 GiB", '0', Uploads.octal(3L << 30)));
        all.add(Arguments.of("a file of 8 GiB", '0', Uploads.octal(8L << 30)));
        all.add(Arguments.of("a size of -1", '0', text("-0000000001")));
        all.add(Arguments.of("a size of -1 and type x", 'x', text("-0000000001")));
        all.add(Arguments.of("a size with a plus", '0', text("+0000000010")));
        all.add(Arguments.of("a size that is no number", '0', text("0000000zz99")));
        all.add(Arguments.of("a decimal size", '0', text("00000000999")));
        all.add(Arguments.of("a binary size of 8 GiB", '0', binary(0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0)));
        all.add(Arguments.of(
                "a binary size below 0", '0', binary(0xFF, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0)));
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void anEntryWithABadSizeIsAnImportError(String what, char type, byte[] size) throws Exception {
        byte[] entry = Uploads.entry("ova.xml", type, size);
        byte[] first = Uploads.join(entry, new byte[4096]);
        assertThat(Uploads.error(uploads.put("/import", first)).get(0)).isEqualTo("IMPORT_ERROR");
        int behind = 512 + Uploads.whole(Uploads.size(archive, 0));
        byte[] later = Uploads.join(Arrays.copyOf(archive, behind), entry, new byte[4096]);
        assertThat(Uploads.error(uploads.put("/import", later)).get(0)).isEqualTo("IMPORT_ERROR");
    }

    @Test
    void anEntryWithoutSizeIsNoDescription() throws Exception {
        byte[] empty = Uploads.join(Uploads.entry("ova.xml", '0', text("           ")), new byte[1024]);
        assertThat(Uploads.error(uploads.put("/import", empty)).get(0)).isEqualTo("IMPORT_ERROR");
    }

    @Test
    void aNoteOfAnotherArchiverIsPassedOver() throws Exception {
        byte[] note = Uploads.join(Uploads.entry("note", 'x', Uploads.octal(700)), new byte[1024]);
        JsonNode task = uploads.put("/import", Uploads.join(note, note, archive));
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
        String made = task.get("result").asText().replaceAll("<[^>]*>", "");
        String disk = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", made));
        calls.ok("VM.destroy", made);
        calls.ok("VDI.destroy", disk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "-9223372036854775808", "5x", "0x10", "1e3", "99999999999999999999"})
    void aContentLengthThatIsNoneIsABadRequest(String length) throws Exception {
        for (String target : List.of("/import", "/import_raw_vdi?vdi=" + calls.first("VDI.get_all"))) {
            String task = uploads.task("bad length");
            try (Http http = new Http(
                    daemon, "PUT", Uploads.withTask(target, task), uploads.auth(), "content-length: " + length)) {
                assertThat(http.head()).startsWith("HTTP/1.1 400 Bad Request\r\n");
            }
            List<String> error = Uploads.error(uploads.ended(task));
            assertThat(error.get(0)).isEqualTo(target.equals("/import") ? "IMPORT_ERROR" : "INTERNAL_ERROR");
            assertThat(error.get(1)).contains(length);
        }
    }

    private static byte[] hugeDescription(int bytes) {
        byte[] ova = new byte[bytes];
        byte[] element = text("<value/>");
        for (int at = 0; at < bytes; at += element.length) {
            System.arraycopy(element, 0, ova, at, Math.min(element.length, bytes - at));
        }
        byte[] head = text("<value><array><data>");
        System.arraycopy(head, 0, ova, 0, head.length);
        return ova;
    }

    @Test
    void descriptionsTooLargeForTheMemoryAreRefusedWhileOthersAreServed() throws Exception {
        byte[] ova = hugeDescription(7 * MIB);
        byte[] body = Uploads.join(Uploads.entry("ova.xml", '0', Uploads.octal(ova.length)), ova, new byte[1024]);
        ExecutorService clients = Executors.newFixedThreadPool(12);
        try {
            List<Future<JsonNode>> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                all.add(clients.submit(() -> uploads.put("/import", body)));
            }
            for (Future<JsonNode> one : all) {
                assertThat(Uploads.error(one.get()).get(0)).isEqualTo("IMPORT_ERROR");
            }
        } finally {
            clients.shutdownNow();
        }
        byte[] largest = Uploads.join(Uploads.entry("ova.xml", '0', Uploads.octal(64 * MIB)), new byte[65536]);
        assertThat(Uploads.error(uploads.put("/import", largest)).get(1)).contains("ova.xml has 67108864 bytes");
    }

    @Test
    void aStreamThatExpandsWithoutEndIsCutOff() throws Exception {
        byte[] note = Uploads.join(Uploads.entry("note", 'x', Uploads.octal(65536)), new byte[65536]);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        try (OutputStream first = new GZIPOutputStream(gzip);
                OutputStream second = new ZstdOutputStream(zstd)) {
            for (int i = 0; i < 3000; i++) {
                first.write(note);
                second.write(note);
            }
        }
        for (byte[] body : List.of(gzip.toByteArray(), zstd.toByteArray())) {
            List<String> error = Uploads.error(uploads.put("/import", body));
            assertThat(error.get(0)).isEqualTo("IMPORT_ERROR");
            assertThat(error.get(1)).contains("in a row are no files");
        }
    }

    @Test
    void aZstdStreamThatNeedsAHugeWindowIsRefused() throws Exception {
        // No single segment; the window descriptor asks for 2^41 bytes.
        byte[] head = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0x04, (byte) 0xF8};
        List<String> error = Uploads.error(uploads.put("/import", Arrays.copyOf(head, 4096)));
        assertThat(error.get(0)).isEqualTo("IMPORT_ERROR");
        assertThat(error.get(1)).contains("the window of the zstd stream has 2199023255552 bytes");
    }

    @Test
    void aZstdStreamThatIsCutOffOrDamagedIsAnImportError() throws Exception {
        byte[] packed = Zstd.compress(archive);
        List<String> cut = Uploads.error(uploads.put("/import", Arrays.copyOf(packed, packed.length / 2)));
        assertThat(cut.get(0)).startsWith("IMPORT_ERROR");
        for (int at = 12; at < packed.length; at += packed.length / 4) {
            byte[] damaged = packed.clone();
            Arrays.fill(damaged, at, Math.min(at + 64, packed.length), (byte) 0xA5);
            assertThat(Uploads.error(uploads.put("/import", damaged)).get(0)).startsWith("IMPORT_ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../x", "not-a-uuid", "", "zz-zz", "00000000-0000-0000-0000-00000000000g"})
    void aRestoreRefusesAUuidThatIsNone(String uuid) throws Exception {
        String vm = calls.first("VM.get_by_name_label", "to copy");
        String before = calls.text("VM.get_uuid", vm);
        byte[] edited = Uploads.edited(archive, before, uuid);
        byte[] other = Uploads.edited(edited, "<name>mac_seed</name><value>", "<name>mac_seed</name><value>1");
        List<String> error = Uploads.error(uploads.put("/import?restore=true&force=true", other));
        assertThat(error.get(0)).isEqualTo("IMPORT_ERROR");
        assertThat(error.get(1)).contains("is no UUID");
        String vbd = calls.text("VBD.get_uuid", calls.first("VM.get_VBDs", vm));
        if (!uuid.isEmpty()) {
            byte[] badVbd = Uploads.edited(archive, vbd, uuid);
            assertThat(Uploads.error(uploads.put("/import?restore=true&force=true", badVbd))
                            .get(0))
                    .isEqualTo("IMPORT_ERROR");
        }
        assertThat(calls.text("VM.get_uuid", vm)).isEqualTo(before);
    }
}
