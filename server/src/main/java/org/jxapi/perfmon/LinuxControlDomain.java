package org.jxapi.perfmon;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control domain as its Linux shows it. */
public final class LinuxControlDomain implements ControlDomain {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxControlDomain.class);

    private final Path root;

    public LinuxControlDomain() {
        this(Path.of("/"));
    }

    /** @param root the folder that has {@code proc} and {@code var/log} */
    LinuxControlDomain(Path root) {
        this.root = root;
    }

    @Override
    public double fileSystemUsage() {
        try {
            return usage(Files.getFileStore(root));
        } catch (IOException e) {
            return unknown("/", e);
        }
    }

    @Override
    public double logFileSystemUsage() {
        try {
            FileStore logs = Files.getFileStore(root.resolve("var/log"));
            return logs.equals(Files.getFileStore(root)) ? Double.NaN : usage(logs);
        } catch (IOException e) {
            return unknown("/var/log", e);
        }
    }

    /** As df counts it: without the blocks that are reserved for root. */
    private static double usage(FileStore store) throws IOException {
        double used = store.getTotalSpace() - (double) store.getUnallocatedSpace();
        double all = used + store.getUsableSpace();
        return all > 0 ? used / all : Double.NaN;
    }

    @Override
    public double memoryUsage() {
        Map<String, Double> memory = new HashMap<>();
        try {
            for (String line : Files.readAllLines(root.resolve("proc/meminfo"))) {
                String[] parts = line.split(":\\s*", 2);
                if (parts.length == 2 && parts[1].matches("\\d{1,15}( .*)?")) {
                    memory.put(parts[0], Double.parseDouble(parts[1].split(" ", 2)[0]));
                }
            }
        } catch (IOException e) {
            return unknown("/proc/meminfo", e);
        }
        double total = memory.getOrDefault("MemTotal", Double.NaN);
        double used = total
                - memory.getOrDefault("MemFree", 0.0)
                - memory.getOrDefault("Buffers", 0.0)
                - memory.getOrDefault("Cached", 0.0);
        double swapped = memory.getOrDefault("SwapTotal", 0.0) - memory.getOrDefault("SwapFree", 0.0);
        return (used + swapped) / total;
    }

    private static double unknown(String what, IOException e) {
        LOG.debug("Perfmon: {} cannot be read: {}", what, e.getMessage());
        return Double.NaN;
    }
}
