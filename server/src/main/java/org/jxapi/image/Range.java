package org.jxapi.image;

/**
 * A part of the disk that one layer of a chain holds.
 *
 * @param offset bytes from the beginning of the disk
 * @param length bytes, at least 1
 * @param zeros whether the layer says that the part is zeros, and stores no data for it
 */
public record Range(long offset, long length, boolean zeros) {
    /** The first byte behind it. */
    public long end() {
        return offset + length;
    }
}
