package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.SimulatorOrders.eventually;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** VMs and disks on their way in and out over HTTP. */
class TransferTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;

    @BeforeAll
    static void login() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    /** Contents with data in the first and the fifth MiB, and zeros elsewhere. */
    private static byte[] contents(int mib) {
        byte[] contents = new byte[mib * MIB];
        Random random = new Random(mib);
        byte[] data = new byte[MIB];
        random.nextBytes(data);
        System.arraycopy(data, 0, contents, 0, MIB);
        System.arraycopy(data, 0, contents, 4 * MIB + 512, MIB - 512);
        return contents;
    }

    private static String filledDisk(int mib) throws Exception {
        String vdi = calls.vdi(sr, (long) mib * MIB);
        assertThat(uploads.put("/import_raw_vdi?vdi=" + vdi, contents(mib))
                        .get("status")
                        .asText())
                .isEqualTo("success");
        return vdi;
    }

    /** A halted VM with a filled disk, an empty drive and a network interface. */
    private static String machine(String name) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VBD.create", Calls.vbdRecord(vm, filledDisk(8)));
        Map<String, Object> drive = Calls.with(Calls.vbdRecord(vm, "OpaqueRef:NULL"), "type", "CD");
        calls.ok("VBD.create", Calls.with(Calls.with(drive, "mode", "RO"), "empty", true));
        calls.ok("VIF.create", Calls.vifRecord(vm, calls.first("network.get_all")));
        calls.ok("VM.set_name_description", vm, "described <here> & \"there\"");
        return vm;
    }

    private static String imported(JsonNode task) {
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
        return task.get("result")
                .asText()
                .replaceFirst("<value><array><data><value>(.*)</value></data></array></value>", "$1");
    }

    private static void looksLike(String copy, String original) throws Exception {
        JsonNode was = calls.ok("VM.get_record", original);
        JsonNode is = calls.ok("VM.get_record", copy);
        for (String field : List.of(
                "name_label",
                "name_description",
                "memory_static_max",
                "VCPUs_max",
                "platform",
                "HVM_boot_policy",
                "HVM_boot_params",
                "power_state",
                "is_a_template",
                "domain_type")) {
            assertThat(is.get(field)).as(field).isEqualTo(was.get(field));
        }
        assertThat(is.get("uuid")).isNotEqualTo(was.get("uuid"));
        assertThat(is.get("current_operations")).isEmpty();
        assertThat(is.get("VBDs")).hasSize(2);
        assertThat(calls.text("VDI.checksum", calls.diskOf(copy)))
                .isEqualTo(calls.text("VDI.checksum", calls.diskOf(original)));
        assertThat(calls.ok("VDI.get_physical_utilisation", calls.diskOf(copy)).asLong())
                .as("zeros take no space")
                .isLessThan(4L * MIB);
        String before = was.get("VIFs").get(0).asText();
        String after = is.get("VIFs").get(0).asText();
        assertThat(calls.text("VIF.get_network", after)).isEqualTo(calls.text("VIF.get_network", before));
        assertThat(calls.text("VIF.get_MAC", after)).isNotEqualTo(calls.text("VIF.get_MAC", before));
    }

    private static List<String> names(byte[] archive) {
        List<String> names = new ArrayList<>();
        for (int at = 0; archive[at] != 0; ) {
            names.add(new String(archive, at, 100, StandardCharsets.UTF_8).replace("\0", ""));
            at += 512 + Uploads.whole(Uploads.size(archive, at));
        }
        return names;
    }

    @Test
    void aDiskComesBackAsItWasSent() throws Exception {
        String vdi = filledDisk(6);
        assertThat(uploads.get("/export_raw_vdi/?vdi=" + vdi)).isEqualTo(contents(6));
        assertThat(uploads.get("/export_raw_vdi?format=raw&vdi=" + calls.text("VDI.get_uuid", vdi)))
                .isEqualTo(contents(6));
        byte[] less = new byte[MIB];
        Arrays.fill(less, (byte) 7);
        uploads.put("/import_raw_vdi/?vdi=" + vdi, less);
        byte[] expected = contents(6);
        System.arraycopy(less, 0, expected, 0, MIB);
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(expected);
    }

    @Test
    void aBodyWithoutALengthEndsWithItsConnection() throws Exception {
        String vdi = calls.vdi(sr, 5L * MIB);
        String task = uploads.task("until the end");
        try (Http http = new Http(daemon, "PUT", "/import_raw_vdi?vdi=" + vdi + "&task_id=" + task, uploads.auth())) {
            assertThat(http.head()).startsWith("HTTP/1.1 200 OK\r\n");
            http.send(contents(5));
            http.endOutput();
            http.rest();
        }
        assertThat(uploads.ended(task).get("result").asText()).isEqualTo("<value>" + vdi + "</value>");
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(contents(5));
    }

    @Test
    void aDiskIsMadeOfWhatIsSentToARepository() throws Exception {
        JsonNode task = uploads.put("/import_raw_vdi?sr_id=" + sr, contents(5));
        assertThat(task.get("status").asText()).isEqualTo("success");
        String vdi = task.get("result").asText().replaceAll("</?value>", "");
        assertThat(calls.text("VDI.get_name_label", vdi)).isEqualTo("Imported VDI");
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(contents(5));
    }

    @Test
    void aBrokenUploadLeavesTheDiskAsItWas() throws Exception {
        String vdi = filledDisk(6);
        String task = uploads.task("broken");
        try (Http http = new Http(
                daemon,
                "PUT",
                "/import_raw_vdi?vdi=" + vdi + "&task_id=" + task,
                uploads.auth(),
                "content-length: " + 6 * MIB)) {
            http.head();
            http.send(new byte[3 * MIB]);
        }
        JsonNode failed = uploads.ended(task);
        assertThat(failed.get("status").asText()).isEqualTo("failure");
        assertThat(failed.get("error_info").get(0).asText()).isEqualTo("VDI_IO_ERROR");
        eventually(() -> calls.ok("VDI.get_current_operations", vdi).isEmpty());
        assertThat(uploads.get("/export_raw_vdi?vdi=" + vdi)).isEqualTo(contents(6));
    }

    @Test
    void moreThanTheDiskHoldsIsRefused() throws Exception {
        String vdi = calls.vdi(sr, MIB);
        JsonNode task = uploads.put("/import_raw_vdi?vdi=" + vdi, new byte[2 * MIB]);
        assertThat(task.get("error_info").get(0).asText()).isEqualTo("VDI_IO_ERROR");
    }

    @Test
    void aDiskInUseCannotBeOverwritten() throws Exception {
        String vm = machine("in use");
        calls.ok("VM.start", vm, false, false);
        JsonNode task = uploads.put("/import_raw_vdi?vdi=" + calls.diskOf(vm), contents(8));
        assertThat(task.get("error_info").get(0).asText()).isEqualTo("VDI_IN_USE");
    }

    @Test
    void nobodyIsServedWithoutASessionOrAPassword() throws Exception {
        String vdi = calls.vdi(sr, MIB);
        try (Http http = new Http(daemon, "GET", "/export_raw_vdi?vdi=" + vdi)) {
            assertThat(http.head())
                    .startsWith("HTTP/1.0 401 ")
                    .containsIgnoringCase("www-authenticate: Basic realm=\"get_export_raw_vdi\"\r\n");
        }
        String task = uploads.task("refused");
        try (Http http = new Http(
                daemon,
                "PUT",
                "/import_raw_vdi?session_id=OpaqueRef:no&vdi=" + vdi + "&task_id=" + task,
                "content-length: 5")) {
            assertThat(http.head())
                    .startsWith("HTTP/1.1 401 ")
                    .containsIgnoringCase("www-authenticate: Basic realm=\"put_import_raw_vdi\"\r\n");
        }
        assertThat(calls.text("task.get_status", task))
                .as("a stranger who knows a task cannot end it")
                .isEqualTo("pending");
    }

    @Test
    void anExportedVmIsImportedAsAnother() throws Exception {
        String vm = machine("to export");
        byte[] archive = uploads.get("/export?uuid=" + calls.text("VM.get_uuid", vm));
        List<String> names = names(archive);
        assertThat(names.get(0)).isEqualTo("ova.xml");
        assertThat(names.stream().filter(n -> n.matches("Ref:\\d+/\\d{8}")))
                .as("first, data, last: the zeros between are left out")
                .extracting(n -> n.substring(n.indexOf('/') + 1))
                .containsExactly("00000000", "00000004", "00000007");
        assertThat(names.stream().filter(n -> n.endsWith(".xxhash"))).hasSize(3);
        String copy = imported(uploads.put("/import?sr_id=" + sr, archive));
        looksLike(copy, vm);
        calls.ok("VM.start", copy, false, false);
        assertThat(calls.text("VM.get_power_state", copy)).isEqualTo("Running");
    }

    /** Upstream: xapi_vm.ml, import_inner. */
    @Test
    void aVmIsImportedFromAWebServer() throws Exception {
        String vm = machine("fetched");
        byte[] archive = uploads.get("/export?ref=" + vm + "&use_compression=gzip");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", http -> {
            String path = http.getRequestURI().getPath();
            if (path.equals("/moved")) {
                http.getResponseHeaders().set("Location", "/vm.xva");
                http.sendResponseHeaders(302, -1);
            } else if (path.equals("/around")) {
                http.getResponseHeaders().set("Location", "/around");
                http.sendResponseHeaders(302, -1);
            } else if (path.equals("/vm.xva")) {
                http.sendResponseHeaders(200, archive.length);
                http.getResponseBody().write(archive);
            } else {
                http.sendResponseHeaders(404, -1);
            }
            http.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            List<String> made = calls.list("VM.import", url + "/moved", sr, false, false);
            assertThat(made).hasSize(1);
            looksLike(made.get(0), vm);
            assertThat(calls.error("VM.import", url + "/none", sr, false, false))
                    .containsExactly("IMPORT_ERROR", "404 Not Found");
            assertThat(calls.error("VM.import", url + "/around", sr, false, false))
                    .containsExactly("IMPORT_ERROR", "Maximum redirect limit reached");
            assertThat(calls.error("VM.import", "file:///etc/passwd", sr, false, false))
                    .containsExactly("IMPORT_ERROR", "Unsupported URI: file:///etc/passwd");
            assertThat(calls.error("VM.import", url, "OpaqueRef:none", false, false))
                    .containsExactly("HANDLE_INVALID", "SR", "OpaqueRef:none");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void packedArchivesAreWrittenAndRead() throws Exception {
        String vm = machine("packed");
        byte[] gzip = uploads.get("/export/?ref=" + vm + "&use_compression=true");
        assertThat(names(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes()))
                .contains("ova.xml");
        looksLike(imported(uploads.put("/import/", gzip)), vm);
        byte[] zstd = uploads.get("/export/?ref=" + vm + "&use_compression=zstd");
        assertThat(names(new ZstdInputStream(new ByteArrayInputStream(zstd)).readAllBytes()))
                .contains("ova.xml");
        looksLike(imported(uploads.put("/import/", zstd)), vm);
    }

    @Test
    void aBlockThatDoesNotMatchItsChecksumIsRefusedUnlessForced() throws Exception {
        byte[] archive = uploads.get("/export?ref=" + machine("damaged"));
        int ova = 512 + Uploads.whole(Uploads.size(archive, 0));
        archive[ova + 512 + 1000] ^= 1;
        int vms = calls.list("VM.get_all").size();
        int disks = calls.list("VDI.get_all").size();
        JsonNode task = uploads.put("/import", archive);
        assertThat(task.get("error_info").get(0).asText()).isEqualTo("IMPORT_ERROR");
        assertThat(task.get("error_info").get(1).asText()).contains("checksum failed");
        assertThat(calls.list("VM.get_all")).hasSize(vms);
        assertThat(calls.list("VDI.get_all")).hasSize(disks);
        imported(uploads.put("/import?force=true", archive));
    }

    @Test
    void anImportThatBreaksOffLeavesNothing() throws Exception {
        byte[] archive = uploads.get("/export?ref=" + machine("broken off"));
        int vms = calls.list("VM.get_all").size();
        int disks = calls.list("VDI.get_all").size();
        String task = uploads.task("broken off");
        try (Http http = new Http(
                daemon, "PUT", "/import?task_id=" + task, uploads.auth(), "content-length: " + archive.length)) {
            http.head();
            http.send(Arrays.copyOf(archive, archive.length - 2 * MIB));
            eventually(() -> "complete"
                    .equals(calls.ok("task.get_other_config", task)
                            .path("object_creation")
                            .asText()));
            assertThat(calls.list("VM.get_all")).hasSize(vms + 1);
        }
        assertThat(uploads.ended(task).get("error_info").get(0).asText()).isEqualTo("IMPORT_ERROR_PREMATURE_EOF");
        assertThat(calls.list("VM.get_all")).hasSize(vms);
        assertThat(calls.list("VDI.get_all")).hasSize(disks);
    }

    @Test
    void whatIsNoArchiveIsRefused() throws Exception {
        JsonNode task = uploads.put("/import", new byte[0x1000]);
        assertThat(task.get("error_info").get(0).asText()).startsWith("IMPORT_ERROR");
        byte[] text = "This is no archive at all. ".repeat(100).getBytes(StandardCharsets.US_ASCII);
        assertThat(uploads.put("/import", text).get("error_info").get(0).asText())
                .isEqualTo("IMPORT_ERROR");
    }

    @Test
    void aRunningVmIsNotExported() throws Exception {
        String vm = machine("running");
        calls.ok("VM.start", vm, false, false);
        String task = uploads.task("export");
        try (Http http = new Http(daemon, "GET", "/export?ref=" + vm + "&task_id=" + task, uploads.auth())) {
            assertThat(http.head()).contains(" 500 Internal Error");
            assertThat(new String(http.rest(), StandardCharsets.UTF_8)).contains("VM_BAD_POWER_STATE");
        }
        assertThat(uploads.ended(task).get("error_info").get(0).asText()).isEqualTo("VM_BAD_POWER_STATE");
    }

    @Test
    void aVmThatIsRestoredKeepsItsIdentity() throws Exception {
        String vm = machine("restored");
        String uuid = calls.text("VM.get_uuid", vm);
        String mac = calls.text("VIF.get_MAC", calls.first("VM.get_VIFs", vm));
        byte[] archive = uploads.get("/export?ref=" + vm);
        String old = calls.diskOf(vm);
        assertThat(uploads.put("/import?restore=true", archive)
                        .get("error_info")
                        .get(0)
                        .asText())
                .isEqualTo("VM_TO_IMPORT_IS_NOT_NEWER_VERSION");
        calls.ok("VM.destroy", vm);
        calls.ok("VDI.destroy", old);
        String copy = imported(uploads.put("/import?restore=true", archive));
        assertThat(calls.text("VM.get_uuid", copy)).isEqualTo(uuid);
        assertThat(calls.text("VIF.get_MAC", calls.first("VM.get_VIFs", copy))).isEqualTo(mac);
    }

    @Test
    void aKilledDaemonRemovesTheHalfVmAtItsNextStart(@TempDir Path own) throws Exception {
        byte[] archive = uploads.get("/export?ref=" + machine("killed"));
        DaemonProcess killed = DaemonProcess.start(own);
        Calls before = new Calls(killed);
        int vms = before.list("VM.get_all").size();
        String task = before.text("task.create", "import", "");
        try (Http http = new Http(
                killed,
                "PUT",
                "/import?task_id=" + task,
                Http.basic("root", killed.password()),
                "content-length: " + archive.length)) {
            http.head();
            http.send(Arrays.copyOf(archive, archive.length - 2 * MIB));
            eventually(() -> before.ok("task.get_other_config", task).has("object_creation"));
            killed.kill();
        }
        try (DaemonProcess again = DaemonProcess.start(own)) {
            Calls after = new Calls(again);
            assertThat(after.list("VM.get_all")).hasSize(vms);
            String kept = after.text("pool.get_default_SR", after.first("pool.get_all"));
            assertThat(after.list("SR.get_VDIs", kept)).isEmpty();
            assertThat(after.text("task.get_status", task)).isEqualTo("failure");
            after.ok("SR.scan", kept);
            assertThat(after.list("SR.get_VDIs", kept))
                    .as("no file is left either")
                    .isEmpty();
        }
    }

    @Test
    void anArchiveWithOlderChecksumsIsRead() throws Exception {
        String vm = machine("older");
        byte[] archive = uploads.get("/export?ref=" + vm);
        looksLike(imported(uploads.put("/import", withSha1(archive))), vm);
    }

    /** The archive as hosts wrote it before XXH64: SHA-1 sums in files called .checksum. */
    private static byte[] withSha1(byte[] archive) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] block = null;
        for (int at = 0; archive[at] != 0; ) {
            byte[] header = Arrays.copyOfRange(archive, at, at + 512);
            String name = new String(header, 0, 100, StandardCharsets.UTF_8).replace("\0", "");
            int size = Integer.parseInt(new String(header, 124, 11, StandardCharsets.US_ASCII), 8);
            byte[] content = Arrays.copyOfRange(archive, at + 512, at + 512 + size);
            if (name.endsWith(".xxhash")) {
                content = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(block))
                        .getBytes(StandardCharsets.US_ASCII);
                header = header(name.replace(".xxhash", ".checksum"), content.length);
            }
            out.write(header);
            out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
            block = content;
            at += 512 + (size + 511) / 512 * 512;
        }
        out.write(new byte[1024]);
        return out.toByteArray();
    }

    private static byte[] header(String name, int size) {
        byte[] header = new byte[512];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, header, 0, name.length());
        byte[] octal = "%011o".formatted(size).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octal, 0, header, 124, 11);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        System.arraycopy("%06o".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 6);
        return header;
    }

    @Test
    void aSuspendedVmComesBackSuspended() throws Exception {
        String vm = machine("suspended");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.suspend", vm);
        byte[] archive = uploads.get("/export?ref=" + vm + "&preserve_power_state=true");
        String copy = imported(uploads.put("/import", archive));
        assertThat(calls.text("VM.get_power_state", copy)).isEqualTo("Suspended");
        calls.ok("VM.resume", copy, false, false);
        assertThat(calls.text("VM.get_power_state", copy)).isEqualTo("Running");
    }

    @Test
    void whatHostAndVmsDoIsTold() throws Exception {
        String vm = machine("measured");
        calls.ok("VM.start", vm, false, false);
        String host = calls.text("host.get_uuid", calls.first("host.get_all"));
        String uuid = calls.text("VM.get_uuid", vm);
        String target = "/rrd_updates?start=-60&interval=5&host=true&cf=AVERAGE&json=true";
        eventually(() -> new String(uploads.get(target), StandardCharsets.UTF_8).contains("vm:" + uuid + ":memory"));
        JsonNode updates = JsonClient.JSON.readTree(uploads.get(target));
        JsonNode meta = updates.get("meta");
        List<String> legend = new ArrayList<>();
        meta.get("legend").forEach(name -> legend.add(name.asText()));
        assertThat(legend).contains("AVERAGE:host:" + host + ":memory_total_kib", "AVERAGE:vm:" + uuid + ":cpu0");
        assertThat(meta.get("columns").asInt()).isEqualTo(legend.size());
        JsonNode newest = updates.get("data").get(0);
        assertThat(newest.get("t").asLong()).isEqualTo(meta.get("end").asLong());
        assertThat(newest.get("values")).hasSize(legend.size());
        double memory = Double.parseDouble(newest.get("values")
                .get(legend.indexOf("AVERAGE:vm:" + uuid + ":memory"))
                .asText());
        assertThat(memory).isEqualTo(calls.ok("VM.get_memory_static_max", vm).asDouble());
        String xml = new String(uploads.get("/rrd_updates?start=-60"), StandardCharsets.UTF_8);
        assertThat(xml)
                .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xport><meta><start>")
                .contains("AVERAGE:vm:")
                .doesNotContain("host:");
        try (Http http = new Http(daemon, "GET", target)) {
            assertThat(http.head()).contains(" 401 ");
        }
    }

    private static boolean recorded(String name) throws Exception {
        String sr = name.startsWith("sr:") ? "&sr_uuid=" + name.split(":")[1] : "";
        return new String(uploads.get("/rrd_updates?start=-60&host=true" + sr), StandardCharsets.UTF_8).contains(name);
    }

    private static boolean enabled(String owner, String ref, String name) throws Exception {
        for (JsonNode source : calls.ok(owner + ".get_data_sources", ref)) {
            if (source.get("name_label").asText().equals(name)) {
                return source.get("enabled").asBoolean();
            }
        }
        throw new AssertionError(owner + " has no " + name);
    }

    @Test
    void whatIsForgottenIsMeasuredAgain() throws Exception {
        String vm = machine("forgets");
        calls.ok("VM.start", vm, false, false);
        Map<String, List<String>> owners = Map.of(
                "VM", List.of(vm, "memory_target"),
                "host", List.of(calls.first("host.get_all"), "loadavg"),
                "SR", List.of(calls.first("SR.get_by_name_label", "ISO images"), "physical_utilisation"));
        for (String owner : owners.keySet()) {
            String ref = owners.get(owner).get(0);
            String source = owners.get(owner).get(1);
            String name = owner.toLowerCase(Locale.ROOT) + ":" + calls.text(owner + ".get_uuid", ref) + ":" + source;
            eventually(() -> recorded(name));
            assertThat(enabled(owner, ref, source)).isTrue();
            calls.ok(owner + ".forget_data_source_archives", ref, source);
            calls.ok(owner + ".forget_data_source_archives", ref, "none");
            eventually(() -> recorded(name));
            calls.ok(owner + ".record_data_source", ref, source);
            assertThat(enabled(owner, ref, source)).isTrue();
            assertThat(calls.error(owner + ".record_data_source", ref, "none"))
                    .containsExactly("INTERNAL_ERROR", "Rrd_interface.Rrdd_error([S(Datasource_missing);S(none)])");
        }
        calls.ok("VM.hard_shutdown", vm);
        assertThat(calls.error("VM.forget_data_source_archives", vm, "memory").get(0))
                .isEqualTo("VM_BAD_POWER_STATE");
    }

    @Test
    void anSrTellsHowLargeAndHowFullItIs() throws Exception {
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        for (Map.Entry<String, String> source : Map.of(
                        "size", "physical_size", "physical_utilisation", "physical_utilisation")
                .entrySet()) {
            eventually(() -> calls.answer("SR.query_data_source", sr, source.getKey())
                            .path("result")
                            .asDouble(-1)
                    == calls.ok("SR.get_" + source.getValue(), sr).asDouble());
        }
        assertThat(calls.error("SR.query_data_source", sr, "none"))
                .containsExactly("INTERNAL_ERROR", "Rrd.Invalid_data_source(\"none\")");
    }

    @Test
    void aVhdHoldsTheBlocksThatAreNotZero() throws Exception {
        byte[] vhd = uploads.get("/export_raw_vdi?format=vhd&vdi=" + filledDisk(6));
        ByteBuffer words = ByteBuffer.wrap(vhd);
        assertThat(new String(vhd, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("conectix");
        assertThat(words.getLong(48)).isEqualTo(6L * MIB);
        assertThat(words.getInt(64)).isEqualTo(vhdChecksum(vhd, 64, 512));
        assertThat(new String(vhd, 512, 8, StandardCharsets.US_ASCII)).isEqualTo("cxsparse");
        assertThat(words.getInt(512 + 28)).isEqualTo(3);
        byte[] disk = new byte[6 * MIB];
        int blocks = 0;
        for (int i = 0; i < 3; i++) {
            int sector = words.getInt(1536 + 4 * i);
            if (sector != -1) {
                blocks++;
                System.arraycopy(vhd, sector * 512 + 512, disk, i * 2 * MIB, 2 * MIB);
            }
        }
        assertThat(blocks).isEqualTo(2);
        assertThat(disk).isEqualTo(contents(6));
        assertThat(Arrays.copyOfRange(vhd, vhd.length - 512, vhd.length)).isEqualTo(Arrays.copyOf(vhd, 512));
    }

    private static int vhdChecksum(byte[] bytes, int at, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += i >= at && i < at + 4 ? 0 : bytes[i] & 0xFF;
        }
        return ~sum;
    }

    private static String sevens(int mib) throws Exception {
        String vdi = calls.vdi(sr, (long) mib * MIB);
        byte[] sevens = new byte[mib * MIB];
        Arrays.fill(sevens, (byte) 7);
        uploads.put("/import_raw_vdi?vdi=" + vdi, sevens);
        return vdi;
    }

    @Test
    void aVhdTakesThePlaceOfADiskAndOneOfDifferencesChangesIt() throws Exception {
        byte[] vhd = uploads.get("/export_raw_vdi?format=vhd&vdi=" + filledDisk(6));
        String whole = sevens(6);
        assertThat(uploads.put("/import_raw_vdi?format=vhd&vdi=" + whole, vhd)
                        .get("status")
                        .asText())
                .isEqualTo("success");
        assertThat(uploads.get("/export_raw_vdi?vdi=" + whole)).isEqualTo(contents(6));
        ByteBuffer words = ByteBuffer.wrap(vhd);
        words.putInt(60, 4);
        words.putInt(64, vhdChecksum(vhd, 64, 512));
        String changed = sevens(6);
        uploads.put("/import_raw_vdi?format=vhd&vdi=" + changed, vhd);
        byte[] expected = contents(6);
        Arrays.fill(expected, 2 * MIB, 4 * MIB, (byte) 7);
        assertThat(uploads.get("/export_raw_vdi?vdi=" + changed)).isEqualTo(expected);
        JsonNode small = uploads.put("/import_raw_vdi?format=vhd&vdi=" + calls.vdi(sr, 4L * MIB), vhd);
        assertThat(small.get("error_info").get(0).asText()).isEqualTo("VDI_IO_ERROR");
        JsonNode broken =
                uploads.put("/import_raw_vdi?format=vhd&vdi=" + whole, Arrays.copyOf(vhd, vhd.length - 3 * MIB));
        assertThat(broken.get("error_info").get(0).asText()).isEqualTo("VDI_IO_ERROR");
        assertThat(uploads.get("/export_raw_vdi?vdi=" + whole)).isEqualTo(contents(6));
    }
}
