package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Xen's own tools say about the host. */
final class Dom0 {
    private Dom0() {}

    /** The guests that xl knows: name by domain id. */
    static Map<Integer, String> domains() {
        Map<Integer, String> domains = new TreeMap<>();
        for (String line : Command.run("xl", "list").split("\n")) {
            String[] words = line.trim().split("\\s+");
            if (words.length >= 6 && words[words.length - 5].matches("[1-9][0-9]*")) {
                domains.put(Integer.valueOf(words[words.length - 5]), words[0]);
            }
        }
        return domains;
    }

    /** Writes xl's configuration of a PV guest with those lines for its devices; returns its file. */
    static Path xlConfig(String name, String devices) throws IOException {
        return Files.writeString(Path.of("/root/" + name + ".cfg"), "name = \"" + name + "\"\ntype = \"pv\"\n"
                + "kernel = \"/boot/guest/vmlinux\"\nramdisk = \"/boot/guest/initramfs\"\n"
                + "extra = \"console=hvc0 quiet\"\nmemory = 192\nvcpus = 1\n" + devices);
    }

    /**
     * Writes libvirt's configuration of a PV guest; returns its file.
     *
     * @param disk its disk; null for a guest without devices
     * @param mac the address of its nic; empty for one that libvirt makes up
     */
    static Path libvirtConfig(String name, Path disk, String mac) throws IOException {
        String devices = disk == null ? "" : "<disk type='file' device='disk'><driver name='phy' type='raw'/><source file='"
                + disk + "'/><target dev='xvda' bus='xen'/></disk><interface type='bridge'>"
                + (mac.isEmpty() ? "" : "<mac address='" + mac + "'/>") + "<source bridge='xenbr0'/></interface>";
        return Files.writeString(Path.of("/root/" + name + ".xml"), "<domain type='xen'><name>" + name + "</name>"
                + "<memory unit='KiB'>196608</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='xenpv'>linux</type>"
                + "<kernel>/boot/guest/vmlinux</kernel><initrd>/boot/guest/initramfs</initrd>"
                + "<cmdline>console=hvc0 quiet</cmdline></os><devices>" + devices
                + "<console type='pty'/></devices></domain>");
    }

    /** The remains of domains: domains, loop devices, back ends of devices, device models; empty if there are none. */
    static List<String> leftovers() {
        List<String> left = new ArrayList<>();
        domains().forEach((id, name) -> left.add("domain " + id + " " + name));
        String loops = Command.shell("losetup -a");
        if (!loops.isEmpty()) {
            left.add("loop devices " + loops);
        }
        for (String kind : List.of("vbd", "qdisk", "vif")) {
            String path = "/local/domain/0/backend/" + kind;
            String ends = Command.shell("xenstore-list " + path + " 2>/dev/null");
            for (String domain : ends.split("\\s+")) {
                if (!domain.isEmpty()
                        && !Command.shell("xenstore-list " + path + "/" + domain + " 2>/dev/null")
                                .isEmpty()) {
                    left.add(kind + " back end of domain " + domain);
                }
            }
        }
        String models = Command.shell("pgrep -f -a 'qemu.*xen-domid [1-9]'");
        if (!models.isEmpty()) {
            left.add("device model " + models);
        }
        return left;
    }

    /** Waits for Xen to have taken everything down. */
    static void nothingLeft() throws InterruptedException {
        try {
            Checks.await("nothing left behind", 30, () -> leftovers().isEmpty());
        } catch (AssertionError e) {
            throw new AssertionError("left behind: " + leftovers());
        }
    }
}
