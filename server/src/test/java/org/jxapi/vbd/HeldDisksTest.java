package org.jxapi.vbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.OpenRequests;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/**
 * A transfer holds its disks for as long as its client takes, as a VBD of the control domain does in XAPI
 * (with_block_attached_device in upstream's ocaml/xapi/sm_fs_ops.ml; import_raw_vdi.ml, export_raw_vdi.ml,
 * stream_vdi.ml). Other users of a disk get an error at once.
 */
class HeldDisksTest {
    /** The meaning of "at once" on a busy machine. The transfers here last until the test ends them. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;
    private final OpenRequests requests = new OpenRequests(daemon);

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    @AfterEach
    void hangUp() throws Exception {
        requests.close();
        Eventually.holds(() -> assertThat(calls.list("VM.get_VBDs", controlDomain()))
                .as("disks that the daemon holds")
                .isEmpty());
    }

    private static String controlDomain() throws Exception {
        return calls.text("host.get_control_domain", calls.first("host.get_all"));
    }

    private static String vm(String name, String vdi) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        return vm;
    }

    /** The first of four MiB of an upload, which then stands still. */
    private Http slowUpload(String vdi) throws Exception {
        Http http = requests.send("PUT", "/import_raw_vdi?vdi=" + vdi, "content-length: " + 4 * MIB);
        assertThat(http.head()).contains(" 200 ");
        http.send(new byte[MIB]);
        assertHeld(vdi, "RW");
        return http;
    }

    /** A download of which nothing but the head is read. */
    private Http slowDownload(String target) throws Exception {
        Http http = requests.send("GET", target);
        assertThat(http.head()).contains(" 200 ");
        return http;
    }

    /** The disk is attached to the control domain, and no client can take it from there. */
    private static void assertHeld(String vdi, String mode) throws Exception {
        List<String> vbds = new ArrayList<>();
        for (String vbd : calls.list("VDI.get_VBDs", vdi)) {
            if (calls.text("VBD.get_VM", vbd).equals(controlDomain())) {
                vbds.add(vbd);
            }
        }
        assertThat(vbds).hasSize(1);
        String vbd = vbds.get(0);
        assertThat(calls.text("VBD.get_mode", vbd)).isEqualTo(mode);
        assertThat(calls.ok("VBD.get_currently_attached", vbd).asBoolean()).isTrue();
        assertThat(calls.error("VBD.unplug", vbd)).containsExactly("VBD_NOT_UNPLUGGABLE", vbd);
        assertThat(calls.error("VBD.unplug_force", vbd)).containsExactly("VBD_NOT_UNPLUGGABLE", vbd);
        assertThat(calls.error("VBD.destroy", vbd)).startsWith("OPERATION_NOT_ALLOWED");
    }

    /** The error of every operation that would disturb a transfer of the disk, without waiting. */
    private static void assertRefused(String vdi) throws Exception {
        long began = System.nanoTime();
        for (String operation : List.of("destroy", "update", "forget")) {
            assertThat(calls.error("VDI." + operation, vdi)).containsExactly("VDI_IN_USE", vdi, operation);
        }
        assertThat(calls.error("VDI.resize", vdi, 16 * MIB)).containsExactly("VDI_IN_USE", vdi, "resize");
        assertThat(calls.error("VDI.resize_online", vdi, 16 * MIB)).containsExactly("VDI_IN_USE", vdi, "resize_online");
        assertThat(calls.error("PBD.unplug", calls.first("SR.get_PBDs", sr)))
                .startsWith("VDI_IN_USE")
                .contains(vdi);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
    }

    @Test
    void anSrIsNotUnpluggedWhileANewDiskIsUploadedToIt() throws Exception {
        Path location = folder.resolve("receives");
        String receives = calls.fileSr("receives", Map.of("location", location.toString()));
        String task = calls.text("task.create", "upload", "");
        Http upload = requests.send(
                "PUT", "/import_raw_vdi?sr_id=" + receives + "&task_id=" + task, "content-length: " + 4 * MIB);
        assertThat(upload.head()).contains(" 200 ");
        upload.send(new byte[MIB]);
        Eventually.holds(() -> assertThat(location.toFile().list()).isNotEmpty());
        assertThat(calls.error("PBD.unplug", calls.first("SR.get_PBDs", receives)))
                .startsWith("OTHER_OPERATION_IN_PROGRESS", "SR", receives, "vdi_create");
        upload.send(new byte[3 * MIB]);
        assertThat(uploads.ended(task).get("status").asText()).isEqualTo("success");
    }

    @Test
    void anUploadHasItsDiskToItself() throws Exception {
        String vdi = calls.vdi(sr, 4 * MIB);
        String vm = vm("of the uploaded disk", vdi);
        Http upload = slowUpload(vdi);
        assertThat(calls.error("VM.start", vm, false, false)).containsExactly("VDI_IN_USE", vdi);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
        assertRefused(vdi);
        assertThat(calls.error("VDI.copy", vdi, sr, "OpaqueRef:NULL", "OpaqueRef:NULL"))
                .containsExactly("VDI_IN_USE", vdi, "copy");
        assertThat(calls.error("VDI.checksum", vdi)).containsExactly("VDI_IN_USE", vdi);
        for (String method : List.of("GET /export_raw_vdi", "PUT /import_raw_vdi")) {
            String task = calls.text("task.create", method, "");
            String[] line = method.split(" ");
            requests.send(line[0], line[1] + "?vdi=" + vdi + "&task_id=" + task, "content-length: 0");
            assertThat(Uploads.error(uploads.ended(task))).containsExactly("VDI_IN_USE", vdi);
        }
        upload.send(new byte[3 * MIB]);
        Eventually.holds(() -> calls.ok("VM.start", vm, false, false));
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void aDownloadSharesItsDiskWithReaders() throws Exception {
        String vdi = calls.vdi(sr, 64 * MIB);
        String vm = vm("of the downloaded disk", vdi);
        slowDownload("/export_raw_vdi?vdi=" + vdi);
        assertHeld(vdi, "RO");
        assertThat(calls.error("VM.start", vm, false, false)).containsExactly("VDI_IN_USE", vdi);
        assertRefused(vdi);
        String copy = calls.text("VDI.copy", vdi, sr, "OpaqueRef:NULL", "OpaqueRef:NULL");
        calls.ok("VDI.destroy", copy);
        calls.ok("VBD.set_mode", calls.first("VM.get_VBDs", vm), "RO");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void theExportOfAVmHoldsAllItsDisks() throws Exception {
        String first = uploads.fullDisk(sr, 32);
        String second = calls.vdi(sr, MIB);
        String vm = vm("exported", first);
        calls.ok("VBD.create", Calls.vbdRecord(vm, second));
        String other = vm("shares the second disk", second);
        slowDownload("/export?ref=" + vm);
        for (String vdi : List.of(first, second)) {
            assertHeld(vdi, "RO");
            assertRefused(vdi);
        }
        assertThat(calls.error("VM.start", other, false, false)).containsExactly("VDI_IN_USE", second);
    }

    @Test
    void theDisksOfAnImportAreNobodyElses() throws Exception {
        String vdi = uploads.fullDisk(sr, 32);
        String vm = vm("goes out and in", vdi);
        byte[] archive = uploads.get("/export?ref=" + vm);
        calls.ok("VM.set_name_label", vm, "gone out");
        String task = calls.text("task.create", "import", "");
        Http upload = requests.send("PUT", "/import?task_id=" + task, "content-length: " + archive.length);
        upload.head();
        upload.send(Arrays.copyOf(archive, archive.length / 2));
        Eventually.holds(() -> assertThat(calls.list("VM.get_by_name_label", "goes out and in"))
                .isNotEmpty());
        String fresh = calls.first("VM.get_by_name_label", "goes out and in");
        Eventually.holds(() -> assertThat(calls.list("VM.get_VBDs", fresh)).isNotEmpty());
        String disk = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", fresh));
        assertHeld(disk, "RW");
        assertRefused(disk);
        assertThat(calls.error("VM.start", vm("thief", disk), false, false)).containsExactly("VDI_IN_USE", disk);
        upload.send(Arrays.copyOfRange(archive, archive.length / 2, archive.length));
        assertThat(uploads.ended(task).get("status").asText()).isEqualTo("success");
        calls.ok("VM.start", fresh, false, false);
        calls.ok("VM.hard_shutdown", fresh);
    }

    @Test
    void anImportThatBreaksOffLeavesNeitherDiskNorHold() throws Exception {
        String vm = vm("breaks off", uploads.fullDisk(sr, 8));
        byte[] archive = uploads.get("/export?ref=" + vm);
        int disks = calls.list("VDI.get_all").size();
        String task = calls.text("task.create", "import", "");
        try (Http upload = requests.send("PUT", "/import?task_id=" + task, "content-length: " + archive.length)) {
            upload.head();
            upload.send(Arrays.copyOf(archive, archive.length / 2));
        }
        assertThat(uploads.ended(task).get("status").asText()).isEqualTo("failure");
        Eventually.holds(() -> assertThat(calls.list("VDI.get_all")).hasSize(disks));
    }

    @Test
    void aDiskOfARunningVmIsNotExportedBehindItsBack() throws Exception {
        String vdi = calls.vdi(sr, MIB);
        String running = vm("runs", vdi);
        String halted = vm("stands still", vdi);
        calls.ok("VM.start", running, false, false);
        for (String target : List.of("/export_raw_vdi?vdi=" + vdi, "/export?ref=" + halted)) {
            String task = calls.text("task.create", "export", "");
            requests.send("GET", target + "&task_id=" + task);
            assertThat(Uploads.error(uploads.ended(task))).containsExactly("VDI_IN_USE", vdi);
        }
        assertThat(calls.error("VDI.copy", vdi, sr, "OpaqueRef:NULL", "OpaqueRef:NULL"))
                .containsExactly("VDI_IN_USE", vdi, "copy");
        calls.ok("VM.hard_shutdown", running);
    }

    @Test
    void aCopyIntoADiskHasThatDiskToItself() throws Exception {
        String from = calls.vdi(sr, 4 * MIB);
        // More than the buffers of a connection hold.
        String into = calls.vdi(sr, 64 * MIB);
        slowDownload("/export_raw_vdi?vdi=" + into);
        assertThat(calls.error("VDI.copy", from, "OpaqueRef:NULL", "OpaqueRef:NULL", into))
                .startsWith("VDI_IN_USE", into);
        assertThat(calls.error("VDI.copy", from, "OpaqueRef:NULL", "OpaqueRef:NULL", from))
                .startsWith("VDI_IN_USE", from);
        for (String vdi : List.of(from, into)) {
            assertThat(calls.ok("VDI.get_current_operations", vdi)).isEmpty();
        }
    }

    @Test
    void whatAKilledDaemonHeldIsFreeAtItsNextStart(@TempDir Path own) throws Exception {
        String vdi;
        try (DaemonProcess first = DaemonProcess.start(own)) {
            Calls its = new Calls(first);
            vdi = its.vdi(its.text("pool.get_default_SR", its.first("pool.get_all")), 4 * MIB);
            Http upload = new Http(
                    first,
                    "PUT",
                    "/import_raw_vdi?vdi=" + vdi,
                    Http.basic("root", first.password()),
                    "content-length: " + 4 * MIB);
            upload.head();
            assertThat(its.error("VDI.destroy", vdi)).containsExactly("VDI_IN_USE", vdi, "destroy");
            first.kill();
            upload.close();
        }
        try (DaemonProcess next = DaemonProcess.start(own)) {
            Calls its = new Calls(next);
            assertThat(its.list("VDI.get_VBDs", vdi)).isEmpty();
            its.ok("VDI.destroy", vdi);
        }
    }
}
