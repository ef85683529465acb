package org.jxapi.image;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.off_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a sparse file has holes, and new holes in it: {@code SEEK_DATA} and {@code fallocate} of the C library, which Java
 * does not offer. On a file system without them no hole is found, and none is made. For one thread.
 */
final class FileHoles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileHoles.class);
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 02000000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int ENXIO = 6;
    private static final int KEEP_SIZE_AND_PUNCH_HOLE = 3;
    private static final int NONE = -1;

    /** The part of the C library that is used. */
    public interface C {
        int open(String path, int flags);

        int close(int fd);

        @off_t
        long lseek(int fd, @off_t long offset, int whence);

        int fallocate(int fd, int mode, @off_t long offset, @off_t long length);
    }

    private static final class Library {
        static final C LIBC = LibraryLoader.create(C.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    }

    private final int fd;
    private boolean punches = true;
    /** The hole that was found last, from its first byte to the one behind it. */
    private final AtomicBoolean closed = new AtomicBoolean();

    private long holeStart;

    private long holeEnd;

    private FileHoles(int fd) {
        this.fd = fd;
    }

    /** Loads the C library, which takes a moment, before the first export needs it. */
    static void prepare() {
        try {
            Library.LIBC.close(NONE);
        } catch (LinkageError e) {
            LOG.warn("C library: not available: {}", e.toString());
        }
    }

    /** Looks at a file; one that cannot be looked at has no holes. */
    static FileHoles open(Path file, boolean write) {
        try {
            return new FileHoles(Library.LIBC.open(file.toString(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC));
        } catch (LinkageError e) {
            LOG.warn("Disks: holes are read as zeros, which is slower: {}", e.toString());
            return new FileHoles(NONE);
        }
    }

    /** Whether there is nothing but a hole there, or nothing because the file has ended; false when that is not known. */
    boolean covers(long offset, long length) {
        return holeEnd(offset) - offset >= length;
    }

    /** The end of the hole that is there; the offset itself when there is data, or when that is not known. */
    long holeEnd(long offset) {
        if (fd < 0) {
            return offset;
        }
        if (offset >= holeStart && offset < holeEnd) {
            return holeEnd;
        }
        long data = Library.LIBC.lseek(fd, offset, SEEK_DATA);
        if (data < 0) {
            // No data from there to the end of the file; any other failure means that the file system cannot tell.
            data = Library.RUNTIME.getLastError() == ENXIO ? Long.MAX_VALUE : offset;
        }
        holeStart = offset;
        holeEnd = data;
        return data;
    }

    /** The end of the data that is there, up to the next hole; beyond every file when that is not known. */
    long dataEnd(long offset) {
        long hole = fd < 0 ? NONE : Library.LIBC.lseek(fd, offset, SEEK_HOLE);
        return hole < 0 ? Long.MAX_VALUE : hole;
    }

    /** Makes a hole there, which reads as zeros; false when the file system cannot. */
    boolean punch(long offset, long length) {
        punches = punches && fd >= 0 && Library.LIBC.fallocate(fd, KEEP_SIZE_AND_PUNCH_HOLE, offset, length) == 0;
        return punches;
    }

    /** Something has been written: what was known of holes may be wrong. */
    void changed() {
        holeStart = 0;
        holeEnd = 0;
    }

    /** Closing it again does nothing: the number of the descriptor may be another file's by then. */
    @Override
    public void close() {
        if (fd >= 0 && closed.compareAndSet(false, true)) {
            Library.LIBC.close(fd);
        }
    }
}
