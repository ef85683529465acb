package org.jxapi.volume;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the parts of a file that it shares with others are on their disk: {@code FIEMAP} of Linux, which Java does not
 * offer. Where the file system cannot tell, no part is shared. For one thread.
 */
final class FileExtents implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(FileExtents.class);
    private static final int NONE = -1;
    private static final long FIEMAP = 0xC020660BL;

    /** Data that is not yet on disk has no place there, or still the old one, which a file may share: write it first. */
    private static final int SYNC = 1;

    private static final int LAST = 1;
    /** UNKNOWN, DELALLOC, ENCODED, DATA_ENCRYPTED, NOT_ALIGNED, DATA_INLINE, DATA_TAIL, UNWRITTEN: not plain blocks. */
    private static final int NOT_PLAIN = 0x2 | 0x4 | 0x8 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;

    private static final int SHARED = 0x2000;

    /** {@code struct fiemap}, and {@code struct fiemap_extent} in it. */
    private static final int HEAD = 32;

    private static final int EXTENT = 56;
    private static final int EXTENTS = 256;
    private static final long UNKNOWN = -1;

    /**
     * A part of a file.
     *
     * @param at where it begins on the disk; below zero if it is not shared, or that is not known
     */
    record Extent(long length, long at) {
        boolean shared() {
            return at >= 0;
        }
    }

    private final int fd;
    private final byte[] bytes = new byte[HEAD + EXTENTS * EXTENT];
    private final ByteBuffer map = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    private boolean known;
    /** The part of the file that the map describes, with so many extents. */
    private long from;

    private long to;
    private int count;
    /** The offset that was asked for last, and the first extent that does not end before it. */
    private long last;

    private int next;

    private FileExtents(int fd) {
        this.fd = fd;
        this.known = fd >= 0;
    }

    static FileExtents open(Path file) {
        try {
            return new FileExtents(
                    FileBlocks.Library.LIBC.open(file.toString(), FileBlocks.O_RDONLY | FileBlocks.O_CLOEXEC));
        } catch (LinkageError e) {
            LOG.warn("Disks: shared blocks are compared, which is slower: {}", e.toString());
            return new FileExtents(NONE);
        }
    }

    /**
     * A part that begins there and is alike, of {@code length} bytes at most.
     *
     * @param length at least 1
     */
    Extent extent(long offset, long length) {
        if (known && (offset < from || offset >= to)) {
            load(offset);
        }
        if (!known) {
            return new Extent(length, UNKNOWN);
        }
        if (offset < last) {
            next = 0;
        }
        last = offset;
        while (next < count && end(next) <= offset) {
            next++;
        }
        long most = Math.min(length, to - offset);
        if (next == count) {
            return new Extent(most, UNKNOWN);
        }
        long start = map.getLong(position(next));
        if (offset < start) {
            return new Extent(Math.min(most, start - offset), UNKNOWN);
        }
        int flags = map.getInt(position(next) + 40);
        boolean plain = (flags & SHARED) != 0 && (flags & NOT_PLAIN) == 0;
        long at = plain ? map.getLong(position(next) + 8) + (offset - start) : UNKNOWN;
        return new Extent(Math.min(most, end(next) - offset), at);
    }

    private static int position(int index) {
        return HEAD + index * EXTENT;
    }

    private long end(int index) {
        return map.getLong(position(index)) + map.getLong(position(index) + 16);
    }

    private void load(long offset) {
        map.putLong(0, offset).putLong(8, Long.MAX_VALUE - offset).putInt(16, SYNC);
        map.putInt(20, 0).putInt(24, EXTENTS).putInt(28, 0);
        known = FileBlocks.Library.LIBC.ioctl(fd, FIEMAP, bytes) == 0;
        count = map.getInt(20);
        next = 0;
        from = offset;
        boolean all = count < EXTENTS || (map.getInt(position(count - 1) + 40) & LAST) != 0;
        to = all ? Long.MAX_VALUE : end(count - 1);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            FileBlocks.Library.LIBC.close(fd);
        }
    }
}
