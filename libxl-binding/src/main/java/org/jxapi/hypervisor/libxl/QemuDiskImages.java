package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.function.IntFunction;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * The block layer of the QEMU that serves a domain's disks. It has a node for each image (format {@code qcow2}) on top of
 * one for the image's file. An HVM guest's emulated disks open an image a second time.
 */
public final class QemuDiskImages implements DiskImages {
    private static final String QCOW2 = "qcow2";
    private static final String NODE_NAME = "node-name";
    /** The end of the name of a node for an image's file, after the name of the node for the image. */
    private static final String FILE = "-file";

    private static final long LOOK_MILLIS = 50;

    private final IntFunction<Path> sockets;

    /** @param sockets the QMP socket of a domain's QEMU that is free for other clients than libxl */
    public QemuDiskImages(IntFunction<Path> sockets) {
        this.sockets = sockets;
    }

    /** The sockets that libxl gives each QEMU for others. */
    static QemuDiskImages ofLibxl() {
        return new QemuDiskImages(domid -> Path.of("/run/xen/qmp-libxenstat-" + domid));
    }

    /** Work with QEMU. */
    private interface Work<T> {
        T with(Qmp qmp) throws IOException;
    }

    private <T> T call(int domid, Work<T> work) {
        try (Qmp qmp = Qmp.connect(sockets.apply(domid))) {
            return work.with(qmp);
        } catch (IOException e) {
            HypervisorException failure = new HypervisorException(
                    LibxlError.PROTOCOL_ERROR_QMP,
                    "domain " + domid + ": its QEMU cannot be reached: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** Work that has no result. */
    private interface Steps {
        void take(Qmp qmp) throws IOException;
    }

    private void run(int domid, Steps steps) {
        call(domid, qmp -> {
            steps.take(qmp);
            return domid;
        });
    }

    @Override
    public boolean served() {
        return true;
    }

    @Override
    public boolean isOpen(int domid, Path image) {
        if (!Files.exists(sockets.apply(domid))) {
            return false;
        }
        return call(domid, qmp -> {
            for (JsonNode node : nodes(qmp)) {
                if (holds(node, image)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static JsonNode nodes(Qmp qmp) throws IOException {
        return qmp.run("query-named-block-nodes", Qmp.object().put("flat", true));
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

    /**
     * The names of the nodes that have the image open as qcow2. QEMU does not show the file of one that was given its
     * backing file later, but that of the node below it.
     */
    private static List<String> named(Qmp qmp, Path image) throws IOException {
        List<String> names = nodesOf(qmp, image);
        if (names.isEmpty()) {
            throw new HypervisorException(LibxlError.QMP_DEVICE_NOT_FOUND, "QEMU does not have " + image + " open");
        }
        return names;
    }

    private static List<String> nodesOf(Qmp qmp, Path image) throws IOException {
        Set<String> formats = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode node : nodes(qmp)) {
            String name = node.path(NODE_NAME).asText();
            boolean format = node.path("drv").asText().equals(QCOW2);
            if (format) {
                formats.add(name);
            }
            if (holds(node, image)) {
                names.add(name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name);
            }
        }
        names.retainAll(formats);
        return List.copyOf(names);
    }

    private static String only(Qmp qmp, Path image) throws IOException {
        List<String> names = named(qmp, image);
        if (names.size() > 1) {
            throw new HypervisorException(
                    LibxlError.NOT_READY, "the guest may still use the emulated disk of " + image);
        }
        return names.get(0);
    }

    @Override
    public void snapshot(int domid, List<Overlay> overlays) {
        run(domid, qmp -> {
            List<String> added = new ArrayList<>();
            try {
                ArrayNode actions = Qmp.object().putArray("actions");
                for (Overlay overlay : overlays) {
                    for (String node : named(qmp, overlay.active())) {
                        String name = "jxapi-" + UUID.randomUUID().toString().substring(0, 18);
                        open(qmp, name, overlay.overlay());
                        added.add(name);
                        actions.addObject()
                                .put("type", "blockdev-snapshot")
                                .putObject("data")
                                .put("node", node)
                                .put("overlay", name);
                    }
                }
                ObjectNode transaction = Qmp.object();
                transaction.set("actions", actions);
                qmp.run("transaction", transaction);
            } catch (HypervisorException e) {
                added.forEach(name -> forget(qmp, name));
                throw e;
            }
        });
    }

    private static void open(Qmp qmp, String name, Path overlay) throws IOException {
        ObjectNode node = Qmp.object()
                .put("driver", QCOW2)
                .put(NODE_NAME, name)
                .put("discard", "unmap")
                .putNull("backing");
        // libxl's disks are open without locks too: an emulated disk has the same file.
        node.putObject("file")
                .put("driver", "file")
                .put(NODE_NAME, name + FILE)
                .put("filename", overlay.toString())
                .put("locking", "off")
                .put("discard", "unmap");
        qmp.run("blockdev-add", node);
    }

    private static void forget(Qmp qmp, String name) {
        try {
            qmp.run("blockdev-del", Qmp.object().put(NODE_NAME, name));
        } catch (IOException | HypervisorException e) {
            // QEMU keeps an unused node open until the domain ends.
        }
    }

    @Override
    public void merge(int domid, Path active, Path top, Path base, String recorded, DoubleConsumer progress) {
        run(domid, qmp -> {
            if (nodesOf(qmp, top).isEmpty() && !nodesOf(qmp, base).isEmpty()) {
                // It has been merged, but the caller was stopped before it knew.
                return;
            }
            String topNode = only(qmp, top);
            String job = "jxapi-" + UUID.randomUUID();
            qmp.run(
                    "block-commit",
                    Qmp.object()
                            .put("job-id", job)
                            .put("device", only(qmp, active))
                            .put("top-node", topNode)
                            .put("base-node", only(qmp, base))
                            .put("backing-file", recorded)
                            .put("auto-dismiss", false));
            try {
                finish(qmp, job, progress);
            } finally {
                dismiss(qmp, job);
            }
            forget(qmp, topNode);
        });
    }

    /** Waits until the job has ended. */
    private static void finish(Qmp qmp, String job, DoubleConsumer progress) throws IOException {
        progress.accept(0);
        while (true) {
            JsonNode state = state(qmp, job);
            switch (state.path("status").asText()) {
                case "concluded" -> {
                    if (state.has("error")) {
                        throw new HypervisorException(
                                LibxlError.QMP_GENERIC_ERROR,
                                "QEMU: block-commit: " + state.path("error").asText());
                    }
                    return;
                }
                case "null" -> throw new HypervisorException(LibxlError.FAIL, "QEMU: the merge of images has vanished");
                default -> {
                    double all = Math.max(1, state.path("total-progress").asDouble());
                    progress.accept(Math.min(1, state.path("current-progress").asDouble() / all));
                }
            }
            pause();
        }
    }

    private static JsonNode state(Qmp qmp, String job) throws IOException {
        for (JsonNode each : qmp.run("query-jobs", Qmp.object())) {
            if (each.path("id").asText().equals(job)) {
                return each;
            }
        }
        return Qmp.object().put("status", "null");
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while QEMU was merging images");
        }
    }

    /** Removes a job that has ended; one that has not is cancelled first. */
    private static void dismiss(Qmp qmp, String job) throws IOException {
        if (!Thread.currentThread().isInterrupted()) {
            JsonNode state = state(qmp, job);
            while (!List.of("concluded", "null").contains(state.path("status").asText())) {
                if (!List.of("aborting", "pending")
                        .contains(state.path("status").asText())) {
                    qmp.run("job-cancel", Qmp.object().put("id", job));
                }
                pause();
                state = state(qmp, job);
            }
            if (state.path("status").asText().equals("concluded")) {
                qmp.run("job-dismiss", Qmp.object().put("id", job));
            }
        }
    }

    @Override
    public void resize(int domid, Path active, long bytes) {
        run(domid, qmp -> {
            for (String node : named(qmp, active)) {
                qmp.run("block_resize", Qmp.object().put(NODE_NAME, node).put("size", bytes));
            }
        });
    }
}
