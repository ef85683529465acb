package org.jxapi.neighbour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other programs that wait for the end of a guest, to restart or remove its domain. {@code xl create} leaves a process for each
 * domain. It writes a log with the name of the domain, by which it is known, and its end leaves the domain as it is.
 * libvirt waits in its daemon, and notes its domains in files.
 */
final class Watchers {
    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final Path proc;
    private final Path logs;
    private final Path libvirt;

    /**
     * @param proc the processes: {@code /proc}
     * @param logs the folder of xl's logs
     * @param libvirt the folder in which libvirt notes its running domains
     */
    Watchers(Path proc, Path logs, Path libvirt) {
        this.proc = proc;
        this.logs = logs;
        this.libvirt = libvirt;
    }

    /** Ends the processes that wait for the guest of a domain of that name; their numbers. */
    List<Long> end(String domain) {
        List<Long> ended = new ArrayList<>();
        for (long pid : of(domain)) {
            LOG.info("Domain {}: adopted, so xl's process {} is ended", domain, pid);
            if (ProcessHandle.of(pid).map(ProcessHandle::destroy).orElse(false)) {
                ended.add(pid);
            }
        }
        return ended;
    }

    /** The processes that wait for the guest of a domain of that name. */
    List<Long> of(String domain) {
        Path log = logs.resolve("xl-" + domain.replace("/", "") + ".log");
        List<Long> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(proc)) {
            for (Path process : all.filter(path -> path.getFileName().toString().matches("\\d{1,9}"))
                    .toList()) {
                if (isXl(process) && writes(process, log)) {
                    found.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            LOG.warn("Processes of xl cannot be found: {}", e.getMessage());
        }
        return found;
    }

    /** Whether libvirt has a running domain of that name. */
    boolean libvirt(String domain) {
        return !domain.contains("/") && Files.exists(libvirt.resolve(domain + ".xml"));
    }

    private static boolean isXl(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip().equals("xl");
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    private static boolean writes(Path process, Path log) {
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return files.anyMatch(file -> {
                try {
                    return Files.readSymbolicLink(file).equals(log);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return false;
        }
    }
}
