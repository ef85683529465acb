package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Java's own memory in this process. libxl forks for every hotplug script and device model, and a fork copies the tables
 * of all pages; in a PV control domain each entry goes through Xen. Its children run libxl's own C code only, so what is
 * Java's can be left out: the heap and the archive of classes, which are most of a JVM.
 */
final class JavaMemory {
    private static final Logger LOG = LoggerFactory.getLogger(JavaMemory.class);
    private static final Path MAPS = Path.of("/proc/self/maps");
    /** A line of {@code proc_pid_maps(5)}: the bounds, what may be done with it, and the file's path or nothing. */
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S+) \\S+ \\S+ \\S+ *(.*)");

    /**
     * Between these addresses HotSpot puts a heap of up to 32 GiB (HeapBaseMinAddress, compressed references), and
     * nobody else puts anything that has no name. A larger heap is elsewhere and is copied.
     */
    private static final long HEAP_FROM = 2L << 30;

    private static final long HEAP_TO = 32L << 30;

    private final LibC libc;
    private long known = -1;

    JavaMemory(LibC libc) {
        this.libc = libc;
    }

    /** Leaves Java's memory out of children that are forked from now on; does something only when the heap has grown. */
    synchronized void keepFromChildren() {
        long now = Runtime.getRuntime().totalMemory();
        if (now == known) {
            return;
        }
        known = now;
        try {
            Files.readAllLines(MAPS).forEach(this::keep);
        } catch (IOException e) {
            LOG.debug("Children get all of Java's memory: {}", e.getMessage());
        }
    }

    private void keep(String line) {
        Matcher mapping = MAPPING.matcher(line);
        if (!mapping.matches()) {
            return;
        }
        long from = Long.parseUnsignedLong(mapping.group(1), 16);
        long to = Long.parseUnsignedLong(mapping.group(2), 16);
        boolean heap = mapping.group(4).isEmpty()
                && Long.compareUnsigned(from, HEAP_FROM) >= 0
                && Long.compareUnsigned(to, HEAP_TO) <= 0;
        if (mapping.group(3).startsWith("rw")
                && (heap || mapping.group(4).endsWith(".jsa"))
                && libc.madvise(from, to - from, LibC.MADV_DONTFORK) != 0) {
            LOG.debug("Children get a copy of {}", line);
        }
    }
}
