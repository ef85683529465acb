package org.jxapi.transfer;

import java.util.Arrays;
import org.jxapi.storage.OpenDisk;

/** The blocks that an image stores, each whole: where they are in the image, and on the disk. */
final class StoredBlocks {
    private static final int PIECE = 1 << 20;

    private final int unitBytes;
    private final int blockBytes;
    /** The unit where each block begins in the image above 32 bits of its number on the disk. */
    private long[] blocks = new long[16];

    private int size;

    /**
     * @param unitBytes the unit in which places in the image are counted
     * @param blockBytes the size of a block
     */
    StoredBlocks(int unitBytes, int blockBytes) {
        this.unitBytes = unitBytes;
        this.blockBytes = blockBytes;
    }

    /**
     * Notes a block.
     *
     * @param unit where it begins in the image; its caller has checked that 31 bits hold it
     */
    void add(long unit, int number) {
        blocks = size < blocks.length ? blocks : Arrays.copyOf(blocks, 2 * size);
        blocks[size++] = unit << 32 | number;
    }

    int count() {
        return size;
    }

    /** Reads the blocks, and writes them to the disk up to its end. */
    void write(Forward in, OpenDisk disk, long diskBytes, Progress progress) {
        Arrays.sort(blocks, 0, size);
        progress.expect((long) size * blockBytes);
        byte[] piece = new byte[Math.min(PIECE, blockBytes)];
        for (int i = 0; i < size; i++) {
            in.skipTo((blocks[i] >>> 32) * unitBytes);
            long offset = (blocks[i] & 0xFFFFFFFFL) * blockBytes;
            for (int done = 0; done < blockBytes; done += piece.length) {
                int length = Math.min(piece.length, blockBytes - done);
                in.fill(piece, length);
                int used = (int) Math.max(0, Math.min(length, diskBytes - offset - done));
                if (used > 0) {
                    disk.write(offset + done, piece, used);
                }
                progress.add(length);
            }
        }
    }
}
