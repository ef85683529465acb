package org.jxapi.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PCI devices of a folder with the files of a kernel. */
class LinuxPciTest {
    @TempDir
    Path root;

    private Path device(String address, String cls, String vendor, String device) throws IOException {
        Path folder =
                Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
        Files.writeString(folder.resolve("class"), "0x" + cls + "\n");
        Files.writeString(folder.resolve("vendor"), "0x" + vendor + "\n");
        Files.writeString(folder.resolve("device"), "0x" + device + "\n");
        return folder;
    }

    @Test
    void aDeviceHasTheNamesOfTheFilePciIds() throws IOException {
        Path gpu = device("0000:3b:00.0", "030000", "10de", "1eb8");
        Files.writeString(gpu.resolve("subsystem_vendor"), "0x10de\n");
        Files.writeString(gpu.resolve("subsystem_device"), "0x12a2\n");
        Files.writeString(gpu.resolve("boot_vga"), "1\n");
        Files.createSymbolicLink(gpu.resolve("driver"), Path.of("../../drivers/nouveau"));
        Path virtual = device("0000:3b:01.0", "030000", "10de", "1eb9");
        Files.createSymbolicLink(virtual.resolve("physfn"), Path.of("../0000:3b:00.0"));
        Files.createDirectories(root.resolve("usr/share/misc"));
        Files.writeString(root.resolve("usr/share/misc/pci.ids"), """
                # names
                10de  NVIDIA Corporation
                \t1eb8  TU104GL [Tesla T4]
                \t\t10de 12a2  Tesla T4
                C 03  Display controller
                \t00  VGA compatible controller
                \t\t00  VGA controller
                """);
        assertThat(new LinuxPci(root).devices())
                .containsExactly(
                        new PciDevice(
                                "0000:3b:00.0",
                                "0300",
                                "VGA compatible controller",
                                new PciDevice.Named("10de", "NVIDIA Corporation"),
                                new PciDevice.Named("1eb8", "TU104GL [Tesla T4]"),
                                new PciDevice.Named("10de", "NVIDIA Corporation"),
                                new PciDevice.Named("12a2", "Tesla T4"),
                                "nouveau",
                                "",
                                true),
                        new PciDevice(
                                "0000:3b:01.0",
                                "0300",
                                "VGA compatible controller",
                                new PciDevice.Named("10de", "NVIDIA Corporation"),
                                new PciDevice.Named("1eb9", ""),
                                PciDevice.Named.NONE,
                                PciDevice.Named.NONE,
                                "",
                                "0000:3b:00.0",
                                false));
    }

    @Test
    void aMachineWithoutPciHasNone() {
        assertThat(new LinuxPci(root).devices()).isEmpty();
    }
}
