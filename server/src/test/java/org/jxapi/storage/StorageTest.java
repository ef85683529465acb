package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** Storage repositories and disks of a real daemon, seen by a client. */
class StorageTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();

    private static String create(Path location) throws Exception {
        return create("file", Map.of("location", location.toString(), "preferred-image-formats", "raw"));
    }

    private static String create(String type, Map<String, String> config) throws Exception {
        return calls.text(
                "SR.create", calls.first("host.get_all"), config, 0, "made", "", type, "user", false, Map.of());
    }

    private static List<String> createError(String type, Map<String, String> config) throws Exception {
        return calls.error(
                "SR.create", calls.first("host.get_all"), config, 0, "made", "", type, "user", false, Map.of());
    }

    private static Path file(Path location, String vdi) throws Exception {
        return location.resolve(calls.text("VDI.get_uuid", vdi) + ".raw");
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
    }

    private static String start(Path file, int bytes) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theDriversThatWorkArePublished() throws Exception {
        assertThat(calls.list("SR.get_supported_types"))
                .containsExactly(
                        "file",
                        "iso",
                        "ext",
                        "xfs",
                        "lvm",
                        "lvmohba",
                        "lvmoiscsi",
                        "iscsi",
                        "udev",
                        "nfs",
                        "smb",
                        "zfs",
                        "dummy");
        assertThat(calls.ok("SM.get_all_records"))
                .anySatisfy(sm -> {
                    assertThat(sm.get("type").asText()).isEqualTo("file");
                    assertThat(sm.get("features").get("VDI_SNAPSHOT").asLong()).isEqualTo(1);
                    assertThat(sm.get("features").get("VDI_CONFIG_CBT").asLong())
                            .isEqualTo(1);
                    assertThat(sm.get("configuration").has("location")).isTrue();
                })
                .hasSize(13);
    }

    @Test
    void aRepositoryIsMadeUsedAndDestroyed() throws Exception {
        Path location = folder.resolve("life");
        String sr = create(location);
        String pbd = calls.first("SR.get_PBDs", sr);
        assertThat(calls.ok("PBD.get_currently_attached", pbd).asBoolean()).isTrue();
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isPositive();
        String vdi = calls.vdi(sr, 5_000_000);
        assertThat(file(location, vdi)).hasSize(5 * MIB);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isEqualTo(5 * MIB);
        assertThat(calls.list("SR.get_allowed_operations", sr))
                .contains("scan", "vdi_create", "vdi_mirror", "unplug")
                .doesNotContain("destroy", "forget");
        assertThat(calls.error("SR.destroy", sr)).containsExactly("SR_HAS_PBD", sr);

        calls.ok("PBD.unplug", pbd);
        assertThat(calls.list("SR.get_allowed_operations", sr))
                .contains("forget", "plug")
                .doesNotContain("destroy");
        assertThat(calls.error("SR.destroy", sr)).containsExactly("SR_NOT_EMPTY");
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, MIB))).containsExactly("SR_HAS_NO_PBDS", sr);
        assertThat(calls.error("VDI.resize", vdi, 9 * MIB)).containsExactly("SR_HAS_NO_PBDS", sr);
        assertThat(calls.list("VDI.get_allowed_operations", vdi)).doesNotContain("resize");
        assertThat(calls.error("SR.scan", sr)).containsExactly("SR_HAS_NO_PBDS", sr);

        calls.ok("PBD.plug", pbd);
        calls.ok("VDI.destroy", vdi);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isZero();
        assertThat(location).isEmptyDirectory();
        calls.ok("PBD.unplug", pbd);
        calls.ok("SR.destroy", sr);
        assertThat(location).doesNotExist();
        assertThat(calls.error("PBD.get_record", pbd)).containsExactly("HANDLE_INVALID", "PBD", pbd);
    }

    @Test
    void aRepositoryThatCannotBeMadeLeavesNothing() throws Exception {
        int before = calls.list("SR.get_all").size();
        Path used = Files.createDirectory(folder.resolve("used"));
        Files.createFile(used.resolve("precious"));
        assertThat(createError("file", Map.of())).startsWith("SR_BACKEND_FAILURE_94", "");
        assertThat(createError("file", Map.of("location", used.toString())).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_61");
        assertThat(createError("file", Map.of("location", "some/where")).get(0)).isEqualTo("SR_BACKEND_FAILURE_61");
        assertThat(createError("file", Map.of("location", folder + "/no/such/parent"))
                        .get(0))
                .isEqualTo("SR_BACKEND_FAILURE_61");
        assertThat(createError("iso", Map.of("location", folder + "/nowhere")).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_226");
        assertThat(createError("lvmofcoe", Map.of("SCSIid", "x"))).containsExactly("SR_UNKNOWN_DRIVER", "lvmofcoe");
        assertThat(calls.list("SR.get_all")).hasSize(before);
        assertThat(used.resolve("precious")).exists();
    }

    @Test
    void aForgottenRepositoryComesBackWithItsDisks() throws Exception {
        Path location = folder.resolve("kept");
        String sr = create(location);
        String uuid = calls.text("SR.get_uuid", sr);
        String disk = calls.text("VDI.get_uuid", calls.vdi(sr, MIB));
        for (String none : List.of("../../../etc", "x\0", "kept")) {
            assertThat(calls.error("SR.introduce", none, "none", "", "nfs", "user", false, Map.of()))
                    .containsExactly("UUID_INVALID", "SR", none);
        }
        assertThat(calls.error("SR.introduce", uuid, "again", "", "file", "user", false, Map.of()))
                .containsExactly("SR_UUID_EXISTS", uuid);
        String pbd = calls.first("SR.get_PBDs", sr);
        assertThat(calls.error("PBD.destroy", pbd))
                .containsExactly("OPERATION_NOT_ALLOWED", "PBD is currently attached");
        calls.ok("PBD.unplug", pbd);
        calls.ok("SR.forget", sr);
        assertThat(calls.error("VDI.get_by_uuid", disk)).containsExactly("UUID_INVALID", "VDI", disk);

        String back = calls.text("SR.introduce", uuid, "back", "", "FILE", "user", false, Map.of());
        assertThat(calls.text("SR.get_type", back)).isEqualTo("file");
        Map<String, Object> record = Map.of(
                "host", calls.first("host.get_all"),
                "SR", back,
                "device_config", Map.of("location", location.toString()));
        String connected = calls.text("PBD.create", record);
        assertThat(calls.error("PBD.create", record))
                .containsExactly("PBD_EXISTS", back, calls.first("host.get_all"), connected);
        calls.ok("PBD.plug", connected);
        String vdi = calls.text("VDI.get_by_uuid", disk);
        assertThat(calls.text("VDI.get_SR", vdi)).isEqualTo(back);
        assertThat(calls.ok("VDI.get_virtual_size", vdi).asLong()).isEqualTo(MIB);
        calls.ok("PBD.unplug", connected);
        calls.ok("PBD.destroy", connected);
        assertThat(calls.error("SR.destroy", back)).containsExactly("SR_HAS_NO_PBDS", back);
    }

    @Test
    void aScanFindsWhatCameAndForgetsWhatWent() throws Exception {
        Path location = folder.resolve("scanned");
        String sr = create(location);
        String uuid = UUID.randomUUID().toString();
        Files.write(location.resolve(uuid + ".raw"), new byte[4096]);
        Files.write(location.resolve("notes.txt"), new byte[10]);
        String gone = calls.vdi(sr, MIB);
        Files.delete(file(location, gone));
        calls.ok("SR.scan", sr);
        String found = calls.text("VDI.get_by_uuid", uuid);
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(found);
        assertThat(calls.ok("VDI.get_virtual_size", found).asLong()).isEqualTo(4096);
        assertThat(calls.ok("VDI.get_physical_utilisation", found).asLong()).isEqualTo(4096);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isEqualTo(4096);

        calls.ok("VDI.forget", found);
        assertThat(location.resolve(uuid + ".raw")).exists();
        String named = introduce(uuid, sr, uuid);
        assertThat(calls.text("VDI.get_name_label", named)).isEqualTo("introduced");
        Files.write(location.resolve("other.raw"), new byte[8192]);
        assertThat(introduceError(uuid, sr, "missing").get(0)).isEqualTo("SR_BACKEND_FAILURE_46");
        assertThat(introduceError(UUID.randomUUID().toString(), sr, uuid))
                .containsExactly("LOCATION_NOT_UNIQUE", sr, uuid);
        assertThat(introduceError("", sr, "../../escape").get(0)).isEqualTo("VDI_LOCATION_MISSING");
    }

    private static Object[] introduction(String uuid, String sr, String location) {
        return new Object[] {uuid, "introduced", "", sr, "user", false, false, Map.of(), location};
    }

    private static String introduce(String uuid, String sr, String location) throws Exception {
        return calls.text("VDI.introduce", introduction(uuid, sr, location));
    }

    private static List<String> introduceError(String uuid, String sr, String location) throws Exception {
        return calls.error("VDI.introduce", introduction(uuid, sr, location));
    }

    @Test
    void contentsGoWithSnapshotsClonesCopiesAndBack() throws Exception {
        Path here = folder.resolve("here");
        Path there = folder.resolve("there");
        String sr = create(here);
        String other = create(there);
        String vdi = calls.vdi(sr, 2 * MIB);
        write(file(here, vdi), "first");
        String snapshot = calls.text("VDI.snapshot", vdi, Map.of());
        write(file(here, vdi), "later");
        String clone = calls.text("VDI.clone", snapshot, Map.of());
        String copy = calls.text("VDI.copy", vdi, other);
        assertThat(start(file(here, snapshot), 5)).isEqualTo("first");
        assertThat(start(file(here, clone), 5)).isEqualTo("first");
        assertThat(start(file(there, copy), 5)).isEqualTo("later");
        assertThat(calls.text("VDI.checksum", copy)).isEqualTo(calls.text("VDI.checksum", vdi));
        assertThat(calls.text("VDI.get_snapshot_of", snapshot)).isEqualTo(vdi);
        assertThat(calls.ok("VDI.get_is_a_snapshot", clone).asBoolean()).isFalse();
        assertThat(calls.ok("VDI.get_physical_utilisation", copy).asLong()).isLessThan(MIB);

        calls.ok("VDI.revert", snapshot);
        assertThat(start(file(here, vdi), 5)).isEqualTo("first");
        assertThat(calls.error("VDI.revert", clone).get(0)).isIn("ONLY_REVERT_SNAPSHOT", "HANDLE_INVALID");

        String large = calls.vdi(other, 3 * MIB);
        assertThat(calls.text("VDI.copy", vdi, "OpaqueRef:NULL", "OpaqueRef:NULL", large))
                .isEqualTo(large);
        assertThat(start(file(there, large), 5)).isEqualTo("first");
        assertThat(file(there, large)).hasSize(3 * MIB);
        assertThat(calls.error("VDI.copy", large, "OpaqueRef:NULL", "OpaqueRef:NULL", vdi))
                .containsExactly("VDI_TOO_SMALL", vdi, Long.toString(3 * MIB));
        assertThat(calls.error("VDI.copy", vdi, "OpaqueRef:NULL").get(0)).isEqualTo("HANDLE_INVALID");
        try (Stream<Path> files = Files.list(here)) {
            assertThat(files).hasSize(3).allMatch(file -> file.toString().endsWith(".raw"));
        }
    }

    @Test
    void sizesGrowAndNeverShrink() throws Exception {
        Path location = folder.resolve("sizes");
        String sr = create(location);
        String vdi = calls.vdi(sr, 0);
        assertThat(calls.ok("VDI.get_virtual_size", vdi).asLong()).isEqualTo(MIB);
        calls.ok("VDI.resize", vdi, 3 * MIB - 5);
        assertThat(file(location, vdi)).hasSize(3 * MIB);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isEqualTo(3 * MIB);
        assertThat(calls.error("VDI.resize", vdi, 2 * MIB))
                .containsExactly("SR_BACKEND_FAILURE_79", "", "VDI Invalid size [opterr=shrinking not allowed]", "");
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, -1)).get(0)).isEqualTo("SR_BACKEND_FAILURE_79");
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, 1L << 62)).get(0))
                .startsWith("SR_BACKEND_FAILURE_");
        assertThat(calls.list("SR.get_VDIs", sr)).containsExactly(vdi);
        try (Stream<Path> files = Files.list(location)) {
            assertThat(files).hasSize(1);
        }
    }

    /** As upstream's ocaml/xapi/xapi_vdi.ml: resize_online is for disks that are attached, too. */
    @Test
    void aDiskOfARunningVmIsResizedOnlineOnly() throws Exception {
        String sr = create(folder.resolve("online"));
        String vdi = calls.vdi(sr, MIB);
        String vm = calls.vm("grows");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.error("VDI.resize", vdi, 2 * MIB)).containsExactly("VDI_IN_USE", vdi, "resize");
        calls.ok("VDI.resize_online", vdi, 2 * MIB);
        assertThat(calls.ok("VDI.get_virtual_size", vdi).asLong()).isEqualTo(2 * MIB);
        assertThat(file(folder.resolve("online"), vdi)).hasSize(2 * MIB);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void whatADiskIsNotMadeForIsRefusedAsXapiDoes() throws Exception {
        String sr = create(folder.resolve("refused"));
        String vdi = calls.vdi(sr, MIB);
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).isEmpty();
        assertThat(calls.error("VDI.set_sharable", vdi, true)).containsExactly("PERMISSION_DENIED", "");
        assertThat(calls.error("SR.set_physical_size", sr, 1)).containsExactly("PERMISSION_DENIED", "");
        assertThat(calls.error("VDI.open_database", vdi)).containsExactly("VDI_INCOMPATIBLE_TYPE", vdi, "User");
        assertThat(calls.error("VDI.create", Calls.with(Calls.vdiRecord(sr, MIB), "type", "cbt_metadata")))
                .containsExactly("VDI_INCOMPATIBLE_TYPE", "", "CBT metadata");
        String shared = calls.text("VDI.create", Calls.with(Calls.vdiRecord(sr, MIB), "sharable", true));
        assertThat(calls.error("VDI.snapshot", shared, Map.of())).containsExactly("VDI_IS_SHARABLE", shared);
        assertThat(calls.list("VDI.get_allowed_operations", shared))
                .containsExactlyInAnyOrder("clone", "copy", "resize", "resize_online", "destroy", "forget", "update");
        String iso = calls.first("SR.get_by_name_label", "ISO images");
        assertThat(calls.error("SR.make", calls.first("host.get_all"), Map.of(), 0, "", "", "file", "", Map.of()))
                .containsExactly("MESSAGE_DEPRECATED");
        assertThat(calls.error("SR.assert_supports_database_replication", iso))
                .containsExactly("SR_OPERATION_NOT_SUPPORTED", iso);
        assertThat(calls.list("SR.get_live_hosts", sr)).isEqualTo(calls.list("host.get_all"));
    }

    @Test
    void aDiskThatIsResetForgetsAtEveryBoot() throws Exception {
        Path location = folder.resolve("reset");
        String sr = create(location);
        String vdi = calls.vdi(sr, MIB);
        String vm = calls.vm("kiosk");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        write(file(location, vdi), "fresh");
        calls.ok("VDI.set_on_boot", vdi, "reset");
        assertThat(calls.error("VDI.snapshot", vdi, Map.of()))
                .containsExactly("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        write(file(location, vdi), "dirty");
        calls.ok("VM.start", vm, false, false);
        assertThat(start(file(location, vdi), 5)).isEqualTo("fresh");
        assertThat(calls.error("VDI.set_on_boot", vdi, "persist"))
                .containsExactly("VM_BAD_POWER_STATE", vm, "halted", "running");
        calls.ok("VM.hard_shutdown", vm);
        calls.ok("VDI.set_on_boot", vdi, "persist");
        write(file(location, vdi), "dirty");
        calls.ok("VM.start", vm, false, false);
        assertThat(start(file(location, vdi), 5)).isEqualTo("dirty");
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void manyClientsMakeDisksInOneRepositoryAtOnce() throws Exception {
        Path location = folder.resolve("many");
        String sr = create(location);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> work = IntStream.range(0, 24)
                    .<Callable<String>>mapToObj(i -> () -> calls.vdi(sr, MIB))
                    .toList();
            for (Future<String> vdi : clients.invokeAll(work)) {
                assertThat(vdi.get()).startsWith("OpaqueRef:");
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(24);
        assertThat(calls.ok("SR.get_virtual_allocation", sr).asLong()).isEqualTo(24 * MIB);
        assertThat(calls.ok("SR.get_current_operations", sr)).isEmpty();
    }

    @Test
    void aProbeTellsWhetherDisksAreThere() throws Exception {
        Path location = folder.resolve("probed");
        String sr = create(location);
        String host = calls.first("host.get_all");
        Map<String, String> config = Map.of("location", location.toString());
        assertThat(calls.text("SR.probe", host, config, "file", Map.of()))
                .contains("<SRlist/>")
                .doesNotContain("<SR>");
        calls.vdi(sr, MIB);
        assertThat(calls.text("SR.probe", host, config, "file", Map.of())).contains("<SR>\n\t\t<size>");
        var result = calls.ok("SR.probe_ext", host, config, "file", Map.of()).get(0);
        assertThat(result.get("complete").asBoolean()).isTrue();
        assertThat(result.get("sr").get("total_space").asLong()).isPositive();
        assertThat(result.get("sr").get("health").asText()).isEqualTo("healthy");
        assertThat(calls.error("SR.probe", host, Map.of(), "iso", Map.of()).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_94");
    }
}
