package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jxapi.hypervisor.Processes;

/**
 * Keeps the files, sockets and pipes of this process from the programs that libxl starts. The JVM opens them without
 * {@code O_CLOEXEC}, and libxl closes none: a QEMU would keep connections open that the daemon has closed, and its ports
 * after it has ended. A program that waits for the end of a pipe would wait for the end of that QEMU.
 */
final class Descriptors implements AutoCloseable {
    private static final Path OPEN = Path.of("/proc/self/fd");
    /**
     * The state of devices, which libxl opens and leaves to the QEMU of a resumed domain (LIBXL_DEVICE_MODEL_RESTORE_FILE in
     * its libxl_internal.h). Its other programs get their files as input and output, or libxl opens them to the program.
     */
    private static final Pattern FOR_QEMU = Pattern.compile(".*/qemu-resume\\.\\d+");

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
        Processes.betweenStarts(this::keepAll);
    }

    private void keepAll() {
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
        if (number <= 2 || forQemu(fd)) {
            return;
        }
        libc.fcntl(number, F_SETFD, FD_CLOEXEC);
        // libxl may have got the number meanwhile, for a file that it has just opened.
        if (forQemu(fd)) {
            libc.fcntl(number, F_SETFD, 0);
        }
    }

    private static boolean forQemu(Path fd) {
        try {
            return FOR_QEMU.matcher(Files.readSymbolicLink(fd).toString()).matches();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        clock.shutdown();
    }
}
