package org.jxapi.xe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A line on the terminal that shows the progress of a transfer. Shows nothing if stderr is not a terminal. */
final class ProgressLine implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;
    private static final double MIB = 1 << 20;

    private final boolean wanted;
    private final long total;
    private final long start = System.nanoTime();
    private long shownAt = start;
    private long bytes;
    private boolean shown;

    /** @param total the number of bytes to come; negative when it is unknown */
    ProgressLine(boolean wanted, long total) {
        this.wanted = wanted && terminal();
        this.total = total;
    }

    /** Whether stderr is a terminal. */
    private static boolean terminal() {
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Counts transferred bytes. Shows the line once a second, so that a short transfer shows none. */
    void add(int more) {
        bytes += more;
        if (!wanted) {
            return;
        }
        long now = System.nanoTime();
        if (now - shownAt >= SECOND) {
            shownAt = now;
            shown = true;
            System.err.print("\r" + text(bytes, total, (now - start) / (double) SECOND) + "\033[K");
        }
    }

    static String text(long bytes, long total, double seconds) {
        String percent = total <= 0 ? "" : String.format(Locale.ROOT, "%3d%%  ", bytes * 100 / total);
        return percent + String.format(Locale.ROOT, "%.1f MiB  %.1f MiB/s", bytes / MIB, bytes / MIB / seconds);
    }

    @Override
    public void close() {
        if (shown) {
            System.err.print("\r\033[K");
        }
    }
}
