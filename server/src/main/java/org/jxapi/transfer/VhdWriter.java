package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.jxapi.storage.ComparedDisk;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * Writes a disk as a VHD. Its head goes out while its blocks are searched, a few bytes a second: so a client that waits
 * knows that the export is alive, and one that has gone ends it.
 */
final class VhdWriter {
    private static final int AFTER_HEADER = 3 * Vhd.SECTOR;

    /** How much of a block is looked at in one step. */
    private static final int PIECE = 64 * 1024;

    private final OpenDisk disk;
    private final byte[] footer;
    private final byte[] header;
    private final Vhd.@Nullable Parent parent;
    private final int count;
    private final int table;

    /** @param parent the disk from which only the differences are written; null to write the whole disk */
    private VhdWriter(String vdi, UUID id, OpenDisk disk, Vhd.@Nullable Parent parent) {
        if (disk.bytes() > Vhd.MAX) {
            throw Errors.vdiTooLarge(vdi, Long.toString(Vhd.MAX));
        }
        this.disk = disk;
        this.parent = parent;
        this.count = (int) ((disk.bytes() + Vhd.BLOCK - 1) / Vhd.BLOCK);
        this.footer = Vhd.footer(id, disk.bytes(), parent == null ? Vhd.DYNAMIC : Vhd.DIFFERENCING);
        this.table = parent == null ? AFTER_HEADER : AFTER_HEADER + Vhd.SECTOR;
        this.header = Vhd.header(count, table, parent, AFTER_HEADER);
    }

    /**
     * Writes a disk as a dynamic VHD; blocks of zeros are left out.
     *
     * @param vdi the reference of the disk, for errors
     */
    static void write(String vdi, UUID id, OpenDisk disk, Outgoing out, Progress progress) {
        VhdWriter writer = new VhdWriter(vdi, id, disk, null);
        writer.write(out, progress, head -> writer.used(progress, head));
    }

    /**
     * Writes a disk as a differencing VHD, which has the blocks that are not the same in the base. As in XAPI, blocks are
     * complete: all bits of their bitmaps are set, and zeros are written as such.
     *
     * @param vdi the reference of the disk, for errors
     * @param parent the base
     */
    static void differences(
            String vdi, UUID id, ComparedDisk disk, Vhd.Parent parent, Outgoing out, Progress progress) {
        VhdWriter writer = new VhdWriter(vdi, id, disk.disk(), parent);
        writer.write(out, progress, head -> {
            BitSet differing = new BitSet(writer.count);
            disk.find(
                    Vhd.BLOCK,
                    at -> {
                        head.flow();
                        progress.add(0);
                    },
                    at -> differing.set((int) (at / Vhd.BLOCK)));
            return differing;
        });
    }

    /** Finds the blocks that are written, and lets the head flow meanwhile. */
    private interface Search {
        BitSet blocks(SlowHead head);
    }

    private void write(Outgoing out, Progress progress, Search search) {
        byte[] url = parent == null ? new byte[0] : parent.url();
        SlowHead head = new SlowHead(out, System::nanoTime, footer, header, url);
        BitSet blocks = search.blocks(head);
        head.finish();
        out.write(table(blocks));
        byte[] bitmap = new byte[Vhd.SECTOR];
        Arrays.fill(bitmap, (byte) 0xFF);
        ByteBuffer block = ByteBuffer.allocateDirect(Vhd.BLOCK);
        progress.expect((long) blocks.cardinality() * Vhd.BLOCK);
        for (int i = blocks.nextSetBit(0); i >= 0; i = blocks.nextSetBit(i + 1)) {
            out.write(bitmap);
            out.write(read(i, block.clear()));
            progress.add(Vhd.BLOCK);
        }
        out.write(footer);
    }

    /** Which blocks hold anything. */
    private BitSet used(Progress progress, SlowHead head) {
        BitSet used = new BitSet(count);
        byte[] piece = new byte[PIECE];
        for (int i = 0; i < count; i++) {
            if (!disk.hole((long) i * Vhd.BLOCK, Vhd.BLOCK)) {
                used.set(i, holdsData(i, piece));
                head.flow();
            }
            progress.add(0);
        }
        return used;
    }

    /** Whether a block has any byte that is not zero: the search ends there, since the block is read again. */
    private boolean holdsData(int number, byte[] piece) {
        for (int at = 0; at < Vhd.BLOCK; at += PIECE) {
            disk.read((long) number * Vhd.BLOCK + at, piece, PIECE);
            if (!OpenDisk.zeros(piece, 0, PIECE)) {
                return true;
            }
        }
        return false;
    }

    /** A block; zeros behind the end of the disk. */
    private ByteBuffer read(int number, ByteBuffer block) {
        long offset = (long) number * Vhd.BLOCK;
        int length = (int) Math.min(Vhd.BLOCK, disk.bytes() - offset);
        disk.read(offset, block.limit(length));
        block.limit(Vhd.BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) 0);
        }
        return block.flip();
    }

    private byte[] table(BitSet blocks) {
        int bytes = (count * Integer.BYTES + Vhd.SECTOR - 1) / Vhd.SECTOR * Vhd.SECTOR;
        ByteBuffer entries = ByteBuffer.allocate(bytes);
        int next = (table + bytes) / Vhd.SECTOR;
        while (entries.hasRemaining()) {
            int i = entries.position() / Integer.BYTES;
            entries.putInt(blocks.get(i) ? next : Vhd.UNUSED);
            next += blocks.get(i) ? 1 + Vhd.BLOCK / Vhd.SECTOR : 0;
        }
        return entries.array();
    }
}
