package org.jxapi.program;

import java.util.Map;

/** The Debian packages that have the programs of this host. */
final class DebianPackages {
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("blkid", "util-linux"),
            Map.entry("cp", "coreutils"),
            Map.entry("dmsetup", "dmsetup"),
            Map.entry("dnsmasq", "dnsmasq-base"),
            Map.entry("e2fsck", "e2fsprogs"),
            Map.entry("ip", "iproute2"),
            Map.entry("iscsiadm", "open-iscsi"),
            Map.entry("lvchange", "lvm2"),
            Map.entry("lvcreate", "lvm2"),
            Map.entry("lvextend", "lvm2"),
            Map.entry("lvremove", "lvm2"),
            Map.entry("lvrename", "lvm2"),
            Map.entry("lvs", "lvm2"),
            Map.entry("mkfs.ext4", "e2fsprogs"),
            Map.entry("mkfs.xfs", "xfsprogs"),
            Map.entry("mount", "mount"),
            Map.entry("mount.cifs", "cifs-utils"),
            Map.entry("mount.nfs", "nfs-common"),
            Map.entry("nft", "nftables"),
            Map.entry("pvremove", "lvm2"),
            Map.entry("pvs", "lvm2"),
            Map.entry("qemu-img", "qemu-utils"),
            Map.entry("rpcinfo", "rpcbind"),
            Map.entry("showmount", "nfs-common"),
            Map.entry("stat", "coreutils"),
            Map.entry("sysctl", "procps"),
            Map.entry("thin_dump", "thin-provisioning-tools"),
            Map.entry("umount", "mount"),
            Map.entry("vgchange", "lvm2"),
            Map.entry("vgcreate", "lvm2"),
            Map.entry("vgremove", "lvm2"),
            Map.entry("wipefs", "util-linux"));

    private DebianPackages() {}

    /** The message for a program that is not there. */
    static String missing(String program) {
        String name = PACKAGES.get(program);
        return program + " is not installed" + (name == null ? "" : " (Debian package " + name + ")");
    }
}
