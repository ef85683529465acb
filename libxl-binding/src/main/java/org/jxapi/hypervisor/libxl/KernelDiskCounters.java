package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of the disks that the kernel's blkback serves. blkback counts requests and sectors of each disk. The block
 * device below, which the disk has for itself, counts the time. For one thread.
 */
final class KernelDiskCounters {
    private static final Logger LOG = LoggerFactory.getLogger(KernelDiskCounters.class);
    private static final Pattern VBD = Pattern.compile("vbd-(\\d{1,9})-(\\d{1,9})");
    private static final long SECTOR = 512;
    private static final long NANOS_OF_MILLI = 1_000_000;

    /** Fields of a block device's file {@code stat}: milliseconds of all reads, of all writes, and requests in flight. */
    private static final int READ_TICKS = 3;

    private static final int WRITE_TICKS = 7;
    private static final int IN_FLIGHT = 8;

    private final Path sysfs;
    private final Xenstore xenstore;

    /** Names in the guests, by the name of the device in sysfs. */
    private final Map<String, String> names = new HashMap<>();

    KernelDiskCounters(Path sysfs, Xenstore xenstore) {
        this.sysfs = sysfs;
        this.xenstore = xenstore;
    }

    List<DiskCounters> read() {
        List<DiskCounters> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        try (DirectoryStream<Path> devices =
                Files.newDirectoryStream(sysfs.resolve("bus/xen-backend/devices"), "vbd-*")) {
            for (Path device : devices) {
                String file = device.getFileName().toString();
                Matcher matcher = VBD.matcher(file);
                if (matcher.matches()) {
                    seen.add(file);
                    counters(device, Integer.parseInt(matcher.group(1)), matcher.group(2))
                            .ifPresent(all::add);
                }
            }
        } catch (IOException e) {
            LOG.debug("Statistics: no disks of blkback: {}", e.getMessage());
        }
        names.keySet().retainAll(seen);
        return all;
    }

    private Optional<DiskCounters> counters(Path device, int domid, String devid) {
        try {
            String vdev = name(device, domid, devid);
            if (vdev.isEmpty()) {
                return Optional.empty();
            }
            Path counted = device.resolve("statistics");
            long[] below = below(device);
            return Optional.of(new DiskCounters(
                    domid,
                    vdev,
                    number(counted.resolve("rd_req")),
                    number(counted.resolve("rd_sect")) * SECTOR,
                    nanos(below, READ_TICKS),
                    number(counted.resolve("wr_req")),
                    number(counted.resolve("wr_sect")) * SECTOR,
                    nanos(below, WRITE_TICKS),
                    below.length > IN_FLIGHT ? below[IN_FLIGHT] : DiskCounters.UNKNOWN));
        } catch (IOException | NumberFormatException e) {
            // An empty drive, or a disk that has just been unplugged.
            LOG.debug("Statistics: no counters of {}: {}", device, e.getMessage());
            return Optional.empty();
        }
    }

    private String name(Path device, int domid, String devid) {
        String known = names.get(device.getFileName().toString());
        if (known == null) {
            known = xenstore.read("/local/domain/0/backend/vbd/" + domid + "/" + devid + "/dev")
                    .orElse("");
            if (!known.isEmpty()) {
                names.put(device.getFileName().toString(), known);
            }
        }
        return known;
    }

    /** The numbers of the block device below a disk; none when there is no such device. */
    private long[] below(Path device) throws IOException {
        Path physical = device.resolve("physical_device");
        if (!Files.exists(physical)) {
            return new long[0];
        }
        String[] number = Files.readString(physical).strip().split(":", 2);
        if (number.length < 2) {
            return new long[0];
        }
        Path stat = sysfs.resolve("dev/block")
                .resolve(Integer.parseInt(number[0], 16) + ":" + Integer.parseInt(number[1], 16))
                .resolve("stat");
        if (!Files.exists(stat)) {
            return new long[0];
        }
        String[] fields = Files.readString(stat).strip().split("\\s+");
        long[] numbers = new long[fields.length];
        for (int i = 0; i < fields.length; i++) {
            numbers[i] = Long.parseUnsignedLong(fields[i]);
        }
        return numbers;
    }

    private static long nanos(long[] numbers, int field) {
        return numbers.length > field ? numbers[field] * NANOS_OF_MILLI : DiskCounters.UNKNOWN;
    }

    private static long number(Path file) throws IOException {
        return Long.parseUnsignedLong(Files.readString(file).strip());
    }
}
