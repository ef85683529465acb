package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * Types lvm, lvmohba and udev as far as no device mapper is needed: settings and errors are those of LVHDSR.py, lvutil.py,
 * LVHDoHBASR.py and udevSR.py. The test bed has the rest.
 */
class BlockRepositoryTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());
    private static final List<String> loops = new ArrayList<>();

    @AfterAll
    static void clean() {
        loops.forEach(HostMounts::detach);
    }

    private static List<String> createError(String type, Map<String, String> config) throws Exception {
        return calls.error(
                "SR.create", calls.first("host.get_all"), config, 0, "made", "", type, "user", false, Map.of());
    }

    @Test
    void lvmNeedsBlockDevices() throws Exception {
        assertThat(createError("lvm", Map.of()))
                .containsExactly("SR_BACKEND_FAILURE_90", "", "The request is missing the device parameter", "");
        assertThat(createError("lvm", Map.of("device", "/dev/nothing-there")).get(0))
                .isEqualTo("SR_BACKEND_FAILURE_19");
        for (String wrong : List.of("sdb", "/etc/passwd", "/dev/null", "/dev/null,,")) {
            assertThat(createError("lvm", Map.of("device", wrong)).get(0))
                    .as(wrong)
                    .isEqualTo("SR_BACKEND_FAILURE_91");
        }
        assertThat(xe.run("sr-probe", "type=lvm", "device-config:device=/dev/nothing-there")
                        .ok())
                .isEqualTo("<?xml version=\"1.0\" ?>\n<SRlist/>\n");
    }

    @Test
    @EnabledIf("org.jxapi.harness.HostMounts#possible")
    void lvmNeverOverwritesData() throws Exception {
        String device = HostMounts.loop(folder.resolve("disk"), 64L << 20);
        loops.add(device);
        HostMounts.must("mkfs.ext4", "-q", "-F", device);
        List<String> refused = createError("lvm", Map.of("device", device));
        assertThat(refused.get(0)).isEqualTo("SR_BACKEND_FAILURE_56");
        assertThat(refused.get(2)).contains(device + " holds ext4");
        assertThat(HostMounts.must("blkid", "-p", "-o", "value", "-s", "TYPE", device))
                .isEqualTo("ext4");
    }

    @Test
    void lvmohbaNeedsADiskOfThisHost() throws Exception {
        List<String> choices = calls.error("SR.probe", calls.first("host.get_all"), Map.of(), "lvmohba", Map.of());
        assertThat(choices.get(0)).isEqualTo("SR_BACKEND_FAILURE_107");
        assertThat(choices.get(3)).startsWith("<?xml version=\"1.0\" ?>\n<Devlist");
        List<String> missing = createError("lvmohba", Map.of("SCSIid", "3600missing"));
        assertThat(missing.get(0)).isEqualTo("SR_BACKEND_FAILURE_107");
        assertThat(missing.get(2)).contains("no disk has the SCSI id 3600missing");
    }

    @Test
    void udevOffersDrivesOfTheHost() throws Exception {
        assertThat(createError("udev", Map.of()).get(0)).isEqualTo("SR_BACKEND_FAILURE_94");
        assertThat(createError("udev", Map.of("location", "/nowhere")).get(0)).isEqualTo("SR_BACKEND_FAILURE_19");
        String uuid = xe.run(
                        "sr-create",
                        "type=udev",
                        "content-type=iso",
                        "name-label=DVD drives",
                        "sm-config:type=cd",
                        "device-config:location=/dev/xapi/cd")
                .ok();
        String sr = calls.text("SR.get_by_uuid", uuid);
        calls.ok("SR.scan", sr);
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, 1 << 20)))
                .containsExactly("SR_OPERATION_NOT_SUPPORTED", sr);
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.forget", sr);
    }

    @Test
    void udevPassesOverLinksThatLeadToNoBlockDevice() throws Exception {
        Path links = Files.createDirectory(daemon.folder().resolve("links"));
        Files.createSymbolicLink(links.resolve("gone"), links.resolve("nothing"));
        Files.createSymbolicLink(links.resolve("null"), Path.of("/dev/null"));
        Files.createSymbolicLink(links.resolve("pipe"), Path.of("/proc/self/fd/0"));
        Files.createSymbolicLink(links.resolve("file"), Files.createFile(links.resolve("loop0")));
        String uuid = xe.run("sr-create", "type=udev", "name-label=links", "device-config:location=" + links)
                .ok();
        String sr = calls.text("SR.get_by_uuid", uuid);
        calls.ok("SR.scan", sr);
        assertThat(calls.list("SR.get_VDIs", sr)).isEmpty();
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.forget", sr);
    }
}
