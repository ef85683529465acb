package org.jxapi.ova;

import java.util.List;
import java.util.Map;

/**
 * The VM that a package describes.
 *
 * @param memory bytes
 * @param coresPerSocket 0 where the package does not give it
 * @param uefi whether it boots by UEFI instead of BIOS
 * @param bootOrder as {@code HVM_boot_params:order} has it; empty where the package does not give it
 * @param platform what the package says of {@code VM.platform}
 * @param disks in the order in which they are attached
 */
record OvaMachine(
        String name,
        String description,
        int vcpus,
        int coresPerSocket,
        long memory,
        boolean uefi,
        String bootOrder,
        Map<String, String> platform,
        List<Disk> disks,
        List<Nic> nics) {
    /**
     * A disk.
     *
     * @param name for the report
     * @param file the name of its image in the package; empty for an empty disk
     * @param gzip whether the image is packed once more
     * @param bytes its size at least
     */
    record Disk(String name, String file, boolean gzip, long bytes) {}

    /**
     * A network interface.
     *
     * @param network the name of its network in the package
     * @param mac empty for a new one
     */
    record Nic(String name, String network, String mac) {}
}
