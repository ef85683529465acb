package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.LinkCounters;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** Linux's files as a control domain has them, in a folder, and those of this machine. */
class LinuxStatisticsTest {
    @TempDir
    Path root;

    private final SimulatedHypervisor machine = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);

    @AfterEach
    void close() {
        machine.close();
    }

    private LinuxStatistics statistics(Path of) {
        return new LinuxStatistics(
                of, machine.xenstore(), new CpuIdle(null), new QemuDiskCounters(domid -> of.resolve("no-qemu")));
    }

    private void file(String name, String text) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), text);
    }

    /** xen-blkback's sysfs files; the fields of {@code stat} are those of Linux's Documentation/block/stat.rst. */
    private void disk(int domid, int devid, String vdev, String device) throws IOException {
        String folder = "sys/bus/xen-backend/devices/vbd-" + domid + "-" + devid;
        file(folder + "/statistics/rd_req", "100\n");
        file(folder + "/statistics/rd_sect", "800\n");
        file(folder + "/statistics/wr_req", "50\n");
        file(folder + "/statistics/wr_sect", "4000\n");
        file(folder + "/physical_device", device + "\n");
        machine.xenstore().write("/local/domain/0/backend/vbd/" + domid + "/" + devid + "/dev", vdev);
    }

    @Test
    void aDiskOfTheKernelHasTheCountsOfBlkbackAndTheTimesOfItsDevice() throws Exception {
        disk(3, 51712, "xvda", "fd:1a");
        disk(3, 51728, "xvdb", "7:5");
        file("sys/dev/block/253:26/stat", "  110  5  900  25  60  1  4100  75  2  80  100  0 0 0 0\n");
        assertThat(statistics(root).disks())
                .containsExactlyInAnyOrder(
                        new DiskCounters(3, "xvda", 100, 409_600, 25_000_000, 50, 2_048_000, 75_000_000, 2),
                        new DiskCounters(3, "xvdb", 100, 409_600, -1, 50, 2_048_000, -1, -1));
    }

    @Test
    void anEmptyDriveAndAnUnfinishedDiskAreMissing() throws Exception {
        disk(3, 51712, "xvda", "fd:1a");
        Files.delete(root.resolve("sys/bus/xen-backend/devices/vbd-3-51712/statistics/rd_req"));
        file("sys/bus/xen-backend/devices/vbd-4-51712/statistics/rd_req", "1");
        assertThat(statistics(root).disks()).isEmpty();
    }

    @Test
    void linksHaveTheCountersOfProcNetDev() throws Exception {
        file("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                  eth0: 123456789     100    1    0    0     0          0         0 987654321      90    2    0    0     0       0          0
                vif3.0:    5000      10    0    0    0     0          0         0     7000      11    0    0    0     0       0          0
                """);
        assertThat(statistics(root).links())
                .isEqualTo(Map.of(
                        "eth0", new LinkCounters(123_456_789, 1, 987_654_321, 2),
                        "vif3.0", new LinkCounters(5000, 0, 7000, 0)));
    }

    /** The truth is in /sys, which another part of the kernel writes. */
    @Test
    void theCountersOfThisMachineAreTrue() throws Exception {
        LinuxStatistics here = statistics(Path.of("/"));
        long before = counter("lo", "rx_bytes");
        LinkCounters loopback = here.links().get("lo");
        assertThat(loopback.rxBytes()).isBetween(before, counter("lo", "rx_bytes"));
        assertThat(here.load()).isBetween(0.0, 10_000.0);
        long total = meminfo("MemTotal");
        assertThat(here.availableMemkb()).isBetween(1L, total);
    }

    private static long counter(String link, String name) throws IOException {
        return Long.parseLong(Files.readString(Path.of("/sys/class/net", link, "statistics", name))
                .strip());
    }

    private static long meminfo(String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
        return lines.stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void filesThatAreMissingAreNoErrors() {
        LinuxStatistics nothing = statistics(root);
        assertThat(nothing.links()).isEmpty();
        assertThat(nothing.disks()).isEmpty();
        assertThat(nothing.load()).isNaN();
        assertThat(nothing.availableMemkb()).isZero();
    }
}
