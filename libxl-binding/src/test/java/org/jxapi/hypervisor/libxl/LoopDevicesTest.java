package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

class LoopDevicesTest {
    private static final String OURS = "/srv/disks/ours.raw";

    @TempDir
    Path sysfs;

    private final SimulatedHypervisor machine = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final Xenstore xenstore = machine.xenstore();
    private final List<String> detached = new ArrayList<>();
    private LoopDevices loops;

    @BeforeEach
    void start() {
        loops = new LoopDevices(sysfs, xenstore, device -> {
            detached.add(device);
            Files.delete(sysfs.resolve(Path.of(device).getFileName()).resolve("loop/backing_file"));
        });
    }

    @AfterEach
    void end() {
        machine.close();
    }

    private void attach(int number, String file) throws IOException {
        Path loop = sysfs.resolve("loop" + number).resolve("loop");
        Files.createDirectories(loop);
        Files.writeString(loop.resolve("backing_file"), file + "\n");
    }

    private static String backEnd(int domid) {
        return "/local/domain/0/backend/vbd/" + domid + "/51712";
    }

    private void serve(int domid, int number, String mode) {
        xenstore.write(backEnd(domid) + "/mode", mode);
        xenstore.write(backEnd(domid) + "/node", "/dev/loop" + number);
    }

    @Test
    void aDeviceThatAScriptLeftOnADeletedFileIsDetached() throws IOException {
        attach(0, OURS);
        attach(1, "/srv/disks/other.raw");
        serve(7, 0, "w");
        Map<String, String> before = loops.of(7);
        xenstore.remove("/local/domain/0/backend/vbd/7");
        attach(0, OURS + " (deleted)");

        loops.detachLeft(before);

        assertThat(detached).containsExactly("/dev/loop0");
        assertThat(loops.attached()).containsOnlyKeys("/dev/loop1");
    }

    @Test
    void aDiskThatStillServesKeepsItsDevice() throws IOException {
        attach(0, OURS);
        serve(7, 0, "w");

        loops.detachLeft(loops.of(7));

        assertThat(detached).isEmpty();
    }

    @Test
    void aDeviceThatAnotherDiskTookMeanwhileIsLeftAlone() throws IOException {
        attach(0, OURS);
        serve(7, 0, "w");
        Map<String, String> before = loops.of(7);
        xenstore.remove("/local/domain/0/backend/vbd/7");
        attach(0, "/srv/disks/other.raw");

        loops.detachLeft(before);

        assertThat(detached).isEmpty();
    }

    @Test
    void discsThatOthersMayBeAttachingAreLeftAlone() throws IOException {
        attach(0, "/srv/iso/disc.iso");
        serve(7, 0, "r");

        assertThat(loops.of(7)).isEmpty();
    }

    @Test
    void ofADomainThatCouldNotBeMadeOnlyItsOwnNewDevicesAreDetached() throws IOException {
        attach(0, OURS);
        Map<String, String> before = loops.attached();
        attach(1, OURS);
        attach(2, "/srv/disks/other.raw");
        attach(3, "/srv/iso/disc.iso");

        loops.detachNew(
                before,
                List.of(
                        DiskConfig.disk(OURS, "xvda", DiskFormat.RAW),
                        DiskConfig.cdrom("/srv/iso/disc.iso", "xvdd"),
                        DiskConfig.cdrom(null, "xvde")));

        assertThat(detached).containsExactly("/dev/loop1");
    }
}
