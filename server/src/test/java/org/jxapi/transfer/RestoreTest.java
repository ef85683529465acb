package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/**
 * A VM that is restored from an archive over an existing one. XAPI destroys the old one first (ocaml/xapi/import.ml,
 * Replace); here it goes in the step that ends the import, so that one of the two is always there.
 */
class RestoreTest {
    private static final String RESTORE = "/import?restore=true&force=true";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    /** With a network interface as well. */
    private static String machine(String name) throws Exception {
        String vm = uploads.machine(sr, name, 4);
        calls.ok("VIF.create", Calls.vifRecord(vm, calls.first("network.get_all")));
        return vm;
    }

    @Test
    void anArchiveThatBreaksOffAnywhereLeavesTheOldVm() throws Exception {
        String vm = machine("cut");
        byte[] archive = uploads.get("/export?ref=" + vm);
        JsonNode before = calls.ok("VM.get_record", vm);
        int vms = calls.list("VM.get_all").size();
        int disks = calls.list("VDI.get_all").size();
        int ova = 512 + Uploads.whole(Uploads.size(archive, 0));
        for (int length : List.of(700, ova, ova + 100, ova + MIB / 2, ova + 512 + MIB + 600, archive.length - 3000)) {
            byte[] cut = Arrays.copyOf(archive, length);
            assertThat(Uploads.error(uploads.put(RESTORE, cut, Integer.toString(archive.length)))
                            .get(0))
                    .as("cut at " + length)
                    .isEqualTo("IMPORT_ERROR_PREMATURE_EOF");
            Eventually.holds(() -> {
                assertThat(calls.list("VM.get_all")).hasSize(vms);
                assertThat(calls.list("VDI.get_all")).hasSize(disks);
            });
            assertThat(calls.text("VM.get_by_uuid", before.get("uuid").asText()))
                    .isEqualTo(vm);
            JsonNode after = calls.ok("VM.get_record", vm);
            for (String field : List.of("VBDs", "VIFs", "uuid", "name_label", "current_operations", "version")) {
                assertThat(after.get(field)).as(field).isEqualTo(before.get(field));
            }
        }
        calls.ok("VM.start", vm, false, false);
    }

    @Test
    void theOldVmGoesWhenTheNewOneIsComplete() throws Exception {
        String vm = machine("replaced");
        String uuid = calls.text("VM.get_uuid", vm);
        String vbd = calls.text("VBD.get_uuid", calls.first("VM.get_VBDs", vm));
        String vif = calls.text("VIF.get_uuid", calls.first("VM.get_VIFs", vm));
        String mac = calls.text("VIF.get_MAC", calls.first("VM.get_VIFs", vm));
        byte[] archive = uploads.get("/export?ref=" + vm);
        String task = uploads.task("restore");
        try (Http http = new Http(
                daemon, "PUT", Uploads.withTask(RESTORE, task), uploads.auth(), "content-length: " + archive.length)) {
            http.head();
            http.send(Arrays.copyOf(archive, archive.length - MIB));
            Eventually.holds(
                    () -> assertThat(calls.ok("task.get_other_config", task).has("object_creation"))
                            .isTrue());
            assertThat(calls.text("VM.get_by_uuid", uuid)).isEqualTo(vm);
            assertThat(calls.ok("VM.get_current_operations", vm))
                    .as("nobody else uses it now")
                    .hasSize(1);
            assertThat(Uploads.error(uploads.put(RESTORE, archive)).get(0))
                    .as("a second restore of it")
                    .isEqualTo("OTHER_OPERATION_IN_PROGRESS");
            http.send(Arrays.copyOfRange(archive, archive.length - MIB, archive.length));
            http.rest();
        }
        String made = uploads.ended(task).get("result").asText().replaceAll("<[^>]*>", "");
        assertThat(made).isNotEqualTo(vm);
        assertThat(calls.text("VM.get_by_uuid", uuid)).isEqualTo(made);
        assertThat(calls.error("VM.get_record", vm)).containsExactly("HANDLE_INVALID", "VM", vm);
        assertThat(calls.text("VBD.get_uuid", calls.first("VM.get_VBDs", made))).isEqualTo(vbd);
        String newVif = calls.first("VM.get_VIFs", made);
        assertThat(calls.text("VIF.get_uuid", newVif)).isEqualTo(vif);
        assertThat(calls.text("VIF.get_MAC", newVif)).isEqualTo(mac);
        assertThat(calls.ok("VM.get_current_operations", made)).isEmpty();
        calls.ok("VM.start", made, false, false);
    }

    @Test
    void restoresOfOneVmAtOnceLeaveOneOfIt() throws Exception {
        String vm = machine("contested");
        String uuid = calls.text("VM.get_uuid", vm);
        byte[] archive = uploads.get("/export?ref=" + vm);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<JsonNode>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(clients.submit(() -> uploads.put(RESTORE, archive)));
            }
            int restored = 0;
            for (Future<JsonNode> one : all) {
                if (one.get().get("status").asText().equals("success")) {
                    restored++;
                } else {
                    assertThat(Uploads.error(one.get()).get(0)).isIn("OTHER_OPERATION_IN_PROGRESS", "HANDLE_INVALID");
                }
            }
            assertThat(restored).isPositive();
        } finally {
            clients.shutdownNow();
        }
        assertThat(calls.list("VM.get_by_name_label", "contested")).hasSize(1);
        String left = calls.text("VM.get_by_uuid", uuid);
        assertThat(calls.ok("VM.get_current_operations", left)).isEmpty();
        calls.ok("VM.start", left, false, false);
    }

    @Test
    void aDaemonKilledMidwayHasTheOldVmAtItsNextStart(@TempDir Path own) throws Exception {
        DaemonProcess killed = DaemonProcess.start(own);
        Calls before = new Calls(killed);
        Uploads sending = new Uploads(killed, before);
        String kept = before.text("pool.get_default_SR", before.first("pool.get_all"));
        String vm = sending.machine(kept, "killed", 4);
        String uuid = before.text("VM.get_uuid", vm);
        String network = before.first("network.get_all");
        before.ok("VIF.create", Calls.vifRecord(vm, network));
        int networks = before.list("network.get_all").size();
        byte[] named = Uploads.edited(
                sending.get("/export?ref=" + vm),
                "<name>name_label</name><value>" + before.text("network.get_name_label", network),
                "<name>name_label</name><value>new network");
        byte[] archive = Uploads.edited(
                named,
                "<name>bridge</name><value>" + before.text("network.get_bridge", network),
                "<name>bridge</name><value>none");
        String task = sending.task("restore");
        try (Http http = new Http(
                killed, "PUT", Uploads.withTask(RESTORE, task), sending.auth(), "content-length: " + archive.length)) {
            http.head();
            http.send(Arrays.copyOf(archive, archive.length - 2000));
            Eventually.holds(
                    () -> assertThat(before.ok("task.get_other_config", task).has("object_creation"))
                            .isTrue());
            assertThat(before.list("network.get_all")).hasSize(networks + 1);
            killed.kill();
        }
        try (DaemonProcess again = DaemonProcess.start(own)) {
            Calls after = new Calls(again);
            assertThat(after.list("VM.get_by_name_label", "killed")).containsExactly(vm);
            assertThat(after.text("VM.get_by_uuid", uuid)).isEqualTo(vm);
            assertThat(after.list("SR.get_VDIs", kept)).hasSize(1);
            assertThat(after.list("network.get_all")).hasSize(networks);
            after.ok("VM.start", vm, false, false);
        }
    }
}
