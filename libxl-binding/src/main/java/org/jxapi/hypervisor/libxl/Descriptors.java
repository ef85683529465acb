package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the files and sockets of this process from the programs that libxl starts. The JVM opens them without
 * {@code O_CLOEXEC}, and libxl closes none: a QEMU would keep connections open that the daemon has closed, and its ports
 * after it has ended. Pipes are left alone, because those of a process that Java starts must stay open.
 */
final class Descriptors implements AutoCloseable {
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final long AGAIN_MILLIS = 20;

    private final LibC libc;
    private final ScheduledExecutorService clock;

    Descriptors(LibC libc) {
        this.libc = libc;
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "descriptors");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A time in which libxl may start programs. */
    interface Guarded extends AutoCloseable {
        @Override
        void close();
    }

    /** Keeps all that is open from new programs, and until this is closed also what is opened meanwhile. */
    Guarded guard() {
        keep();
        ScheduledFuture<?> again =
                clock.scheduleWithFixedDelay(this::keep, AGAIN_MILLIS, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        return () -> again.cancel(false);
    }

    private void keep() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(OPEN)) {
            for (Path fd : all) {
                keep(fd);
            }
        } catch (IOException e) {
            // Without /proc nothing can be kept.
        }
    }

    private void keep(Path fd) {
        int number = Integer.parseInt(fd.getFileName().toString());
        try {
            if (number > 2 && !Files.readSymbolicLink(fd).toString().startsWith("pipe:")) {
                libc.fcntl(number, F_SETFD, FD_CLOEXEC);
            }
        } catch (IOException e) {
            // It has been closed meanwhile.
        }
    }

    @Override
    public void close() {
        clock.shutdown();
    }
}
