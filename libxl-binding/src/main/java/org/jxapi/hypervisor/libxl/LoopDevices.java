package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Processes;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop devices on which Xen's script {@code block} puts disks that are files. libxl kills a script that takes longer
 * than 40 s, as on a busy host, and goes on: then the device stays, and with it the file's space, even after the file was
 * deleted. Those of our own domains are detached here.
 */
final class LoopDevices {
    private static final Logger LOG = LoggerFactory.getLogger(LoopDevices.class);
    private static final Path SYSFS = Path.of("/sys/block");
    private static final String BACK_ENDS = "/local/domain/0/backend/vbd";
    private static final String DELETED = " (deleted)";

    private final Path sysfs;
    private final Xenstore xenstore;
    private final Detach detach;

    /** Frees a loop device, such as {@code /dev/loop0}. */
    interface Detach {
        void detach(String device) throws IOException;
    }

    LoopDevices(Xenstore xenstore) {
        this(SYSFS, xenstore, LoopDevices::losetup);
    }

    LoopDevices(Path sysfs, Xenstore xenstore, Detach detach) {
        this.sysfs = sysfs;
        this.xenstore = xenstore;
        this.detach = detach;
    }

    /** The loop devices that are in use: path of the file by path of the device. */
    Map<String, String> attached() {
        Map<String, String> files = new HashMap<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(sysfs, "loop*")) {
            for (Path device : devices) {
                Path file = device.resolve("loop/backing_file");
                if (Files.exists(file)) {
                    files.put(
                            "/dev/" + device.getFileName(),
                            Files.readString(file).strip());
                }
            }
        } catch (IOException e) {
            LOG.debug("The loop devices are not known", e);
        }
        return files;
    }

    /** The loop devices that carry disks which only this domain writes to: path of the file by path of the device. */
    Map<String, String> of(int domid) {
        try {
            Set<String> nodes = nodes(domid, true);
            Map<String, String> files = nodes.isEmpty() ? new HashMap<>() : attached();
            files.keySet().retainAll(nodes);
            return files;
        } catch (HypervisorException e) {
            LOG.debug("The disks of domain {} are not known", domid, e);
            return Map.of();
        }
    }

    /**
     * Detaches those that were a domain's, that still hold the same files, and that no disk uses any more.
     *
     * @param before what {@link #of} answered while the domain had its disks
     */
    void detachLeft(Map<String, String> before) {
        if (before.isEmpty()) {
            return;
        }
        Map<String, String> left = attached();
        left.entrySet().removeIf(now -> !path(now.getValue()).equals(path(before.getOrDefault(now.getKey(), ""))));
        detachUnused(left);
    }

    /**
     * Detaches those that came since, for disks that only one domain has, when making that domain failed.
     *
     * @param before what {@link #attached} answered before
     * @param disks the domain's
     */
    void detachNew(Map<String, String> before, Collection<DiskConfig> disks) {
        Set<String> files = disks.stream()
                .filter(DiskConfig::readwrite)
                .map(DiskConfig::pdevPath)
                .collect(Collectors.toSet());
        Map<String, String> left = attached();
        left.entrySet()
                .removeIf(now -> path(now.getValue()).equals(path(before.getOrDefault(now.getKey(), "")))
                        || !files.contains(path(now.getValue())));
        detachUnused(left);
    }

    private void detachUnused(Map<String, String> left) {
        if (left.isEmpty()) {
            return;
        }
        Set<String> used = new HashSet<>();
        try {
            for (String domid : xenstore.list(BACK_ENDS)) {
                used.addAll(nodes(Integer.parseInt(domid), false));
            }
        } catch (HypervisorException e) {
            LOG.warn("Loop device {}: may be left over from Xen's scripts: {}", left, e.getMessage());
            return;
        }
        left.forEach((device, file) -> {
            if (!used.contains(device)) {
                try {
                    detach.detach(device);
                    LOG.warn("Loop device {}: Xen's script left it attached to {}, detached now", device, file);
                } catch (IOException e) {
                    LOG.warn("Loop device {}: stays attached to {}: {}", device, file, e.getMessage());
                }
            }
        });
    }

    /** The devices that a domain's disks lie on. */
    private Set<String> nodes(int domid, boolean writable) {
        Set<String> nodes = new HashSet<>();
        String domain = BACK_ENDS + "/" + domid;
        for (String disk : xenstore.list(domain)) {
            if (!writable
                    || xenstore.read(domain + "/" + disk + "/mode").orElse("").equals("w")) {
                xenstore.read(domain + "/" + disk + "/node").ifPresent(nodes::add);
            }
        }
        return nodes;
    }

    private static String path(String file) {
        return file.endsWith(DELETED) ? file.substring(0, file.length() - DELETED.length()) : file;
    }

    private static void losetup(String device) throws IOException {
        Process process = Processes.start(new ProcessBuilder("losetup", "-d", device).redirectErrorStream(true));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("losetup -d: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
