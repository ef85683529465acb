package org.jxapi.ova;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.jxapi.storage.OpenDisk;

/**
 * Writes a disk as a stream-optimised VMDK ("Virtual Disk Format 5.0" of VMware): compressed grains, and their tables
 * behind them. The same contents always make the same image, so that its size can be found by writing it to nowhere.
 */
final class VmdkWriter {
    private static final int SECTOR = 512;
    private static final int GRAIN = 64 << 10;
    private static final int PER_TABLE = 512;
    private static final int OVERHEAD = 128;
    private static final int DESCRIPTION = 20;
    private static final int FLAGS = 1 | 1 << 16 | 1 << 17;
    private static final long AT_END = -1;
    private static final int MARKER_TABLE = 1;
    private static final int MARKER_DIRECTORY = 2;
    private static final int MARKER_FOOTER = 3;

    private final OpenDisk disk;
    private final long sectors;
    private final OutputStream out;
    private final Steps steps;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private long at;

    /** Gets the bytes of the disk that are done. */
    interface Steps {
        void done(long bytes);
    }

    private VmdkWriter(OpenDisk disk, long bytes, OutputStream out, Steps steps) {
        this.disk = disk;
        this.sectors = (bytes + SECTOR - 1) / SECTOR;
        this.out = out;
        this.steps = steps;
    }

    /** @param bytes the size of the disk */
    static void write(OpenDisk disk, long bytes, OutputStream out, Steps steps) throws IOException {
        VmdkWriter writer = new VmdkWriter(disk, bytes, out, steps);
        try {
            writer.all();
        } finally {
            writer.deflater.end();
        }
    }

    private void all() throws IOException {
        put(header(AT_END));
        put(description());
        put(new byte[OVERHEAD * SECTOR - (int) at]);
        long grains = (sectors * SECTOR + GRAIN - 1) / GRAIN;
        int tables = (int) ((grains + PER_TABLE - 1) / PER_TABLE);
        ByteBuffer directory = block((tables * Integer.BYTES + SECTOR - 1) / SECTOR);
        for (int table = 0; table < tables; table++) {
            directory.putInt(table(table, Math.min(PER_TABLE, grains - (long) table * PER_TABLE)));
        }
        marker(directory.capacity() / SECTOR, MARKER_DIRECTORY);
        long place = at / SECTOR;
        put(directory);
        marker(1, MARKER_FOOTER);
        put(header(place));
        put(new byte[SECTOR]);
    }

    /** Writes the grains of a table, and the table if it has any; returns its sector, or 0. */
    private int table(int number, long count) throws IOException {
        ByteBuffer table = block(PER_TABLE * Integer.BYTES / SECTOR);
        boolean any = false;
        byte[] grain = new byte[GRAIN];
        for (int i = 0; i < count; i++) {
            long offset = ((long) number * PER_TABLE + i) * GRAIN;
            int length = (int) Math.min(GRAIN, sectors * SECTOR - offset);
            boolean stored = !disk.hole(offset, length) && read(offset, grain, length);
            table.putInt(stored ? Math.toIntExact(at / SECTOR) : 0);
            if (stored) {
                grain(offset / SECTOR, grain);
                any = true;
            }
            steps.done(length);
        }
        if (!any) {
            return 0;
        }
        marker(table.capacity() / SECTOR, MARKER_TABLE);
        int place = Math.toIntExact(at / SECTOR);
        put(table);
        return place;
    }

    /** Reads a grain, with zeros behind the end of the disk; whether it holds anything but zeros. */
    private boolean read(long offset, byte[] grain, int length) {
        Arrays.fill(grain, length, GRAIN, (byte) 0);
        disk.read(offset, grain, length);
        for (byte b : grain) {
            if (b != 0) {
                return true;
            }
        }
        return false;
    }

    private void grain(long sector, byte[] grain) throws IOException {
        deflater.reset();
        deflater.setInput(grain);
        deflater.finish();
        byte[] packed = new byte[GRAIN + GRAIN / 8];
        int length = deflater.deflate(packed);
        put(little(12).putLong(sector).putInt(length));
        put(packed, length);
        put(new byte[(int) (-at & SECTOR - 1)]);
    }

    private void marker(int sectorsBehind, int type) throws IOException {
        put(block(1).putLong(sectorsBehind).putInt(0).putInt(type));
    }

    private ByteBuffer header(long directory) {
        ByteBuffer header = block(1);
        header.put("KDMV".getBytes(StandardCharsets.US_ASCII)).putInt(3).putInt(FLAGS);
        header.putLong(sectors)
                .putLong(GRAIN / SECTOR)
                .putLong(1)
                .putLong(DESCRIPTION)
                .putInt(PER_TABLE);
        header.putLong(0).putLong(directory).putLong(OVERHEAD).put((byte) 0);
        return header.put(new byte[] {'\n', ' ', '\r', '\n'}).putShort((short) 1);
    }

    private ByteBuffer description() {
        long cylinders = Math.max(1, sectors / (255 * 63));
        return block(DESCRIPTION).put("""
                        # Disk DescriptorFile
                        version=1
                        CID=12345678
                        parentCID=ffffffff
                        createType="streamOptimized"

                        # Extent description
                        RDONLY %d SPARSE "disk.vmdk"

                        # The Disk Data Base
                        #DDB
                        ddb.virtualHWVersion = "7"
                        ddb.geometry.cylinders = "%d"
                        ddb.geometry.heads = "255"
                        ddb.geometry.sectors = "63"
                        ddb.adapterType = "lsilogic"
                        """.formatted(sectors, cylinders).getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer block(int sectors) {
        return little(sectors * SECTOR);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(ByteBuffer block) throws IOException {
        byte[] bytes = new byte[block.capacity()];
        block.get(0, bytes);
        put(bytes);
    }

    private void put(byte[] bytes) throws IOException {
        put(bytes, bytes.length);
    }

    private void put(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        at += length;
    }
}
