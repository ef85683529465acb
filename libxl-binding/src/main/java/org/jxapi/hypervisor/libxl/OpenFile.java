package org.jxapi.hypervisor.libxl;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Runtime;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** A file whose descriptor libxl gets. */
final class OpenFile implements AutoCloseable {
    private static final int OWNER_ONLY = 0600;

    private final LibC libc;
    private final Path path;
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OpenFile(LibC libc, Path path, int flags) {
        this.libc = libc;
        this.path = path;
        this.fd = libc.open(path.toString(), flags | LibC.O_CLOEXEC, OWNER_ONLY);
        if (fd < 0) {
            throw failure("cannot be opened");
        }
    }

    static OpenFile toRead(LibC libc, Path path) {
        return new OpenFile(libc, path, LibC.O_RDONLY);
    }

    static OpenFile toWrite(LibC libc, Path path) {
        return new OpenFile(libc, path, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_TRUNC);
    }

    int fd() {
        return fd;
    }

    /** Returns when the contents are on disk, and the folder's entry too. */
    void sync() {
        if (libc.fsync(fd) != 0) {
            throw failure("cannot be written to disk");
        }
        Path folder = path.toAbsolutePath().resolveSibling("");
        try (OpenFile entry = toRead(libc, folder)) {
            libc.fsync(entry.fd());
        }
    }

    private HypervisorException failure(String problem) {
        int errno = Runtime.getRuntime(libc).getLastError();
        return new HypervisorException(LibxlError.FAIL, path + " " + problem + ": errno " + errno);
    }

    /** Closing it again does nothing: the number of the descriptor may be another file's by then. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            libc.close(fd);
        }
    }
}
