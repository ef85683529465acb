package org.jxapi.cli.command;

import java.util.Locale;
import java.util.Optional;

/** The bar that shows how far a transfer is, as upstream's cli_progress_bar.ml lays it out: 80 characters on one line. */
final class TransferBar {
    private static final String PREFIX = "[*] ";
    private static final int BAR = 55;
    private static final String SPINNER = "-\\|/";
    private static final double SECOND = 1e9;
    private static final int HOUR = 3600;

    private final long start;
    private int shown;
    private int turn;

    /** @param now a time in nanoseconds, as {@link System#nanoTime} */
    TransferBar(long now) {
        this.start = now;
    }

    /**
     * The line, when it has grown since the last one.
     *
     * @param progress from 0 to 1; below, nothing has begun
     */
    Optional<String> update(double progress, long now) {
        double done = Math.max(0, Math.min(1, progress));
        int width = (int) (done * BAR);
        if (width == shown) {
            return Optional.empty();
        }
        shown = width;
        String bar = width == 0 ? "" : "#".repeat(width - 1) + ">";
        double left = done == 0 ? 0 : (now - start) / SECOND * (1 / done - 1);
        char spin = SPINNER.charAt(turn++ % SPINNER.length());
        return Optional.of(String.format(
                Locale.ROOT,
                "\r%s%-" + BAR + "s (%3d%% ETA %s) ",
                PREFIX.replace('*', spin),
                bar,
                (int) (done * 100),
                clock((long) left)));
    }

    private static String clock(long seconds) {
        return String.format(
                Locale.ROOT, "%02d:%02d:%02d", Math.min(99, seconds / HOUR), seconds % HOUR / 60, seconds % 60);
    }

    /** The lines behind the bar at the end. */
    String end(long now) {
        return String.format(Locale.ROOT, "\nTotal time: %.1fs\n", (now - start) / SECOND);
    }
}
