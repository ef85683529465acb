package org.jxapi.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control domain's PCI devices, in a folder with the files of its kernel. */
class HostPciTest {
    @TempDir
    Path root;

    private HostPci host() {
        return new HostPci.Linux(root);
    }

    private void mounted(String number, String source) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                root.resolve("proc/self/mountinfo"),
                "20 1 0:5 / /proc rw - proc proc rw\n25 1 " + number + " / / rw shared:1 - ext4 " + source + " rw\n");
    }

    @Test
    void theRootDiskIsOnItsController() throws IOException {
        assertThat(host().root()).isEmpty();
        mounted("8:1", "/dev/sda1");
        assertThat(host().root()).isEmpty();
        Path disk =
                Files.createDirectories(root.resolve("sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/block/sda/sda1"));
        Files.createDirectories(root.resolve("sys/dev/block"));
        Files.createSymbolicLink(root.resolve("sys/dev/block/8:1"), disk);
        assertThat(host().root()).contains(new HostPci.Root("0000:00:1f.2", "/dev/sda1"));

        mounted("253:0", "/dev/mapper/vg-root");
        Path volume = Files.createDirectories(root.resolve("sys/devices/virtual/block/dm-0"));
        Files.createSymbolicLink(root.resolve("sys/dev/block/253:0"), volume);
        Files.createSymbolicLink(
                Files.createDirectories(volume.resolve("slaves")).resolve("sda1"), disk);
        assertThat(host().root()).contains(new HostPci.Root("0000:00:1f.2", "/dev/mapper/vg-root"));
    }

    @Test
    void aDeviceOfPcibackIsHidden() throws IOException {
        Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:3b:00.0"));
        assertThat(host().isHidden("0000:3b:00.0")).isFalse();
        Files.createSymbolicLink(device.resolve("driver"), Path.of("../../../bus/pci/drivers/pciback"));
        assertThat(host().isHidden("0000:3b:00.0")).isTrue();
    }
}
