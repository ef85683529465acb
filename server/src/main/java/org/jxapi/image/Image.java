package org.jxapi.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The contents of a disk, as its guest sees them. Offsets and lengths are bytes. For one thread. */
public interface Image extends Closeable {
    /** The size of the disk. */
    long bytes();

    /** Fills the buffer from there. The buffer gets zeros beyond the end of the disk. */
    void read(long offset, ByteBuffer to) throws IOException;

    /** Writes all of the buffer there. Fails without a change beyond the end of the disk, and on a read-only image. */
    void write(long offset, ByteBuffer from) throws IOException;

    /**
     * A part of a disk that is alike.
     *
     * @param length in bytes
     * @param hole whether it reads as zeros and takes no space; false for data, or when it is not known
     */
    record Extent(long length, boolean hole) {}

    /**
     * The longest part that begins there and is alike, of {@code length} bytes at most. There is a hole beyond the
     * end of the disk.
     *
     * @param length at least 1
     */
    Extent extent(long offset, long length) throws IOException;

    /** Whether all of it surely reads as zeros and is not stored. False also when that is not known. */
    default boolean hole(long offset, long length) throws IOException {
        if (length == 0) {
            return true;
        }
        Extent extent = extent(offset, length);
        return extent.hole() && extent.length() >= length;
    }

    /**
     * Makes zeros of a part, and stores none of its whole clusters or blocks. Fails as {@link #write} does.
     *
     * @return false if the image cannot; nothing has changed then, and the zeros have to be written
     */
    boolean clear(long offset, long length) throws IOException;

    /** Enlarges the disk; the new part is zeros. Fails if the image is larger already. */
    void resize(long bytes) throws IOException;

    /** Forces everything that was written to disk. */
    void sync() throws IOException;

    /** Closes the image. A power cut may still lose writes that came after the last {@link #sync}. */
    @Override
    void close() throws IOException;
}
