package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The disk format VHD (Microsoft's Virtual Hard Disk Image Format Specification 1.0) as it goes through a stream: a
 * footer, a header, a table of blocks, the blocks in rising order, the footer again. Blocks have 2 MiB, each with a
 * bitmap of its sectors before it. Numbers are big-endian.
 */
final class Vhd {
    static final int SECTOR = 512;
    static final int BLOCK = 2 << 20;
    static final int UNUSED = -1;
    static final int DYNAMIC = 3;
    static final int DIFFERENCING = 4;
    /** The largest disk that the format holds: 2040 GiB. */
    static final long MAX = 2040L << 30;

    private static final long EPOCH_2000 = 946_684_800L;
    /** The code of a parent's name that is a URL. */
    private static final String URL = "MacX";
    /** Where the header has the name of the parent, and the places of its other names. */
    private static final int PARENT_NAME = 64;

    private static final int PARENT_PLACES = 576;

    private Vhd() {}

    /**
     * The disk from which another differs. Its VHD is looked for in the folder of the other's.
     *
     * @param changed when it was written to last
     */
    record Parent(UUID id, Instant changed) {
        /** The name of its VHD, which is that of its exports. */
        private String file() {
            return id + ".vhd";
        }

        /** A sector with the name as XAPI records it. */
        byte[] url() {
            byte[] url = ("file://" + file()).getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(SECTOR).put(url).array();
        }

        private int urlBytes() {
            return ("file://" + file()).length();
        }
    }

    /** The UUID of a disk as a VHD holds it; one that is derived from a name that is no UUID. */
    static UUID id(String uuid) {
        try {
            return UUID.fromString(uuid);
        } catch (IllegalArgumentException e) {
            return UUID.nameUUIDFromBytes(uuid.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** @param type {@link #DYNAMIC} or {@link #DIFFERENCING} */
    static byte[] footer(UUID id, long bytes, int type) {
        ByteBuffer footer = ByteBuffer.allocate(SECTOR);
        footer.put("conectix".getBytes(StandardCharsets.US_ASCII));
        footer.putInt(2).putInt(0x10000).putLong(SECTOR);
        footer.putInt(time(Instant.now()));
        footer.put("tap\0".getBytes(StandardCharsets.US_ASCII)).putInt(0x10003).putInt(0);
        footer.putLong(bytes).putLong(bytes).putInt(geometry(bytes)).putInt(type);
        put(footer.position(68), id);
        return footer.putInt(64, checksum(footer.array(), 64)).array();
    }

    private static int time(Instant instant) {
        return (int) Math.max(0, instant.getEpochSecond() - EPOCH_2000);
    }

    private static void put(ByteBuffer to, UUID id) {
        to.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /**
     * The header.
     *
     * @param table where the table of blocks begins
     * @param parent the disk from which this one differs; null for a disk that is complete
     * @param urlAt where the sector with the parent's URL is
     */
    static byte[] header(int blocks, int table, @Nullable Parent parent, int urlAt) {
        ByteBuffer header = ByteBuffer.allocate(2 * SECTOR);
        header.put("cxsparse".getBytes(StandardCharsets.US_ASCII));
        header.putLong(-1).putLong(table).putInt(0x10000).putInt(blocks).putInt(BLOCK);
        if (parent != null) {
            put(header.position(40), parent.id());
            header.putInt(time(parent.changed()));
            header.position(PARENT_NAME).put(parent.file().getBytes(StandardCharsets.UTF_16BE));
            header.position(PARENT_PLACES).put(URL.getBytes(StandardCharsets.US_ASCII));
            header.putInt(1).putInt(parent.urlBytes()).putInt(0).putLong(urlAt);
        }
        return header.putInt(36, checksum(header.array(), 36)).array();
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

    /** The complement of the sum of all bytes but the checksum's own. */
    static int checksum(byte[] bytes, int at) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += i >= at && i < at + Integer.BYTES ? 0 : bytes[i] & 0xFF;
        }
        return ~sum;
    }
}
