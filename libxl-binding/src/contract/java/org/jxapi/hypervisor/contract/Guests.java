package org.jxapi.hypervisor.contract;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PvInfo;

/** Makes guests, disks and nics that differ from all before. */
final class Guests {
    private static final long SIZE_KIB = 128 * 1024;
    private static final long DISK_BYTES = 16L << 20;

    private final Path folder;
    private final String kernel;
    private final String ramdisk;
    private final String bridge;
    private final AtomicInteger number = new AtomicInteger();

    Guests(Path folder, String kernel, String ramdisk, String bridge) {
        this.folder = folder;
        this.kernel = kernel;
        this.ramdisk = ramdisk;
        this.bridge = bridge;
    }

    DomainConfig guest(String name, String arguments) {
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(DomainKind.PV)
                        .name(name)
                        .uuid(UUID.randomUUID())
                        .build())
                .bInfo(DomainBuildInfo.builder()
                        .maxVcpus(2)
                        .maxMemkb(SIZE_KIB)
                        .targetMemkb(SIZE_KIB)
                        .kernel(kernel)
                        .ramdisk(ramdisk)
                        .cmdline("console=hvc0 quiet " + arguments)
                        .pv(new PvInfo(null, null, null))
                        .build())
                .build();
    }

    DiskConfig disk(String vdev) {
        Path file = folder.resolve("disk-" + number.incrementAndGet());
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(DISK_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return DiskConfig.disk(file.toString(), vdev, DiskFormat.RAW);
    }

    NicConfig nic() {
        return NicConfig.builder()
                .mac(String.format("00:16:3e:00:01:%02x", number.incrementAndGet() & 0xff))
                .bridge(bridge)
                .build();
    }
}
