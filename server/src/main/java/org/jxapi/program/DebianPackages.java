package org.jxapi.program;

import java.util.Map;

/** The Debian packages that have the programs of this host. */
final class DebianPackages {
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("blkid", "util-linux"),
            Map.entry("cp", "coreutils"),
            Map.entry("e2fsck", "e2fsprogs"),
            Map.entry("mkfs.ext4", "e2fsprogs"),
            Map.entry("mkfs.xfs", "xfsprogs"),
            Map.entry("mount", "mount"),
            Map.entry("mount.cifs", "cifs-utils"),
            Map.entry("mount.nfs", "nfs-common"),
            Map.entry("qemu-img", "qemu-utils"),
            Map.entry("rpcinfo", "rpcbind"),
            Map.entry("showmount", "nfs-common"),
            Map.entry("stat", "coreutils"),
            Map.entry("umount", "mount"),
            Map.entry("wipefs", "util-linux"));

    private DebianPackages() {}

    /** The message for a program that is not there. */
    static String missing(String program) {
        String name = PACKAGES.get(program);
        return program + " is not installed" + (name == null ? "" : " (Debian package " + name + ")");
    }
}
