package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** Disks of VMs move to other repositories, as xapi_vm_migrate.ml's vdi_pool_migrate has it. */
class DiskMovesTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @TempDir
    Path folder;

    private String sr(String name, String formats) throws Exception {
        String location = folder.resolve(name).toString();
        return calls.fileSr(name, Map.of("location", location, "preferred-image-formats", formats));
    }

    private String vbd(String vm, String vdi) throws Exception {
        return calls.text("VBD.create", Calls.vbdRecord(vm, vdi));
    }

    private Path raw(String sr, String vdi) throws Exception {
        return folder.resolve(sr).resolve(calls.text("VDI.get_uuid", vdi) + ".raw");
    }

    private List<String> files(String sr) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(sr))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void fill(Path file, int mib) throws IOException {
        byte[] bytes = new byte[(int) MIB];
        Arrays.fill(bytes, (byte) 7);
        for (int i = 0; i < mib; i++) {
            Files.write(file, bytes, i == 0 ? StandardOpenOption.WRITE : StandardOpenOption.APPEND);
        }
    }

    @Test
    void aDiskOfAHaltedVmMovesWithItsSnapshots() throws Exception {
        String from = sr("from", "raw");
        String to = sr("to", "qcow2");
        String vm = calls.vm("moves");
        String vdi = calls.vdi(from, 2 * MIB);
        assertThat(calls.error("VDI.pool_migrate", vdi, to, Map.of())).containsExactly("VDI_NEEDS_VM_FOR_MIGRATE", vdi);
        String vbd = vbd(vm, vdi);
        calls.ok("VDI.add_to_other_config", vdi, "config-drive", "true");
        calls.ok("VDI.add_tags", vdi, "important");
        String alone = calls.text("VDI.snapshot", vdi, Map.of());
        String snapshot = calls.text("VM.snapshot", vm, "before");
        String snapshotVbd = calls.list("VM.get_VBDs", snapshot).get(0);
        String kept = calls.text("VBD.get_VDI", snapshotVbd);
        String time = calls.text("VDI.get_snapshot_time", kept);
        fill(raw("from", vdi), 2);
        String sum = calls.text("VDI.checksum", vdi);
        String keptSum = calls.text("VDI.checksum", kept);
        String moved = calls.text("VDI.pool_migrate", vdi, to, Map.of());
        assertThat(moved).isNotEqualTo(vdi);
        assertThat(calls.text("VBD.get_VDI", vbd)).isEqualTo(moved);
        assertThat(calls.text("VDI.get_SR", moved)).isEqualTo(to);
        assertThat(calls.text("VDI.checksum", moved)).isEqualTo(sum);
        assertThat(calls.list("VDI.get_tags", moved)).containsExactly("important");
        assertThat(calls.ok("VDI.get_other_config", moved).get("config-drive").asText())
                .isEqualTo("true");
        assertThat(calls.error("VDI.get_record", vdi)).containsExactly("HANDLE_INVALID", "VDI", vdi);
        String keptNow = calls.text("VBD.get_VDI", snapshotVbd);
        assertThat(calls.text("VDI.get_SR", keptNow)).isEqualTo(to);
        assertThat(calls.ok("VDI.get_is_a_snapshot", keptNow).asBoolean()).isTrue();
        assertThat(calls.text("VDI.get_snapshot_of", keptNow)).isEqualTo(moved);
        assertThat(calls.text("VDI.get_snapshot_time", keptNow)).isEqualTo(time);
        assertThat(calls.text("VDI.checksum", keptNow)).isEqualTo(keptSum);
        // No snapshot of the VM has it, so it stays.
        assertThat(calls.text("VDI.get_SR", alone)).isEqualTo(from);
        assertThat(calls.text("VDI.get_snapshot_of", alone)).isEqualTo(moved);
        assertThat(files("from")).containsExactly(calls.text("VDI.get_uuid", alone) + ".raw");
        assertThat(files("to")).hasSize(2).allMatch(name -> name.endsWith(".qcow2"));
        assertThat(calls.text("VDI.pool_migrate", moved, to, Map.of()))
                .as("to where it is")
                .isEqualTo(moved);
        calls.ok("VM.revert", snapshot);
        assertThat(calls.text(
                        "VDI.checksum",
                        calls.text("VBD.get_VDI", calls.list("VM.get_VBDs", vm).get(0))))
                .isEqualTo(keptSum);
    }

    /** Guests of the simulator write nothing, so a copy is enough whatever the format. */
    @Test
    void aDiskOfARunningVmMoves() throws Exception {
        String from = sr("from", "raw");
        String to = sr("to", "raw");
        String vm = calls.vm("runs");
        String vdi = calls.vdi(from, MIB);
        String vbd = vbd(vm, vdi);
        fill(raw("from", vdi), 1);
        calls.ok("VM.start", vm, false, false);
        String moved = calls.text("VDI.pool_migrate", vdi, to, Map.of("dest-img-format", "qcow2"));
        assertThat(calls.text("VBD.get_VDI", vbd)).isEqualTo(moved);
        assertThat(calls.ok("VBD.get_currently_attached", vbd).asBoolean()).isTrue();
        assertThat(calls.ok("VDI.get_sm_config", moved).get("image-format").asText())
                .isEqualTo("qcow2");
        assertThat(files("from")).isEmpty();
        calls.ok("VM.hard_reboot", vm);
        calls.ok("VM.hard_shutdown", vm);
        String back = calls.text("VDI.pool_migrate", moved, from, Map.of("dest-img-format", "raw"));
        assertThat(Files.readAllBytes(raw("from", back))).containsOnly(7).hasSize((int) MIB);
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void whatCannotMoveIsRefusedWithXapisErrors() throws Exception {
        String from = sr("from", "raw");
        String to = sr("to", "raw");
        String vm = calls.vm("refuses");
        String vdi = calls.vdi(from, MIB);
        String vbd = vbd(vm, vdi);
        String uuid = calls.text("SR.get_uuid", to);
        assertThat(calls.error("VDI.pool_migrate", vdi, to, Map.of("dest-img-format", "vhd")))
                .containsExactly("VDI_INCOMPATIBLE_TYPE", "Image format vhd is not supported by " + uuid);
        String iso = calls.text(
                "SR.create",
                calls.first("host.get_all"),
                Map.of("location", Files.createDirectory(folder.resolve("iso")).toString(), "legacy_mode", "true"),
                0,
                "iso",
                "",
                "iso",
                "iso",
                false,
                Map.of());
        assertThat(calls.error("VDI.pool_migrate", vdi, iso, Map.of()))
                .containsExactly("SR_DOES_NOT_SUPPORT_MIGRATION", iso, "VDI_SNAPSHOT;VDI_MIRROR_IN");
        calls.ok("VDI.set_on_boot", vdi, "reset");
        assertThat(calls.error("VDI.pool_migrate", vdi, to, Map.of()))
                .containsExactly("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION", vdi);
        calls.ok("VDI.set_on_boot", vdi, "persist");
        calls.ok("PBD.unplug", calls.list("SR.get_PBDs", to).get(0));
        assertThat(calls.error("VDI.pool_migrate", vdi, to, Map.of())).containsExactly("NO_HOSTS_AVAILABLE");
        calls.ok("VM.add_to_blocked_operations", vm, "migrate_send", "PINNED");
        calls.ok("PBD.plug", calls.list("SR.get_PBDs", to).get(0));
        assertThat(calls.error("VDI.pool_migrate", vdi, to, Map.of())).startsWith("OPERATION_BLOCKED", vm);
        assertThat(calls.text("VBD.get_VDI", vbd)).isEqualTo(vdi);
        assertThat(files("to")).isEmpty();
    }

    /** XAPI accepts ionice and sets the priority of the disk's backend; the supported algorithms are empty there too. */
    @Test
    void thePriorityOfADiskIsRefusedSinceNothingWouldHonourIt() throws Exception {
        String vbd = vbd(calls.vm("equal"), calls.vdi(sr("qos", "raw"), MIB));
        assertThat(calls.list("VBD.get_qos_supported_algorithms", vbd)).isEmpty();
        assertThat(calls.error("VBD.set_qos_algorithm_type", vbd, "ionice"))
                .startsWith("VALUE_NOT_SUPPORTED", "qos_algorithm_type", "ionice");
        calls.ok("VBD.set_qos_algorithm_type", vbd, "");
        Map<String, Object> record = Calls.with(
                Calls.vbdRecord(calls.text("VBD.get_VM", vbd), calls.text("VBD.get_VDI", vbd)), "userdevice", "1");
        assertThat(calls.error("VBD.create", Calls.with(record, "qos_algorithm_type", "ionice")))
                .startsWith("VALUE_NOT_SUPPORTED", "qos_algorithm_type", "ionice");
    }
}
