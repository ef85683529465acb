package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * The nodes of a QEMU's block layer: for each image one (format {@code qcow2}) on top of one for the image's file. An HVM
 * guest's emulated disks open an image a second time.
 */
final class QemuNodes {
    private static final String QCOW2 = "qcow2";
    private static final String NODE_NAME = "node-name";
    /** The end of the name of a node for an image's file, after the name of the node for the image. */
    private static final String FILE = "-file";

    /** The bits of st_mode with the type of a file, and those of a block device: inode(7). */
    private static final int FILE_TYPE = 0170000;

    private static final int BLOCK_DEVICE = 0060000;

    private QemuNodes() {}

    private static JsonNode all(Qmp qmp) throws IOException {
        return qmp.run("query-named-block-nodes", Qmp.object().put("flat", true));
    }

    /** Whether a node has that file open. */
    static boolean has(Qmp qmp, Path image) throws IOException {
        for (JsonNode node : all(qmp)) {
            if (holds(node, image)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node is for that file, under whatever name QEMU opened it. */
    private static boolean holds(JsonNode node, Path image) throws IOException {
        String file = node.path("file").asText();
        if (!file.startsWith("/")) {
            return false;
        }
        Path opened = Path.of(file);
        return opened.equals(image) || Files.exists(opened) && Files.exists(image) && Files.isSameFile(opened, image);
    }

    /** The names of the nodes that have the image open; a HypervisorException when none has. */
    static List<String> named(Qmp qmp, Path image) throws IOException {
        List<String> names = of(qmp, image);
        if (names.isEmpty()) {
            throw new HypervisorException(LibxlError.QMP_DEVICE_NOT_FOUND, "QEMU does not have " + image + " open");
        }
        return names;
    }

    /**
     * The names of the nodes that have the image open as qcow2. QEMU does not show the file of one that was given its
     * backing file later, but that of the node below it.
     */
    static List<String> of(Qmp qmp, Path image) throws IOException {
        Set<String> formats = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode node : all(qmp)) {
            String name = node.path(NODE_NAME).asText();
            if (isImage(node)) {
                formats.add(name);
            }
            if (holds(node, image)) {
                names.add(name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name);
            }
        }
        names.retainAll(formats);
        return List.copyOf(names);
    }

    private static boolean isImage(JsonNode node) {
        return node.path("drv").asText().equals(QCOW2);
    }

    /** The node that has the image open; a HypervisorException unless there is exactly one. */
    static String only(Qmp qmp, Path image) throws IOException {
        List<String> names = named(qmp, image);
        if (names.size() > 1) {
            throw new HypervisorException(
                    LibxlError.NOT_READY, "the guest may still use the emulated disk of " + image);
        }
        return names.get(0);
    }

    /** Opens an image without its backing file, and returns the name of its new node. */
    static String open(Qmp qmp, Path image) throws IOException {
        String name = "jxapi-" + UUID.randomUUID().toString().substring(0, 18);
        ObjectNode node = Qmp.object()
                .put("driver", QCOW2)
                .put(NODE_NAME, name)
                .put("discard", "unmap")
                .putNull("backing");
        // libxl's disks are open without locks too: an emulated disk has the same file.
        node.putObject("file")
                .put("driver", isDevice(image) ? "host_device" : "file")
                .put(NODE_NAME, name + FILE)
                .put("filename", image.toString())
                .put("locking", "off")
                .put("discard", "unmap");
        qmp.run("blockdev-add", node);
        return name;
    }

    private static boolean isDevice(Path image) throws IOException {
        // QEMU itself reports a file that is missing.
        return Files.exists(image) && ((int) Files.getAttribute(image, "unix:mode") & FILE_TYPE) == BLOCK_DEVICE;
    }

    /** Closes a node; false when it is in use, or gone. */
    static boolean close(Qmp qmp, String name) throws IOException {
        try {
            qmp.run("blockdev-del", Qmp.object().put(NODE_NAME, name));
            return true;
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** Closes all images that nothing uses, also those that were only behind others of these. */
    static void closeUnused(Qmp qmp) throws IOException {
        boolean closed = true;
        while (closed) {
            closed = false;
            for (JsonNode node : all(qmp)) {
                closed |= isImage(node) && close(qmp, node.path(NODE_NAME).asText());
            }
        }
    }
}
