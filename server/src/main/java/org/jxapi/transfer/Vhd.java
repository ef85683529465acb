package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * The disk format VHD (Microsoft's Virtual Hard Disk Image Format Specification 1.0) as it goes through a stream: a
 * footer, a header, a table of blocks, the blocks in rising order, the footer again. Blocks have 2 MiB, each with a
 * bitmap of its sectors before it. Numbers are big-endian.
 */
final class Vhd {
    private static final int SECTOR = 512;
    private static final int BLOCK = 2 << 20;
    private static final int TABLE = 3 * SECTOR;
    private static final int UNUSED = -1;
    private static final int DYNAMIC = 3;
    private static final int DIFFERENCING = 4;
    private static final int MAX_ENTRIES = 1 << 21;
    private static final int MAX_BLOCK = 64 << 20;
    private static final int PIECE = 1 << 20;
    /** The largest disk that the format holds: 2040 GiB. */
    private static final long MAX = 2040L << 30;

    private static final long EPOCH_2000 = 946_684_800L;

    private Vhd() {}

    /**
     * Writes a disk as a dynamic VHD; blocks of zeros are left out. Its head goes out while the disk is searched for them,
     * a few bytes a second: so a client that waits knows that the export is alive, and one that has gone ends it.
     */
    static void write(String vdi, OpenDisk disk, Outgoing out, Progress progress) {
        if (disk.bytes() > MAX) {
            throw Errors.vdiTooLarge(vdi, Long.toString(MAX));
        }
        int count = (int) ((disk.bytes() + BLOCK - 1) / BLOCK);
        byte[] footer = footer(disk.bytes());
        SlowHead head = new SlowHead(out, System::nanoTime, footer, header(count));
        BitSet used = used(disk, count, progress, head);
        head.finish();
        out.write(table(count, used));
        byte[] bitmap = new byte[SECTOR];
        Arrays.fill(bitmap, (byte) 0xFF);
        byte[] block = new byte[BLOCK];
        progress.expect((long) used.cardinality() * BLOCK);
        for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
            read(disk, i, block);
            out.write(bitmap);
            out.write(block);
            progress.add(BLOCK);
        }
        out.write(footer);
    }

    /** Which blocks hold anything. */
    private static BitSet used(OpenDisk disk, int count, Progress progress, SlowHead head) {
        BitSet used = new BitSet(count);
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < count; i++) {
            if (!disk.hole((long) i * BLOCK, BLOCK)) {
                read(disk, i, block);
                used.set(i, !OpenDisk.zeros(block, 0, BLOCK));
                head.flow();
            }
            progress.add(0);
        }
        return used;
    }

    private static void read(OpenDisk disk, int number, byte[] block) {
        long offset = (long) number * BLOCK;
        int length = (int) Math.min(BLOCK, disk.bytes() - offset);
        disk.read(offset, block, length);
        Arrays.fill(block, length, BLOCK, (byte) 0);
    }

    private static byte[] footer(long bytes) {
        ByteBuffer footer = ByteBuffer.allocate(SECTOR);
        footer.put("conectix".getBytes(StandardCharsets.US_ASCII));
        footer.putInt(2).putInt(0x10000).putLong(SECTOR);
        footer.putInt((int) (System.currentTimeMillis() / 1000 - EPOCH_2000));
        footer.put("tap\0".getBytes(StandardCharsets.US_ASCII)).putInt(0x10003).putInt(0);
        footer.putLong(bytes).putLong(bytes).putInt(geometry(bytes)).putInt(DYNAMIC);
        footer.position(68);
        UUID id = UUID.randomUUID();
        footer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return footer.putInt(64, checksum(footer.array(), 64)).array();
    }

    /** Cylinders, heads and sectors, as the specification's appendix calculates them. */
    private static int geometry(long bytes) {
        long sectors = Math.min(bytes / SECTOR, 65535L * 16 * 255);
        int perTrack = 255;
        int heads = 16;
        long cylindersTimesHeads = sectors / perTrack;
        if (sectors < 65535L * 16 * 63) {
            perTrack = 17;
            cylindersTimesHeads = sectors / perTrack;
            heads = (int) Math.max(4, (cylindersTimesHeads + 1023) / 1024);
            if (cylindersTimesHeads >= heads * 1024L || heads > 16) {
                perTrack = 31;
                heads = 16;
                cylindersTimesHeads = sectors / perTrack;
            }
            if (cylindersTimesHeads >= heads * 1024L) {
                perTrack = 63;
                heads = 16;
                cylindersTimesHeads = sectors / perTrack;
            }
        }
        return (int) (cylindersTimesHeads / heads) << 16 | heads << 8 | perTrack;
    }

    private static byte[] header(int count) {
        ByteBuffer header = ByteBuffer.allocate(2 * SECTOR);
        header.put("cxsparse".getBytes(StandardCharsets.US_ASCII));
        header.putLong(-1).putLong(TABLE).putInt(0x10000).putInt(count).putInt(BLOCK);
        return header.putInt(36, checksum(header.array(), 36)).array();
    }

    private static byte[] table(int count, BitSet used) {
        int bytes = (count * Integer.BYTES + SECTOR - 1) / SECTOR * SECTOR;
        ByteBuffer table = ByteBuffer.allocate(bytes);
        int next = (TABLE + bytes) / SECTOR;
        while (table.hasRemaining()) {
            int i = table.position() / Integer.BYTES;
            table.putInt(used.get(i) ? next : UNUSED);
            next += used.get(i) ? 1 + BLOCK / SECTOR : 0;
        }
        return table.array();
    }

    /** The complement of the sum of all bytes but the checksum's own. */
    private static int checksum(byte[] bytes, int at) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += i >= at && i < at + Integer.BYTES ? 0 : bytes[i] & 0xFF;
        }
        return ~sum;
    }

    /** A VHD that comes: what stands before its blocks has been read. */
    static final class Reader implements AutoCloseable {
        private final Incoming in;
        private final TransferMemory.Taken taken;
        private final boolean differencing;
        private final long diskBytes;
        private final int blockBytes;
        /** The blocks that are there in their order: the sector where each begins above 32 bits of its number. */
        private final long[] blocks;

        private long at;

        /** @param room bounds the memory that its table takes, until {@link #close} */
        Reader(Incoming in, TransferMemory room) {
            this.in = in;
            byte[] footer = read(SECTOR);
            if (!begins(footer, "conectix") || ByteBuffer.wrap(footer).getInt(64) != checksum(footer, 64)) {
                throw bad("no footer where it begins");
            }
            int type = ByteBuffer.wrap(footer).getInt(60);
            if (type != DYNAMIC && type != DIFFERENCING) {
                throw bad("neither dynamic nor differencing");
            }
            this.diskBytes = ByteBuffer.wrap(footer).getLong(48);
            this.differencing = type == DIFFERENCING;
            skipTo(ByteBuffer.wrap(footer).getLong(16));
            ByteBuffer header = ByteBuffer.wrap(read(2 * SECTOR));
            if (!begins(header.array(), "cxsparse")) {
                throw bad("no header");
            }
            int count = header.getInt(28);
            this.blockBytes = header.getInt(32);
            if (count < 0 || count > MAX_ENTRIES || blockBytes < SECTOR * 8 || blockBytes > MAX_BLOCK) {
                throw bad("a table of " + count + " blocks of " + blockBytes + " bytes");
            }
            skipTo(header.getLong(16));
            this.taken = room.take("a VHD's table", (long) count * Integer.BYTES, Reader::bad);
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
                ByteBuffer piece = ByteBuffer.wrap(read(Math.min(PIECE, (count - i) * Integer.BYTES)));
                for (; piece.hasRemaining(); i++) {
                    int sector = piece.getInt();
                    if (sector != UNUSED) {
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

        /** Writes the blocks to the disk; VDI_IO_ERROR when it is too small for them. */
        void blocks(OpenDisk disk, Progress progress) {
            if (diskBytes < 0 || diskBytes > disk.bytes()) {
                throw Errors.vdiIoError("Device I/O error");
            }
            int sectors = blockBytes / SECTOR;
            int bitmapBytes = (sectors / 8 + SECTOR - 1) / SECTOR * SECTOR;
            byte[] piece = new byte[PIECE];
            progress.expect((long) blocks.length * blockBytes);
            for (long block : blocks) {
                skipTo((block >>> 32) * SECTOR);
                byte[] bitmap = read(bitmapBytes);
                long offset = (block & 0xFFFFFFFFL) * blockBytes;
                for (int from = 0; from < sectors; ) {
                    int to = from + 1;
                    boolean present = present(bitmap, from);
                    while (to < sectors && to - from < PIECE / SECTOR && present(bitmap, to) == present) {
                        to++;
                    }
                    int length = (to - from) * SECTOR;
                    in.fill(piece, length);
                    at += length;
                    // Blocks are whole, disks need not be.
                    long start = offset + (long) from * SECTOR;
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

        private byte[] read(int length) {
            byte[] bytes = new byte[length];
            in.fill(bytes, length);
            at += length;
            return bytes;
        }

        private void skipTo(long where) {
            if (where < at) {
                throw bad("its parts do not come in their order");
            }
            in.skip(where - at);
            at = where;
        }

        private static boolean begins(byte[] bytes, String text) {
            return new String(bytes, 0, text.length(), StandardCharsets.US_ASCII).equals(text);
        }

        private static XenApiException bad(String why) {
            return Errors.vdiIoError("Invalid VHD: " + why);
        }
    }
}
