package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.LinkCounters;
import org.jxapi.hypervisor.Statistics;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counters that Linux has in /proc and /sys, QEMU for the disks that it serves, and Xen for its CPUs. */
final class LinuxStatistics implements Statistics, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxStatistics.class);
    private static final String QDISKS = "/local/domain/0/backend/qdisk";

    /** The fields of a line of /proc/net/dev behind the name: bytes, packets, errors of both directions. */
    private static final int RX_BYTES = 0;

    private static final int RX_ERRORS = 2;
    private static final int TX_BYTES = 8;
    private static final int TX_ERRORS = 10;

    private final Path root;
    private final Xenstore xenstore;
    private final CpuIdle idle;
    private final KernelDiskCounters kernel;
    private final QemuDiskCounters qemu;

    LinuxStatistics(Path root, Xenstore xenstore, CpuIdle idle, QemuDiskCounters qemu) {
        this.root = root;
        this.xenstore = xenstore;
        this.idle = idle;
        this.kernel = new KernelDiskCounters(root.resolve("sys"), xenstore);
        this.qemu = qemu;
    }

    static LinuxStatistics ofThisHost(Libraries libraries, Xenstore xenstore) {
        return new LinuxStatistics(
                Path.of("/"),
                xenstore,
                new CpuIdle(libraries),
                new QemuDiskCounters(domid -> Path.of("/run/xen/qmp-libxenstat-" + domid)));
    }

    @Override
    public List<Long> cpuIdle() {
        return idle.nanos();
    }

    @Override
    public double load() {
        try {
            return Double.parseDouble(
                    Files.readString(root.resolve("proc/loadavg")).split(" ", 2)[0]);
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }

    @Override
    public long availableMemkb() {
        for (String line : lines("proc/meminfo")) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    @Override
    public Map<String, LinkCounters> links() {
        Map<String, LinkCounters> links = new HashMap<>();
        for (String line : lines("proc/net/dev")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String[] field = line.substring(colon + 1).strip().split("\\s+");
            if (field.length > TX_ERRORS) {
                links.put(
                        line.substring(0, colon).strip(),
                        new LinkCounters(
                                number(field[RX_BYTES]),
                                number(field[RX_ERRORS]),
                                number(field[TX_BYTES]),
                                number(field[TX_ERRORS])));
            }
        }
        return links;
    }

    @Override
    public boolean carrier(String link) {
        try {
            return Files.readString(root.resolve("sys/class/net").resolve(link).resolve("carrier"))
                    .startsWith("1");
        } catch (IOException e) {
            // A link that is down has a file that cannot be read.
            return false;
        }
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public synchronized List<DiskCounters> disks() {
        List<DiskCounters> all = kernel.read();
        Set<Integer> served = new TreeSet<>();
        for (String domid : xenstore.list(QDISKS)) {
            if (domid.matches("\\d{1,9}")) {
                served.add(Integer.parseInt(domid));
            }
        }
        all.addAll(qemu.of(served));
        return all;
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            LOG.debug("Statistics: {} cannot be read: {}", file, e.getMessage());
            return List.of();
        }
    }

    @Override
    public void close() {
        idle.close();
    }
}
