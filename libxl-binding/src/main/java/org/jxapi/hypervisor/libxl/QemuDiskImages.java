package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.DoubleConsumer;
import java.util.function.IntFunction;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The images that the QEMU of a domain has open, by its protocol QMP. */
public final class QemuDiskImages implements DiskImages {
    private static final String MIRROR = "jxapi-mirror-";
    /** A mirror that has copied everything, and copies each write; {@code standby} is the same, paused. */
    private static final Set<String> READY = Set.of("ready", "standby");

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

    /** The same where a domain without a QEMU has nothing to be done. */
    private void runIfThere(int domid, Steps steps) {
        if (Files.exists(sockets.apply(domid))) {
            run(domid, steps);
        }
    }

    @Override
    public boolean served() {
        return true;
    }

    @Override
    public boolean isOpen(int domid, Path image) {
        return Files.exists(sockets.apply(domid)) && call(domid, qmp -> QemuNodes.has(qmp, image));
    }

    @Override
    public void closeUnused(int domid) {
        runIfThere(domid, QemuNodes::closeUnused);
    }

    /** As libxl does for the device model of an HVM guest: libxl_dom_suspend.c. */
    @Override
    public void handOver(int domid) {
        runIfThere(domid, qmp -> {
            if (isRunning(qmp)) {
                qmp.run("stop", Qmp.object());
                // QEMU releases its images only when it saves the state of its devices, which is not needed here.
                qmp.run(
                        "xen-save-devices-state",
                        Qmp.object().put("filename", "/dev/null").put("live", true));
            }
        });
    }

    /** Has QEMU use the images again that it has handed over: the guest goes on here. */
    void takeBack(int domid) {
        runIfThere(domid, qmp -> {
            if (!isRunning(qmp)) {
                qmp.run("cont", Qmp.object());
            }
        });
    }

    private static boolean isRunning(Qmp qmp) throws IOException {
        return qmp.run("query-status", Qmp.object()).path("running").asBoolean();
    }

    @Override
    public void snapshot(int domid, List<Overlay> overlays) {
        run(domid, qmp -> {
            List<String> added = new ArrayList<>();
            try {
                ArrayNode actions = Qmp.object().putArray("actions");
                for (Overlay overlay : overlays) {
                    for (String node : QemuNodes.named(qmp, overlay.active())) {
                        String name = QemuNodes.open(qmp, overlay.overlay());
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
                for (String name : added) {
                    QemuNodes.close(qmp, name);
                }
                throw e;
            }
        });
    }

    @Override
    public void merge(int domid, Path active, Path top, Path base, String recorded, DoubleConsumer progress) {
        run(domid, qmp -> {
            if (QemuNodes.of(qmp, top).isEmpty() && !QemuNodes.of(qmp, base).isEmpty()) {
                // It has been merged, but the caller was stopped before it knew.
                return;
            }
            String topNode = QemuNodes.only(qmp, top);
            String job = "jxapi-" + UUID.randomUUID();
            qmp.run(
                    "block-commit",
                    Qmp.object()
                            .put("job-id", job)
                            .put("device", QemuNodes.only(qmp, active))
                            .put("top-node", topNode)
                            .put("base-node", QemuNodes.only(qmp, base))
                            .put("backing-file", recorded)
                            .put("auto-dismiss", false));
            try {
                QemuJobs.finish(qmp, job, "block-commit", progress);
            } finally {
                QemuJobs.dismiss(qmp, job);
                // Also after a cancel that came too late: a node that stayed would make the next merge look unfinished.
                QemuNodes.close(qmp, topNode);
            }
        });
    }

    @Override
    public void resize(int domid, Path active, long bytes) {
        run(domid, qmp -> {
            for (String node : QemuNodes.named(qmp, active)) {
                qmp.run("block_resize", Qmp.object().put("node-name", node).put("size", bytes));
            }
        });
    }

    /** The job that mirrors to an image: another run of the daemon finds it by this name. */
    private static String job(Path target) {
        return MIRROR + UUID.nameUUIDFromBytes(target.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void mirror(int domid, Path active, Path target, DoubleConsumer progress) {
        try {
            run(domid, qmp -> {
                String source = QemuNodes.only(qmp, active);
                qmp.run(
                        "blockdev-mirror",
                        Qmp.object()
                                .put("job-id", job(target))
                                .put("device", source)
                                .put("target", QemuNodes.open(qmp, target))
                                .put("sync", "full")
                                .put("copy-mode", "write-blocking")
                                .put("auto-dismiss", false));
            });
            boolean ready = false;
            while (!ready) {
                // Other calls for this QEMU have their turn between two looks.
                JsonNode state = call(domid, qmp -> QemuJobs.state(qmp, job(target)));
                QemuJobs.requireWell(state, "blockdev-mirror");
                ready = READY.contains(QemuJobs.status(state));
                progress.accept(ready ? 1 : QemuJobs.done(state));
                if (!ready) {
                    pause();
                }
            }
        } catch (RuntimeException e) {
            endAfter(e, domid, target);
            throw e;
        }
    }

    private void endAfter(RuntimeException e, int domid, Path target) {
        try {
            endMirror(domid, target);
        } catch (HypervisorException again) {
            e.addSuppressed(again);
        }
    }

    private static void pause() {
        try {
            QemuJobs.pause();
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "interrupted while QEMU was mirroring a disk");
        }
    }

    @Override
    public boolean pivot(int domid, Path target) {
        return call(domid, qmp -> {
            String job = job(target);
            JsonNode state = QemuJobs.state(qmp, job);
            if (READY.contains(QemuJobs.status(state))) {
                qmp.run("job-complete", Qmp.object().put("id", job));
                while (!Set.of("concluded", "null").contains(QemuJobs.status(state))) {
                    QemuJobs.pause();
                    state = QemuJobs.state(qmp, job);
                }
            }
            boolean done = switch (QemuJobs.status(state)) {
                case "concluded" -> !state.has("error");
                case "null" -> QemuNodes.has(qmp, target);
                default -> false;
            };
            QemuJobs.dismiss(qmp, job);
            QemuNodes.closeUnused(qmp);
            return done;
        });
    }

    @Override
    public void endMirror(int domid, Path target) {
        runIfThere(domid, qmp -> {
            QemuJobs.dismiss(qmp, job(target));
            QemuNodes.closeUnused(qmp);
        });
    }

    @Override
    public void endMirrors(int domid) {
        runIfThere(domid, qmp -> {
            List<String> left = QemuJobs.named(qmp, MIRROR);
            for (String job : left) {
                QemuJobs.dismiss(qmp, job);
            }
            if (!left.isEmpty()) {
                QemuNodes.closeUnused(qmp);
            }
        });
    }
}
