package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Processes;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Device models of PV and PVH guests. libxl starts a QEMU with such a guest if a disk needs one, but never later: it refuses
 * such a disk for a running guest without QEMU. In that case QEMU is started here. Its process is recorded where libxl records
 * its own, so libxl uses it, and ends it with the guest.
 */
final class PvDeviceModels {
    private static final Logger LOG = LoggerFactory.getLogger(PvDeviceModels.class);

    /** Where distributions and Xen itself install QEMU for Xen; libxl does not say which one it uses. */
    private static final List<Path> PROGRAMS = List.of(
            Path.of("/usr/libexec/xen-qemu-system-i386"),
            Path.of("/usr/lib/xen/bin/qemu-system-i386"),
            Path.of("/usr/lib64/xen/bin/qemu-system-i386"),
            Path.of("/usr/local/lib/xen/bin/qemu-system-i386"),
            Path.of("/usr/bin/qemu-system-i386"),
            Path.of("/usr/bin/qemu-system-x86_64"));

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Xenstore xenstore;
    private final List<Path> programs;
    private final Path run;
    private final Path logs;
    private final Duration patience;

    PvDeviceModels(Xenstore xenstore) {
        this(xenstore, PROGRAMS, Path.of("/run/xen"), Path.of("/var/log/xen"), PATIENCE);
    }

    /**
     * @param programs where QEMU may be, the best first
     * @param run the folder of sockets and files with process numbers
     * @param logs the folder of QEMU's logs
     * @param patience how long QEMU may take to start, and then to serve
     */
    PvDeviceModels(Xenstore xenstore, List<Path> programs, Path run, Path logs, Duration patience) {
        this.xenstore = xenstore;
        this.programs = programs;
        this.run = run;
        this.logs = logs;
        this.patience = patience;
    }

    /** Whether only a device model can serve the disk. */
    static boolean needed(DiskConfig disk) {
        return disk.backendDomid() == 0
                && (disk.backend() == DiskBackend.QDISK
                        || disk.backend() == DiskBackend.UNKNOWN
                                && disk.format() != DiskFormat.RAW
                                && disk.format() != DiskFormat.EMPTY);
    }

    /**
     * Starts a device model for a PV or PVH guest, if it has none.
     *
     * @param program the QEMU that the guest's configuration names, or null
     */
    synchronized void start(int domid, @Nullable String program) {
        String image = Xenstore.domainPath(domid) + "/image/";
        if (xenstore.read(image + "device-model-pid").isPresent()
                || xenstore.read(image + "device-model-domid").isPresent()) {
            return;
        }
        Path qemu = program(program);
        try {
            // One may run already, if jxapid ended before it recorded it.
            Optional<ProcessHandle> left = process(domid);
            ProcessHandle model = left.isPresent() ? left.get() : launched(domid, qemu);
            awaitRunning(domid);
            // From here on, libxl ends it with the guest.
            xenstore.write(image + "device-model-pid", Long.toString(model.pid()));
            LOG.info("Domain {}: device model {} started, because a new disk needs one", domid, model.pid());
        } catch (IOException e) {
            ended(domid);
            throw failure(domid, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended(domid);
            throw failure(domid, "interrupted");
        }
    }

    /** Ends a device model that libxl does not know of, such as one whose start was cut off. */
    synchronized void ended(int domid) {
        if (!Files.exists(pidFile(domid))) {
            return;
        }
        try {
            process(domid).ifPresent(ProcessHandle::destroy);
            Files.deleteIfExists(pidFile(domid));
        } catch (IOException e) {
            LOG.warn("Domain {}: its device model may still run: {}", domid, e.getMessage());
        }
    }

    private Path program(@Nullable String configured) {
        if (configured != null) {
            return Path.of(configured);
        }
        return programs.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new HypervisorException(
                        LibxlError.FAIL, "no QEMU for Xen is installed; on Debian, install qemu-system-xen"));
    }

    private ProcessHandle launched(int domid, Path qemu) throws IOException, InterruptedException {
        Files.createDirectories(logs);
        Path log = logs.resolve("qemu-dm-domain-" + domid + ".log");
        // QEMU returns when it has its sockets, and goes on in the background. It locks the file with its number.
        Process starter = Processes.start(new ProcessBuilder(
                        qemu.toString(),
                        "-xen-domid",
                        Integer.toString(domid),
                        "-no-shutdown",
                        "-chardev",
                        socket("libxl-cmd", "qmp-libxl-" + domid),
                        "-mon",
                        "chardev=libxl-cmd,mode=control",
                        "-chardev",
                        socket("libxenstat-cmd", "qmp-libxenstat-" + domid),
                        "-mon",
                        "chardev=libxenstat-cmd,mode=control",
                        "-nodefaults",
                        "-no-user-config",
                        "-xen-attach",
                        "-name",
                        "domain-" + domid,
                        "-vnc",
                        "none",
                        "-display",
                        "none",
                        "-machine",
                        "xenpv",
                        "-D",
                        log.toString(),
                        "-pidfile",
                        pidFile(domid).toString(),
                        "-daemonize")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        starter.getOutputStream().close();
        if (!starter.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            starter.destroyForcibly();
            throw new IOException(qemu + " did not start in " + patience.toSeconds() + " s");
        }
        Optional<ProcessHandle> model = process(domid);
        if (model.isEmpty()) {
            throw new IOException(qemu + " ended with status " + starter.exitValue() + ": " + lastLine(log));
        }
        return model.get();
    }

    private String socket(String id, String file) {
        return "socket,id=" + id + ",path=" + run.resolve(file) + ",server=on,wait=off";
    }

    private Path pidFile(int domid) {
        return run.resolve("jxapi-qemu-" + domid + ".pid");
    }

    /** The device model that the file of the domain names, if it runs. Numbers of processes come again, so its words count. */
    private Optional<ProcessHandle> process(int domid) throws IOException {
        if (!Files.exists(pidFile(domid))) {
            return Optional.empty();
        }
        String number = Files.readString(pidFile(domid)).strip();
        if (!number.matches("[1-9][0-9]{0,9}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(number)).filter(process -> serves(process, domid));
    }

    private static boolean serves(ProcessHandle process, int domid) {
        List<String> words = process.info().arguments().map(Arrays::asList).orElse(List.of());
        int option = words.indexOf("-xen-domid");
        return option >= 0 && option + 1 < words.size() && words.get(option + 1).equals(Integer.toString(domid));
    }

    private void awaitRunning(int domid) throws IOException, InterruptedException {
        String state = Xenstore.domainPath(0) + "/device-model/" + domid + "/state";
        long end = System.nanoTime() + patience.toNanos();
        while (!xenstore.read(state).equals(Optional.of("running"))) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("it did not serve the guest within " + patience.toSeconds() + " s");
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return lines.isEmpty() ? "no output" : lines.get(lines.size() - 1);
    }

    private static HypervisorException failure(int domid, @Nullable String why) {
        return new HypervisorException(
                LibxlError.FAIL, "domain " + domid + " has no device model, and none could be started: " + why);
    }
}
