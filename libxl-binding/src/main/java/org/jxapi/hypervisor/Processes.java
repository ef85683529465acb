package org.jxapi.hypervisor;

import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The programs that this process starts. A new program inherits the files and pipes for its input and output by their
 * numbers, so nothing may close them to programs meanwhile. All programs are started here.
 */
public final class Processes {
    private static final ReadWriteLock STARTS = new ReentrantReadWriteLock();

    private Processes() {}

    /** Starts a program. Several may start at once. */
    public static Process start(ProcessBuilder builder) throws IOException {
        STARTS.readLock().lock();
        try {
            return builder.start();
        } finally {
            STARTS.readLock().unlock();
        }
    }

    /** Does something while no program is being started. */
    public static void betweenStarts(Runnable work) {
        STARTS.writeLock().lock();
        try {
            work.run();
        } finally {
            STARTS.writeLock().unlock();
        }
    }
}
