package org.jxapi.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The contents of a disk, as its guest sees them. Offsets and lengths are bytes. For one thread. */
public interface Image extends Closeable {
    /** The size of the pieces in which holes are looked for, in bytes. */
    int PIECE = 64 * 1024;

    /** The size of the disk. */
    long bytes();

    /** Fills the buffer with the contents from there; zeros beyond the end. */
    void read(long offset, ByteBuffer to) throws IOException;

    /** Writes all of the buffer there. The caller stays within the disk. */
    void write(long offset, ByteBuffer from) throws IOException;

    /** Whether that part surely reads as zeros and takes no space; false where there is data, or it is not known. */
    boolean hole(long offset, long length) throws IOException;

    /**
     * A part of a disk that is alike.
     *
     * @param length in bytes
     * @param hole whether it reads as zeros and takes no space; false for data, or when it is not known
     */
    record Extent(long length, boolean hole) {}

    /** The longest part that begins there and is alike, of {@code length} bytes at most. */
    default Extent extent(long offset, long length) throws IOException {
        long end = offset + length;
        long at = Math.min(end, offset + PIECE);
        boolean hole = hole(offset, at - offset);
        while (at < end && hole(at, Math.min(PIECE, end - at)) == hole) {
            at = Math.min(end, at + PIECE);
        }
        return new Extent(at - offset, hole);
    }

    /** Makes zeros of a part without storing them; false when they must be written. */
    boolean clear(long offset, long length) throws IOException;

    /** Forces all written data to disk. */
    void sync() throws IOException;
}
