package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of files on their disk: files that share them, and how many a file takes. These are {@code FICLONE} and
 * {@code statx} of Linux, which Java does not offer.
 */
final class FileBlocks {
    private static final Logger LOG = LoggerFactory.getLogger(FileBlocks.class);
    static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_TRUNC = 01000;
    static final int O_CLOEXEC = 02000000;
    private static final long FICLONE = 0x40049409L;
    private static final long BLKFLSBUF = 0x1261L;
    private static final int AT_FDCWD = -100;
    private static final int STATX_BLOCKS = 0x400;
    private static final int STATX_BYTES = 256;
    /** Where {@code struct statx} has the number of blocks, and their size. */
    private static final int STATX_BLOCKS_AT = 48;

    private static final long BLOCK = 512;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    /** EXDEV, EINVAL, ENOTTY, ENOSYS and EOPNOTSUPP: the file system, or these two, cannot share blocks. */
    private static final Set<Integer> CANNOT_SHARE = Set.of(18, 22, 25, 38, 95);

    /** The part of the C library that is used. */
    public interface C {
        int open(String path, int flags);

        int close(int fd);

        int ioctl(int fd, long request, int argument);

        int ioctl(int fd, long request, @In @Out byte[] argument);

        int statx(int folder, String path, int flags, int mask, @Out byte[] result);

        String strerror(int error);
    }

    static final class Library {
        static final C LIBC = LibraryLoader.create(C.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    }

    private FileBlocks() {}

    /**
     * Gives a file, which is there, the contents of another by sharing its blocks: at once, whatever the size. The contents
     * are those at one moment, also when something writes to the other.
     *
     * @return false, with no change but that {@code to} may be empty, when the file system cannot
     */
    static boolean share(Path from, Path to) throws IOException {
        try {
            int source = open(from, O_RDONLY);
            try {
                int target = open(to, O_WRONLY | O_TRUNC);
                try {
                    if (Library.LIBC.ioctl(target, FICLONE, source) == 0) {
                        return true;
                    }
                    int error = Library.RUNTIME.getLastError();
                    if (CANNOT_SHARE.contains(error)) {
                        return false;
                    }
                    throw failure(to, error);
                } finally {
                    Library.LIBC.close(target);
                }
            } finally {
                Library.LIBC.close(source);
            }
        } catch (LinkageError e) {
            LOG.warn("Disks: copied block by block, which is slower: {}", e.toString());
            return false;
        }
    }

    /** Makes later reads of a block device ask the device, since guests write to it without the cache of this host. */
    static void forgetCached(Path device) throws IOException {
        int fd = open(device, O_RDONLY);
        try {
            if (Library.LIBC.ioctl(fd, BLKFLSBUF, 0) != 0) {
                throw failure(device, Library.RUNTIME.getLastError());
            }
        } finally {
            Library.LIBC.close(fd);
        }
    }

    /** How many bytes of its disk a file takes, holes not counted; empty when the file is not there. */
    static OptionalLong taken(Path file) throws IOException {
        try {
            byte[] result = new byte[STATX_BYTES];
            if (Library.LIBC.statx(AT_FDCWD, file.toString(), 0, STATX_BLOCKS, result) != 0) {
                int error = Library.RUNTIME.getLastError();
                if (error == ENOENT || error == ENOTDIR) {
                    return OptionalLong.empty();
                }
                throw failure(file, error);
            }
            long blocks = ByteBuffer.wrap(result).order(ByteOrder.nativeOrder()).getLong(STATX_BLOCKS_AT);
            return OptionalLong.of(blocks * BLOCK);
        } catch (LinkageError e) {
            LOG.warn("Disks: holes are counted as taken: {}", e.toString());
            try {
                return OptionalLong.of(Files.size(file));
            } catch (NoSuchFileException gone) {
                return OptionalLong.empty();
            }
        }
    }

    private static int open(Path file, int flags) throws IOException {
        int fd = Library.LIBC.open(file.toString(), flags | O_CLOEXEC);
        if (fd < 0) {
            throw failure(file, Library.RUNTIME.getLastError());
        }
        return fd;
    }

    private static IOException failure(Path file, int error) {
        return error == ENOENT
                ? new NoSuchFileException(file.toString())
                : new FileSystemException(file.toString(), null, Library.LIBC.strerror(error));
    }
}
