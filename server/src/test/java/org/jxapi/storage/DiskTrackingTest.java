package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/**
 * Changed-block tracking as ocaml/xapi/xapi_vdi.ml and libs/sm/VDI.py have it: enable_cbt, disable_cbt, data_destroy,
 * list_changed_blocks, and disks of type cbt_metadata.
 */
class DiskTrackingTest {
    private static final long MIB = 1 << 20;
    private static final int BLOCK = 65_536;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    Path folder;

    private static final Calls calls = daemon.calls();

    private String create(String formats) throws Exception {
        return calls.fileSr(
                folder.getFileName() + formats,
                Map.of("location", folder.resolve("sr").toString(), "preferred-image-formats", formats));
    }

    private void write(String vdi, int block) throws Exception {
        TrackedDisk.write(
                folder.resolve("sr"), calls.text("VDI.get_uuid", vdi), (long) block * BLOCK, new byte[] {1, 2, 3});
    }

    private static String snapshot(String vdi) throws Exception {
        return calls.text("VDI.snapshot", vdi, Map.of());
    }

    private static List<Integer> changed(String from, String to) throws Exception {
        return TrackedDisk.blocks(calls.text("VDI.list_changed_blocks", from, to));
    }

    private static boolean tracked(String vdi) throws Exception {
        return calls.ok("VDI.get_cbt_enabled", vdi).asBoolean();
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("sr"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aDiskIsTrackedFromOneSnapshotToTheNext() throws Exception {
        String sr = create("qcow2");
        String vdi = calls.vdi(sr, 4 * MIB);
        assertThat(tracked(vdi)).isFalse();
        String before = snapshot(vdi);
        assertThat(tracked(before)).isFalse();
        assertThat(calls.error("VDI.data_destroy", before)).containsExactly("VDI_NO_CBT_METADATA", before);
        calls.ok("VDI.enable_cbt", vdi);
        calls.ok("VDI.enable_cbt", vdi);
        assertThat(tracked(vdi)).isTrue();
        String first = snapshot(vdi);
        assertThat(tracked(first)).isTrue();
        write(vdi, 3);
        String second = snapshot(vdi);
        write(vdi, 40);
        assertThat(changed(first, second)).containsExactly(3);
        assertThat(changed(first, vdi)).containsExactly(3, 40);
        assertThat(calls.error("VDI.list_changed_blocks", before, first))
                .containsExactly(
                        "SR_BACKEND_FAILURE_460",
                        "",
                        "Failed to calculate changed blocks for given VDIs."
                                + " [opterr=Source and target VDI are unrelated]",
                        "");
        assertThat(calls.error("VDI.list_changed_blocks", first, first)).contains("SR_BACKEND_FAILURE_460");
        assertThat(calls.error("VDI.set_on_boot", vdi, "reset")).containsExactly("VDI_CBT_ENABLED", vdi);
        String clone = calls.text("VDI.clone", vdi, Map.of());
        assertThat(tracked(clone)).isFalse();
        calls.ok("VDI.disable_cbt", vdi);
        calls.ok("VDI.disable_cbt", vdi);
        assertThat(tracked(vdi)).isFalse();
        assertThat(tracked(second)).isTrue();
        assertThat(changed(first, second)).containsExactly(3);
        assertThat(calls.error("VDI.list_changed_blocks", second, vdi)).contains("SR_BACKEND_FAILURE_460");
    }

    @Test
    void theLogOfASnapshotOutlivesItsData() throws Exception {
        String sr = create("qcow2");
        String vdi = calls.vdi(sr, 4 * MIB);
        calls.ok("VDI.enable_cbt", vdi);
        String first = snapshot(vdi);
        write(vdi, 9);
        String second = snapshot(vdi);
        assertThat(calls.error("VDI.data_destroy", vdi))
                .containsExactly("OPERATION_NOT_ALLOWED", "VDI is not a snapshot: " + vdi);
        calls.ok("VDI.data_destroy", first);
        calls.ok("VDI.data_destroy", first);
        assertThat(files()).doesNotContain(calls.text("VDI.get_uuid", first) + ".qcow2");
        metadata(first, vdi);
        calls.ok("SR.scan", sr);
        calls.ok("VDI.update", first);
        metadata(first, vdi);
        assertThat(changed(first, second)).containsExactly(9);
        for (String message : List.of("VDI.snapshot", "VDI.clone")) {
            assertThat(calls.error(message, first, Map.of()))
                    .containsExactly("VDI_INCOMPATIBLE_TYPE", first, "CBT metadata");
        }
        assertThat(calls.error("VDI.copy", first, sr)).containsExactly("VDI_INCOMPATIBLE_TYPE", first, "CBT metadata");
        assertThat(calls.error("VDI.get_nbd_info", first))
                .containsExactly("VDI_INCOMPATIBLE_TYPE", first, "CBT metadata");
        String vm = calls.vm("of a log");
        assertThat(calls.error("VBD.create", Calls.vbdRecord(vm, first)))
                .containsExactly("VDI_INCOMPATIBLE_TYPE", first, "CBT metadata");
        calls.ok("VM.destroy", vm);
        calls.ok("VDI.data_destroy", second);
        write(vdi, 11);
        String third = snapshot(vdi);
        calls.ok("VDI.destroy", second);
        assertThat(changed(first, third)).containsExactly(9, 11);
        for (String each : List.of(first, third, vdi)) {
            calls.ok("VDI.destroy", each);
        }
        assertThat(files()).isEmpty();
    }

    private static void metadata(String snapshot, String of) throws Exception {
        var row = calls.ok("VDI.get_record", snapshot);
        assertThat(row.get("type").asText()).isEqualTo("cbt_metadata");
        assertThat(row.get("cbt_enabled").asBoolean()).isTrue();
        assertThat(row.get("is_a_snapshot").asBoolean()).isTrue();
        assertThat(row.get("snapshot_of").asText()).isEqualTo(of);
        assertThat(row.get("managed").asBoolean()).isTrue();
        assertThat(row.get("virtual_size").asLong()).isEqualTo(4 * MIB);
        assertThat(row.get("physical_utilisation").asLong()).isZero();
        assertThat(calls.list("VDI.get_allowed_operations", snapshot))
                .containsExactlyInAnyOrder("destroy", "forget", "update");
    }

    /** XenServer's storage manager turns tracking off then, too: VDI.activate in libs/sm/VDI.py. */
    @Test
    void aDamagedLogTurnsTrackingOffAndLeavesAMessage() throws Exception {
        String vdi = calls.vdi(create("qcow2"), MIB);
        calls.ok("VDI.enable_cbt", vdi);
        String first = snapshot(vdi);
        String uuid = calls.text("VDI.get_uuid", vdi);
        Files.writeString(folder.resolve("sr").resolve(uuid + ".cbtlog"), "damaged");
        assertThat(calls.error("VDI.list_changed_blocks", first, vdi)).contains("SR_BACKEND_FAILURE_460");
        String second = snapshot(vdi);
        assertThat(tracked(second)).isFalse();
        assertThat(tracked(vdi)).isFalse();
        assertThat(calls.ok("message.get_all_records")).anySatisfy(message -> {
            assertThat(message.get("name").asText()).isEqualTo("VDI_CBT_METADATA_INCONSISTENT");
            assertThat(message.get("obj_uuid").asText()).isEqualTo(uuid);
        });
        calls.ok("VDI.enable_cbt", vdi);
        String third = snapshot(vdi);
        write(vdi, 4);
        assertThat(changed(third, snapshot(vdi))).containsExactly(4);
    }

    /** XAPI waits for 4 s: wait_for_vbds_to_be_unplugged_and_destroyed. */
    @Test
    void theDataStaysWhileAVbdRefersToIt() throws Exception {
        String vdi = calls.vdi(create("qcow2"), MIB);
        calls.ok("VDI.enable_cbt", vdi);
        String snapshot = snapshot(vdi);
        String vm = calls.vm("of a snapshot");
        String vbd = calls.text("VBD.create", Calls.vbdRecord(vm, snapshot));
        assertThat(calls.error("VDI.data_destroy", snapshot)).containsExactly("VDI_IN_USE", snapshot, "data_destroy");
        assertThat(calls.text("VDI.get_type", snapshot)).isEqualTo("user");
        Calls other = new Calls(daemon);
        CompletableFuture<String> destroyed = CompletableFuture.supplyAsync(() -> {
            try {
                return other.outcome("VDI.data_destroy", snapshot);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        calls.ok("VBD.destroy", vbd);
        assertThat(destroyed.get()).isEqualTo("ok");
        assertThat(calls.text("VDI.get_type", snapshot)).isEqualTo("cbt_metadata");
        calls.ok("VM.destroy", vm);
    }

    @Test
    void aRepositoryThatIsIntroducedAgainHasItsLogs() throws Exception {
        String sr = create("qcow2");
        String vdi = calls.vdi(sr, 4 * MIB);
        calls.ok("VDI.enable_cbt", vdi);
        String first = snapshot(vdi);
        write(vdi, 5);
        calls.ok("VDI.data_destroy", first);
        List<String> uuids = List.of(calls.text("VDI.get_uuid", first), calls.text("VDI.get_uuid", vdi));
        for (String each : List.of(first, vdi)) {
            calls.ok("VDI.forget", each);
        }
        assertThat(calls.list("SR.get_VDIs", sr)).isEmpty();
        calls.ok("SR.scan", sr);
        String log = calls.text("VDI.get_by_uuid", uuids.get(0));
        String disk = calls.text("VDI.get_by_uuid", uuids.get(1));
        assertThat(calls.text("VDI.get_type", log)).isEqualTo("cbt_metadata");
        assertThat(calls.ok("VDI.get_virtual_size", log).asLong()).isEqualTo(4 * MIB);
        assertThat(tracked(log)).isTrue();
        assertThat(tracked(disk)).isTrue();
        assertThat(changed(log, disk)).contains(5);
    }

    @Test
    void trackingOutlivesAKill() throws Exception {
        String vdi = calls.vdi(create("qcow2"), 4 * MIB);
        calls.ok("VDI.enable_cbt", vdi);
        String first = snapshot(vdi);
        write(vdi, 5);
        String second = snapshot(vdi);
        calls.ok("VDI.data_destroy", first);
        // Data as if the kill had come between the row and the files.
        String uuid = calls.text("VDI.get_uuid", first);
        Files.copy(
                folder.resolve("sr").resolve(calls.text("VDI.get_uuid", second) + ".qcow2"),
                folder.resolve("sr").resolve(uuid + ".qcow2"));
        Files.createFile(folder.resolve("sr").resolve(uuid + ".jxapi-pending"));
        daemon.killAndStart();
        assertThat(tracked(vdi)).isTrue();
        assertThat(calls.text("VDI.get_type", first)).isEqualTo("cbt_metadata");
        assertThat(files())
                .doesNotContain(uuid + ".qcow2", uuid + ".jxapi-pending")
                .contains(uuid + ".cbtlog");
        assertThat(changed(first, second)).containsExactly(5);
    }

    @Test
    void theCommandsOfXeWork() throws Exception {
        String vdi = calls.vdi(create("qcow2"), MIB);
        String uuid = calls.text("VDI.get_uuid", vdi);
        xe("vdi-enable-cbt", "uuid=" + uuid);
        assertThat(xe("vdi-param-get", "uuid=" + uuid, "param-name=cbt-enabled"))
                .isEqualTo("true");
        String first = calls.text("VDI.get_uuid", snapshot(vdi));
        write(vdi, 2);
        String second = calls.text("VDI.get_uuid", snapshot(vdi));
        xe("vdi-data-destroy", "uuid=" + first);
        assertThat(xe("vdi-param-get", "uuid=" + first, "param-name=type")).isEqualTo("CBT metadata");
        assertThat(xe("vdi-list-changed-blocks", "vdi-from-uuid=" + first, "vdi-to-uuid=" + second))
                .isEqualTo("IAAAAA==");
        xe("vdi-disable-cbt", "uuid=" + uuid);
        assertThat(tracked(vdi)).isFalse();
    }

    private static String xe(String... arguments) throws Exception {
        return new ThinClient(daemon.socket()).run(arguments).ok();
    }
}
