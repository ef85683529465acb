package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the tables of a qcow2 image are that comes through a stream.
 *
 * @param bytes the size of the disk
 * @param clusterBits the size of a cluster, as a power of two
 * @param l1Offset where the L1 table begins
 * @param l1Entries entries of the L1 table that the disk needs
 * @param zstd whether compressed clusters are in zstd instead of zlib
 */
public record Qcow2Layout(long bytes, int clusterBits, long l1Offset, int l1Entries, boolean zstd) {
    /** Bytes from the beginning of an image that show how long its header is. */
    public static final int PREFIX = 512;

    private static final String NAME = "The image";

    /** Bytes from the beginning of an image that its header may take; {@code prefix} has the first of them. */
    public static int headerBytes(byte[] prefix) {
        int bits = ByteBuffer.wrap(prefix).getInt(Header.CLUSTER_BITS);
        return bits < 9 || bits > 16 ? PREFIX : 1 << bits;
    }

    /**
     * Reads a header. Images that need other files, or that QEMU has marked as corrupt, are refused.
     *
     * @param header the beginning of the image, of {@link #headerBytes} bytes
     */
    public static Qcow2Layout read(byte[] header) throws IOException {
        if (ByteBuffer.wrap(header).getInt(0) == Header.MAGIC
                && ByteBuffer.wrap(header).getLong(Header.BACKING_OFFSET) != 0) {
            throw new ImageFormatException(
                    NAME + " has a backing file. Make an image without one: \"qemu-img convert -O qcow2\".");
        }
        Header read = Header.read(new Beginning(header));
        if (read.corrupt()) {
            throw new ImageFormatException(NAME + " is marked as corrupt. Repair it with \"qemu-img check -r all\".");
        }
        int entries = (int) Header.l1Entries(read.bytes(), read.clusterBits());
        return new Qcow2Layout(read.bytes(), read.clusterBits(), read.l1Offset(), entries, read.zstd());
    }

    /** The part of an image that has come. */
    private record Beginning(byte[] bytes) implements ImageFile {
        @Override
        public void read(long position, ByteBuffer to) {
            int from = (int) Math.min(position, bytes.length);
            int length = Math.min(to.remaining(), bytes.length - from);
            to.put(bytes, from, length);
            Buffers.zeros(to, to.remaining());
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            throw new IOException(NAME + " is only read.");
        }

        @Override
        public void discard(long position, long length) {}

        @Override
        public void sync() {}

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public void close() {}
    }
}
