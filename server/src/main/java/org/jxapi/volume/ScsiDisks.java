package org.jxapi.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The SCSI disks of this host, as the kernel describes them.
 *
 * @param sys the folder of the kernel's block devices
 */
record ScsiDisks(Path sys) {
    private static final long SECTOR = 512;
    /** The bytes in front of the serial number in a SCSI page 0x80. */
    private static final int PAGE_HEADER = 4;

    private static final String DISK_TYPE = "0";
    /** Host, channel, id and LUN. */
    private static final int ADDRESS = 4;

    /** Those of this host. */
    static ScsiDisks ofThisHost() {
        return new ScsiDisks(Path.of("/sys/block"));
    }

    /**
     * A SCSI disk.
     *
     * @param path its device
     * @param scsiId its name in XenServer: that of scsi_id(8)
     * @param address host, channel, id and LUN
     * @param target the name of the iSCSI target that it comes from; empty for other disks
     */
    record Disk(
            Path path, String scsiId, List<String> address, String vendor, String serial, long bytes, String target) {
        String lun() {
            return address.get(ADDRESS - 1);
        }
    }

    /** All of them, in the order of their addresses. Paths to one disk count as one each. */
    List<Disk> all() throws IOException {
        List<Disk> disks = new ArrayList<>();
        try (Stream<Path> list = Files.list(sys)) {
            for (Path block : list.sorted().toList()) {
                read(block).ifPresent(disks::add);
            }
        }
        disks.sort(Comparator.comparing(disk ->
                String.join(":", disk.address().stream().map("%10s"::formatted).toList())));
        return disks;
    }

    /** The device of the disk with that name: a map of its paths if there is one; empty when it is not there. */
    Optional<Path> find(String scsiId) throws IOException {
        try (Stream<Path> list = Files.list(sys)) {
            for (Path block : list.sorted().toList()) {
                if (text(block.resolve("dm/uuid")).equals("mpath-" + scsiId)) {
                    return Optional.of(Path.of("/dev/mapper", text(block.resolve("dm/name"))));
                }
            }
        }
        return all().stream()
                .filter(disk -> disk.scsiId().equals(scsiId))
                .map(Disk::path)
                .findFirst();
    }

    /** Those that come from one of the iSCSI targets. */
    List<Disk> of(Set<String> targets) throws IOException {
        return all().stream().filter(disk -> targets.contains(disk.target())).toList();
    }

    /** Whether the kernel has made the device of each disk that it has found on the targets. */
    boolean settled(Set<String> targets) throws IOException {
        Path devices = sys.resolveSibling("class").resolve("scsi_device");
        if (!Files.isDirectory(devices)) {
            return true;
        }
        try (Stream<Path> list = Files.list(devices)) {
            for (Path entry : list.toList()) {
                Path device = entry.resolve("device");
                boolean disk = text(device.resolve("type")).equals(DISK_TYPE);
                if (disk && targets.contains(target(device.toRealPath())) && !hasBlock(device)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean hasBlock(Path device) throws IOException {
        Path block = device.resolve("block");
        if (!Files.isDirectory(block)) {
            return false;
        }
        try (Stream<Path> list = Files.list(block)) {
            return list.findAny().isPresent();
        }
    }

    private Optional<Disk> read(Path block) throws IOException {
        Path device = block.resolve("device");
        String id = scsiId(text(device.resolve("wwid")));
        if (id.isEmpty() || !text(device.resolve("type")).equals(DISK_TYPE)) {
            return Optional.empty();
        }
        Path real = device.toRealPath();
        List<String> address = Arrays.asList(String.valueOf(real.getFileName()).split(":"));
        if (address.size() != ADDRESS) {
            return Optional.empty();
        }
        return Optional.of(new Disk(
                Path.of("/dev", String.valueOf(block.getFileName())),
                id,
                address,
                text(device.resolve("vendor")),
                serial(device.resolve("vpd_pg80")),
                Long.parseLong(text(block.resolve("size"))) * SECTOR,
                target(real)));
    }

    /** The kernel's name of a disk in the words of scsi_id(8); empty when there is none. */
    static String scsiId(String wwid) {
        if (wwid.startsWith("naa.")) {
            return "3" + wwid.substring("naa.".length());
        }
        if (wwid.startsWith("eui.")) {
            return "2" + wwid.substring("eui.".length());
        }
        if (wwid.startsWith("t10.")) {
            return "1" + wwid.substring("t10.".length()).strip().replaceAll("\\s+", "_");
        }
        return "";
    }

    private static String serial(Path page) {
        try {
            byte[] bytes = Files.readAllBytes(page);
            int length = Math.max(0, bytes.length - PAGE_HEADER);
            return new String(bytes, bytes.length - length, length, StandardCharsets.US_ASCII)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The folders above a disk of iSCSI are those of its session. */
    private static String target(Path device) throws IOException {
        for (Path above = device; above != null; above = above.getParent()) {
            String name = String.valueOf(above.getFileName());
            if (name.matches("session\\d+")) {
                return text(above.resolve("iscsi_session").resolve(name).resolve("targetname"));
            }
        }
        return "";
    }

    /** The name of the driver of a host adapter, by its number. */
    String adapter(String host) throws IOException {
        return text(sys.resolveSibling("class").resolve("scsi_host/host" + host + "/proc_name"));
    }

    private static String text(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
    }
}
