package org.jxapi.volume;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/** Which blocks of 64 KiB of a disk have changed. For one thread. */
public final class ChangedBlocks {
    /** The unit of changes, in bytes: that of XenServer. */
    public static final int BLOCK = 64 * 1024;

    /** Xen Orchestra reads the bitmap in such units, of 2 MiB of the disk, up to its end. */
    private static final int UNIT = 4;

    private final long bytes;
    private final int count;
    private final BitSet blocks;

    ChangedBlocks(long bytes, BitSet blocks) throws IOException {
        this.bytes = bytes;
        this.count = count(bytes);
        this.blocks = blocks;
    }

    /** The number of blocks of a disk. */
    static int count(long bytes) throws IOException {
        long count = bytes / BLOCK + (bytes % BLOCK == 0 ? 0 : 1);
        if (bytes < 0 || count > Integer.MAX_VALUE - Long.SIZE) {
            throw new IOException("changes of a disk of " + bytes + " bytes cannot be tracked, it is too large");
        }
        return (int) count;
    }

    /** The changes of a disk of that size, from what {@link #toBytes} gives. */
    public static ChangedBlocks of(long bytes, byte[] bits) throws IOException {
        ChangedBlocks read = none(bytes);
        read.blocks.or(BitSet.valueOf(bits).get(0, read.count));
        return read;
    }

    /** No changes of a disk of that size. */
    static ChangedBlocks none(long bytes) throws IOException {
        return new ChangedBlocks(bytes, new BitSet());
    }

    /** A disk of that size of which everything may have changed. */
    static ChangedBlocks all(long bytes) throws IOException {
        ChangedBlocks all = none(bytes);
        all.blocks.set(0, all.count);
        return all;
    }

    /** The size of the disk. */
    public long bytes() {
        return bytes;
    }

    /** Adds a part of the disk; what is behind the end of the disk does not count. */
    void add(long offset, long length) {
        long end = Math.min(bytes, offset + Math.min(length, Long.MAX_VALUE - offset));
        if (offset < end) {
            blocks.set((int) (offset / BLOCK), (int) ((end - 1) / BLOCK) + 1);
        }
    }

    /** Adds what a disk has more than it had when it was that large. */
    void addGrowth(long before) {
        add(before, bytes);
    }

    /** Adds the changes of another disk, as far as this one has such blocks. */
    void addAll(ChangedBlocks others) {
        BitSet more = others.count > count ? others.blocks.get(0, count) : others.blocks;
        blocks.or(more);
    }

    /** The same changes of a disk that has another size now. */
    ChangedBlocks sized(long now) throws IOException {
        ChangedBlocks sized = none(now);
        sized.addAll(this);
        return sized;
    }

    boolean contains(long offset) {
        return blocks.get((int) (offset / BLOCK));
    }

    /** The bits, the first block in the lowest bit of the first byte, without zeros at the end. */
    public byte[] toBytes() {
        return blocks.toByteArray();
    }

    /** The form in the XenAPI: the first block is the highest bit of the first byte. Zeros fill up a unit of 2 MiB. */
    public byte[] bitmap() {
        byte[] bits = blocks.toByteArray();
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (Integer.reverse(bits[i]) >>> (Integer.SIZE - Byte.SIZE));
        }
        int length = (count + Byte.SIZE - 1) / Byte.SIZE;
        return Arrays.copyOf(bits, (length + UNIT - 1) / UNIT * UNIT);
    }
}
