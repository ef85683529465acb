package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.HostMounts;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Types ext and xfs on real block devices: loop devices. Their settings and errors are those of EXTSR.py and lvutil.py. */
@EnabledIf("org.jxapi.harness.HostMounts#possible")
class DeviceRepositoryTest {
    private static final long SIZE = 400L << 20;
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());
    private static final List<String> loops = new ArrayList<>();

    private static String loop() throws IOException {
        String device = HostMounts.loop(folder.resolve("disk" + loops.size()), SIZE);
        loops.add(device);
        return device;
    }

    @AfterAll
    static void clean() throws IOException {
        HostMounts.unmountBelow(daemon.folder());
        loops.forEach(HostMounts::detach);
    }

    private static String host() throws Exception {
        return calls.first("host.get_all");
    }

    private static String create(String type, Map<String, String> config) throws Exception {
        return calls.text("SR.create", host(), config, 0, "made", "", type, "user", false, Map.of());
    }

    private static List<String> createError(Map<String, String> config) throws Exception {
        return calls.error("SR.create", host(), config, 0, "made", "", "ext", "user", false, Map.of());
    }

    private static Path place(String sr) throws Exception {
        return daemon.data().resolve("sr-mount").resolve(calls.text("SR.get_uuid", sr));
    }

    private static String blkid(String device, String tag) {
        return HostMounts.must("blkid", "-p", "-o", "value", "-s", tag, device);
    }

    private static void remove(String sr) throws Exception {
        for (String vdi : calls.list("SR.get_VDIs", sr)) {
            calls.ok("VDI.destroy", vdi);
        }
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.destroy", sr);
    }

    @Test
    void aDeviceBecomesARepositoryByTheCommandOfXenServersGuides() throws Exception {
        String device = loop();
        String uuid = xe.run(
                        "sr-create",
                        "content-type=user",
                        "type=ext",
                        "device-config:device=" + device,
                        "name-label=Local storage",
                        "shared=false")
                .ok();
        String sr = calls.text("SR.get_by_uuid", uuid);
        Path place = daemon.data().resolve("sr-mount").resolve(uuid);
        assertThat(HostMounts.mounted(place)).isTrue();
        assertThat(blkid(device, "TYPE")).isEqualTo("xfs");
        assertThat(blkid(device, "UUID")).isEqualTo(uuid);
        assertThat(calls.ok("SR.get_sm_config", sr).get("fstype").asText()).isEqualTo("xfs");
        assertThat(calls.ok("SR.get_physical_size", sr).asLong()).isBetween(SIZE / 2, SIZE);

        String vdi = calls.vdi(sr, MIB);
        String location = calls.text("VDI.get_location", vdi);
        assertThat(place.resolve(location + ".raw")).exists();
        String vm = calls.vm("on a device");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        calls.ok("VM.start", vm, false, false);
        String pbd = calls.first("SR.get_PBDs", sr);
        assertThat(calls.error("PBD.unplug", pbd)).containsExactly("VDI_IN_USE", vdi);
        assertThat(HostMounts.mounted(place)).isTrue();
        String snapshot = calls.text("VM.snapshot", vm, "kept", List.of());
        assertThat(calls.ok("VM.get_is_a_snapshot", snapshot).asBoolean()).isTrue();
        calls.ok("VM.hard_shutdown", vm);

        calls.ok("PBD.unplug", pbd);
        assertThat(place).doesNotExist();
        assertThat(xe.run("sr-probe", "type=ext", "device-config:device=" + device)
                        .ok())
                .as("srlist_toxml of lvutil.py")
                .isEqualTo("<?xml version=\"1.0\" ?>\n<SRlist>\n\t<SR>\n\t\t<UUID>" + uuid + "</UUID>\n\t\t<Devlist>"
                        + device + "</Devlist>\n\t\t<size>" + SIZE + "</size>\n\t</SR>\n</SRlist>\n");
        assertThat(calls.error("SR.destroy", sr)).containsExactly("SR_NOT_EMPTY");
        calls.ok("PBD.plug", pbd);
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(2);
        remove(sr);
        assertThat(calls.text("SR.probe", host(), Map.of("device", device), "ext", Map.of()))
                .isEqualTo("<?xml version=\"1.0\" ?>\n<SRlist/>\n");
    }

    @Test
    void ext4IsMadeWhenItIsAskedFor() throws Exception {
        String device = loop();
        String sr = create("ext", Map.of("device", device, "fstype", "ext4"));
        assertThat(blkid(device, "TYPE")).isEqualTo("ext4");
        calls.vdi(sr, MIB);
        remove(sr);
        String xfs = create("xfs", Map.of("device", device));
        assertThat(blkid(device, "TYPE")).isEqualTo("xfs");
        remove(xfs);
        assertThat(createError(Map.of("device", device, "fstype", "vfat")).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_57");
    }

    @Test
    void aForgottenRepositoryComesBack() throws Exception {
        String device = loop();
        String sr = create("ext", Map.of("device", device));
        String uuid = calls.text("SR.get_uuid", sr);
        String disk = calls.text("VDI.get_uuid", calls.vdi(sr, MIB));
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.forget", sr);
        assertThat(createError(Map.of("device", device)))
                .as("it is not formatted again")
                .first()
                .isEqualTo("SR_BACKEND_FAILURE_42");
        String back = calls.text("SR.introduce", uuid, "back", "", "ext", "user", false, Map.of());
        Map<String, Object> record = Map.of("host", host(), "SR", back, "device_config", Map.of("device", device));
        calls.ok("PBD.plug", calls.text("PBD.create", record));
        assertThat(calls.text("VDI.get_SR", calls.text("VDI.get_by_uuid", disk)))
                .isEqualTo(back);
        assertThat(createError(Map.of("device", device)))
                .as("mounted, and another SR's")
                .containsExactly("SR_DEVICE_IN_USE");
        remove(back);
    }

    @Test
    void aDeviceWithDataIsRefusedUnlessItMayBeErased() throws Exception {
        String device = loop();
        HostMounts.must("mkfs.ext4", "-q", "-F", device);
        String before = blkid(device, "UUID");
        List<String> error = createError(Map.of("device", device));
        assertThat(error.get(0)).isEqualTo("SR_BACKEND_FAILURE_56");
        assertThat(error.get(2)).contains("holds ext4", "device_config:force=true");
        assertThat(blkid(device, "UUID")).isEqualTo(before);
        String sr = create("ext", Map.of("device", device, "force", "true"));
        assertThat(blkid(device, "TYPE")).isEqualTo("xfs");
        remove(sr);
    }

    @Test
    void whatIsNoDeviceIsRefused() throws Exception {
        assertThat(createError(Map.of()))
                .containsExactly("SR_BACKEND_FAILURE_90", "", "The request is missing the device parameter", "");
        assertThat(createError(Map.of("device", "/dev/no-such")).get(0)).isEqualTo("SR_BACKEND_FAILURE_19");
        assertThat(createError(Map.of("device", "/dev/null")).get(0)).isEqualTo("SR_BACKEND_FAILURE_91");
        assertThat(createError(Map.of("device", folder.toString())).get(0)).isEqualTo("SR_BACKEND_FAILURE_91");
        assertThat(createError(Map.of("device", "sda")).get(0)).isEqualTo("SR_BACKEND_FAILURE_91");
        assertThat(createError(Map.of("device", "/dev/sda,/dev/sdb")).get(2)).contains("several devices");
        assertThat(calls.error("SR.probe", host(), Map.of(), "ext", Map.of()).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_90");
    }

    @Test
    void aMountIsFoundAgainAfterAKillAndMadeAgainAfterAReboot() throws Exception {
        String device = loop();
        String sr = create("ext", Map.of("device", device));
        String uuid = calls.text("SR.get_uuid", sr);
        calls.vdi(sr, MIB);
        Path place = place(sr);
        daemon.killAndStart();
        assertThat(HostMounts.mounted(place)).isTrue();
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
                .as("mounted once")
                .filteredOn(line -> line.contains(uuid))
                .hasSize(1);
        String again = calls.text("SR.get_by_uuid", uuid);
        calls.ok("SR.scan", again);

        HostMounts.must("umount", place.toString());
        assertThat(calls.error("SR.scan", again).get(2))
                .as("no file is looked for, or made, where nothing is mounted")
                .contains("is not mounted at");
        assertThat(calls.list("SR.get_VDIs", again)).hasSize(1);
        daemon.killAndStart();
        assertThat(HostMounts.mounted(place)).isTrue();
        remove(calls.text("SR.get_by_uuid", uuid));
    }

    @Test
    void aRepositoryWhoseDeviceIsGoneAtTheStartIsUnpluggedAndSaid() throws Exception {
        String device = loop();
        String sr = create("ext", Map.of("device", device));
        String uuid = calls.text("SR.get_uuid", sr);
        HostMounts.must("umount", place(sr).toString());
        HostMounts.must("wipefs", "--all", device);
        daemon.killAndStart();
        String after = calls.text("SR.get_by_uuid", uuid);
        String pbd = calls.first("SR.get_PBDs", after);
        assertThat(calls.ok("PBD.get_currently_attached", pbd).asBoolean()).isFalse();
        assertThat(calls.ok("message.get_all_records").toString()).contains("PBD_PLUG_FAILED_ON_SERVER_START");
        assertThat(calls.error("PBD.plug", pbd).get(2)).contains("holds the file system of the SR " + uuid);
        calls.ok("SR.forget", after);
    }
}
