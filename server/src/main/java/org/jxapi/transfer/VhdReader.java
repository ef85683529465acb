package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/** A VHD that comes through a stream. Everything before its blocks has been read. */
final class VhdReader implements DiskStream {
    private static final int MAX_ENTRIES = 1 << 21;
    private static final int MAX_BLOCK = 64 << 20;
    private static final int PIECE = 1 << 20;

    private final Forward in;
    private final TransferMemory.Taken taken;
    private final boolean differencing;
    private final long diskBytes;
    private final int blockBytes;
    /** The blocks that are there in their order: the sector where each begins above 32 bits of its number. */
    private final long[] blocks;

    /** @param room bounds the memory that its table takes, until {@link #close} */
    VhdReader(Incoming stream, TransferMemory room) {
        this.in = new Forward(stream, "VHD", ByteOrder.BIG_ENDIAN);
        byte[] first = new byte[Vhd.SECTOR];
        in.fill(first, first.length);
        ByteBuffer footer = ByteBuffer.wrap(first);
        if (!begins(footer, "conectix") || footer.getInt(64) != Vhd.checksum(first, 64)) {
            throw in.bad("no footer where it begins");
        }
        int type = footer.getInt(60);
        if (type != Vhd.DYNAMIC && type != Vhd.DIFFERENCING) {
            throw in.bad("neither dynamic nor differencing");
        }
        this.diskBytes = footer.getLong(48);
        this.differencing = type == Vhd.DIFFERENCING;
        in.skipTo(footer.getLong(16));
        ByteBuffer header = in.read(2 * Vhd.SECTOR);
        if (!begins(header, "cxsparse")) {
            throw in.bad("no header");
        }
        int count = header.getInt(28);
        this.blockBytes = header.getInt(32);
        if (count < 0 || count > MAX_ENTRIES || blockBytes < Vhd.SECTOR * 8 || blockBytes > MAX_BLOCK) {
            throw in.bad("a table of " + count + " blocks of " + blockBytes + " bytes");
        }
        in.skipTo(header.getLong(16));
        this.taken = room.take("a VHD's table", (long) count * Integer.BYTES, in::bad);
        try {
            this.blocks = table(count);
        } catch (RuntimeException | Error e) {
            taken.close();
            throw e;
        }
    }

    /** Reads the table in pieces, so that memory is taken only for what has come. */
    private long[] table(int count) {
        long[] found = new long[16];
        int size = 0;
        for (int i = 0; i < count; ) {
            ByteBuffer piece = in.read(Math.min(PIECE, (count - i) * Integer.BYTES));
            for (; piece.hasRemaining(); i++) {
                int sector = piece.getInt();
                if (sector != Vhd.UNUSED) {
                    found = size < found.length ? found : Arrays.copyOf(found, 2 * size);
                    found[size++] = (sector & 0xFFFFFFFFL) << 32 | i;
                }
            }
        }
        Arrays.sort(found, 0, size);
        return Arrays.copyOf(found, size);
    }

    /** Whether it holds only what differs from another disk. */
    boolean differencing() {
        return differencing;
    }

    @Override
    public long bytes() {
        return diskBytes;
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        if (differencing) {
            throw in.bad("it holds only what differs from another image");
        }
        blocks(disk, progress);
    }

    /** Writes the blocks to the disk; VDI_IO_ERROR when it is too small for them. */
    void blocks(OpenDisk disk, Progress progress) {
        if (diskBytes < 0 || diskBytes > disk.bytes()) {
            throw Errors.vdiIoError("Device I/O error");
        }
        int sectors = blockBytes / Vhd.SECTOR;
        int bitmapBytes = (sectors / 8 + Vhd.SECTOR - 1) / Vhd.SECTOR * Vhd.SECTOR;
        byte[] piece = new byte[PIECE];
        progress.expect((long) blocks.length * blockBytes);
        for (long block : blocks) {
            in.skipTo((block >>> 32) * Vhd.SECTOR);
            byte[] bitmap = in.read(bitmapBytes).array();
            long offset = (block & 0xFFFFFFFFL) * blockBytes;
            for (int from = 0; from < sectors; ) {
                int to = from + 1;
                boolean present = present(bitmap, from);
                while (to < sectors && to - from < PIECE / Vhd.SECTOR && present(bitmap, to) == present) {
                    to++;
                }
                int length = (to - from) * Vhd.SECTOR;
                in.fill(piece, length);
                // Blocks are whole, disks need not be.
                long start = offset + (long) from * Vhd.SECTOR;
                long end = Math.min(start + length, disk.bytes());
                if (present && start < end) {
                    disk.write(start, piece, (int) (end - start));
                }
                from = to;
            }
            progress.add(blockBytes);
        }
    }

    @Override
    public void close() {
        taken.close();
    }

    private static boolean present(byte[] bitmap, int sector) {
        return (bitmap[sector / 8] & 0x80 >> sector % 8) != 0;
    }

    private static boolean begins(ByteBuffer part, String text) {
        byte[] start = new byte[text.length()];
        part.get(0, start);
        return new String(start, StandardCharsets.US_ASCII).equals(text);
    }
}
