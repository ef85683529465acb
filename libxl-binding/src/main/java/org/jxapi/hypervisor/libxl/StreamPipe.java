package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** A pipe whose one end libxl gets, as a descriptor. A thread passes bytes between the other end and a stream of Java. */
final class StreamPipe implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final LibC libc;
    private final int fd;
    private final Thread pump;
    private boolean closed;
    private volatile @Nullable Exception failure;

    private interface Pumping {
        void run(int fd, Pointer memory) throws IOException;
    }

    private StreamPipe(LibC libc, boolean reads, Pumping pumping) {
        this.libc = libc;
        int[] ends = open(libc);
        this.fd = reads ? ends[0] : ends[1];
        int other = reads ? ends[1] : ends[0];
        this.pump = new Thread(() -> run(other, pumping), "libxl-stream");
        pump.setDaemon(true);
        pump.start();
    }

    /** A pipe that libxl reads from a stream. */
    static StreamPipe from(LibC libc, byte[] first, InputStream in) {
        return new StreamPipe(libc, true, (fd, memory) -> {
            writeAll(libc, fd, memory, first, first.length);
            byte[] bytes = new byte[BUFFER];
            int length = in.read(bytes);
            while (length >= 0) {
                writeAll(libc, fd, memory, bytes, length);
                length = in.read(bytes);
            }
        });
    }

    /** A pipe that libxl writes to a stream. */
    static StreamPipe to(LibC libc, OutputStream out) {
        return new StreamPipe(libc, false, (fd, memory) -> {
            byte[] bytes = new byte[BUFFER];
            int length = read(libc, fd, memory);
            while (length > 0) {
                memory.get(0, bytes, 0, length);
                out.write(bytes, 0, length);
                length = read(libc, fd, memory);
            }
            out.flush();
        });
    }

    private static int[] open(LibC libc) {
        Pointer ends = allocate(libc, 2 * Integer.BYTES);
        try {
            if (libc.pipe2(ends, LibC.O_CLOEXEC) != 0) {
                throw new HypervisorException(LibxlError.FAIL, "there is no pipe: errno " + errno(libc));
            }
            return new int[] {ends.getInt(0), ends.getInt(Integer.BYTES)};
        } finally {
            libc.free(ends);
        }
    }

    private static Pointer allocate(LibC libc, int bytes) {
        Pointer memory = libc.calloc(1, bytes);
        if (memory == null) {
            throw new HypervisorException(LibxlError.NOMEM, "no memory for " + bytes + " bytes");
        }
        return memory;
    }

    private static int errno(LibC libc) {
        return Runtime.getRuntime(libc).getLastError();
    }

    private void run(int end, Pumping pumping) {
        try {
            Pointer memory = allocate(libc, BUFFER);
            try {
                pumping.run(end, memory);
            } finally {
                libc.free(memory);
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        } finally {
            libc.close(end);
        }
    }

    private static int read(LibC libc, int fd, Pointer memory) throws IOException {
        while (true) {
            long length = libc.read(fd, memory, BUFFER);
            if (length >= 0) {
                return (int) length;
            } else if (errno(libc) != LibC.EINTR) {
                throw new IOException("a pipe cannot be read: errno " + errno(libc));
            }
        }
    }

    private static void writeAll(LibC libc, int fd, Pointer memory, byte[] bytes, int length) throws IOException {
        memory.put(0, bytes, 0, length);
        for (int written = 0; written < length; ) {
            long more = libc.write(fd, memory.slice(written), length - written);
            if (more > 0) {
                written += (int) more;
            } else if (errno(libc) != LibC.EINTR) {
                throw new IOException("a pipe cannot be written: errno " + errno(libc));
            }
        }
    }

    /** The end for libxl. */
    int fd() {
        return fd;
    }

    /** Waits until all that libxl has written is in the stream; FAIL if that does not take it. */
    void finish(String what) {
        close();
        boolean interrupted = false;
        while (pump.isAlive()) {
            try {
                pump.join();
            } catch (InterruptedException e) {
                interrupted = true;
                pump.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Exception reason = failure;
        if (reason != null) {
            throw new HypervisorException(LibxlError.FAIL, what + ": " + reason.getMessage());
        }
    }

    /** Closes libxl's end. Then the thread ends when its stream does, or when it uses the pipe again. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            libc.close(fd);
        }
    }
}
