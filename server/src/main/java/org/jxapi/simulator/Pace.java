package org.jxapi.simulator;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The speed of a repository: what all threads together read and write takes its time. */
final class Pace {
    private final double bytesPerNano;
    /** When what has gone so far is through, by {@link System#nanoTime}. */
    private long through = System.nanoTime();

    /** @param speed in bytes per second */
    Pace(long speed) {
        this.bytesPerNano = speed / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** Returns when so many bytes are through. */
    void take(long bytes) {
        long end;
        synchronized (this) {
            through = Math.max(through, System.nanoTime()) + (long) (bytes / bytesPerNano);
            end = through;
        }
        for (long left = end - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
