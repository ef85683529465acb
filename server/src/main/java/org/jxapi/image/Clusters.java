package org.jxapi.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Pages.Table;

/** Where an image's clusters are: its L1 table and its L2 tables. */
final class Clusters {
    /** The entry of a cluster that reads as zeros and is not stored. */
    static final long ZERO = 1;
    /** In an entry: nothing else refers to the cluster or table. */
    static final long OWN = 1L << 63;
    /** The entry of a cluster that the image does not hold. */
    static final long NONE = 0;

    private static final long COMPRESSED = 1L << 62;
    private static final long OFFSET = (1L << Header.OFFSET_BITS) - 512;

    /** How an image holds a cluster. */
    enum Kind {
        /** The image does not hold it. */
        ABSENT,
        /** It reads as zeros. */
        ZEROS,
        /** It is stored, and may be overwritten. */
        DATA,
        /** It is stored, and something else may refer to it. */
        SHARED,
        /** It is stored in compressed form. */
        PACKED
    }

    /**
     * A part of the disk that the image holds in one way.
     *
     * @param host where its first byte is in the file, if it is stored; the entry of the cluster if it is compressed
     */
    record Piece(Kind kind, long length, long host) {}

    private final ImageFile file;
    private final HeaderSector header;
    private final Pages pages;
    private final int bits;
    private final int tableBits;

    Clusters(ImageFile file, HeaderSector header, Pages pages) {
        this.file = file;
        this.header = header;
        this.pages = pages;
        this.bits = header.header().clusterBits();
        this.tableBits = bits - 3;
    }

    /** The part that begins there, at most {@code length} bytes. The end of both must be within the L1 table. */
    Piece piece(long offset, long length) throws IOException {
        long end = offset + length;
        Kind kind = null;
        long host = 0;
        long at = offset;
        while (at < end) {
            long index = at >>> bits;
            long table = table(index);
            long entry = table == 0 ? NONE : entry(table, index);
            Kind next = table == 0 ? Kind.ABSENT : kind(entry);
            if (kind == null) {
                kind = next;
                host = next == Kind.PACKED ? entry : (entry & OFFSET) + (at & mask());
            } else if (next != kind || stored(kind) && (entry & OFFSET) != host + (at - offset)) {
                break;
            }
            at = table == 0 ? (index >>> tableBits) + 1 << tableBits + bits : index + 1 << bits;
            if (kind == Kind.PACKED) {
                break;
            }
        }
        return new Piece(kind == null ? Kind.ABSENT : kind, Math.min(at, end) - offset, host);
    }

    private static boolean stored(Kind kind) {
        return kind == Kind.DATA || kind == Kind.SHARED;
    }

    private long mask() {
        return (1L << bits) - 1;
    }

    /** The entry of a cluster. */
    long entry(long index) throws IOException {
        long table = table(index);
        return table == 0 ? NONE : entry(table, index);
    }

    private long entry(long table, long index) throws IOException {
        return pages.getLong(Table.L2, position(table, index));
    }

    private long position(long table, long index) {
        return table + (index & (1L << tableBits) - 1) * Long.BYTES;
    }

    /** Changes the entry of a cluster. */
    void set(long index, long entry, Refcounts refcounts) throws IOException {
        long table = table(index);
        if (table == 0) {
            table = refcounts.allocate(1, 1).offset();
            pages.add(Table.L2, table);
            pages.putLong(Table.L1, l1Position(index), table | OWN);
        } else if (pages.getLong(Table.L1, l1Position(index)) >= 0) {
            throw ImageFormatException.damaged(
                    file.name(), "the L2 table at " + table + " is shared without a snapshot");
        }
        pages.putLong(Table.L2, position(table, index), entry);
    }

    private long l1Position(long index) {
        return header.header().l1Offset() + (index >>> tableBits) * Long.BYTES;
    }

    /** Where the L2 table with a cluster's entry is; 0 if there is none. */
    private long table(long index) throws IOException {
        long entry = pages.getLong(Table.L1, l1Position(index));
        long table = entry & OFFSET;
        if ((entry & ~(OFFSET | OWN)) != 0 || (table & mask()) != 0) {
            throw ImageFormatException.damaged(
                    file.name(), "entry " + (index >>> tableBits) + " of the L1 table is 0x" + Long.toHexString(entry));
        }
        return table;
    }

    /** How an entry says that the image holds its cluster. */
    Kind kind(long entry) throws ImageFormatException {
        if ((entry & COMPRESSED) != 0) {
            return Kind.PACKED;
        }
        long flags = entry & ~(OFFSET | OWN);
        boolean zero = flags == ZERO && header.header().version() > 2;
        long offset = entry & OFFSET;
        if (flags != 0 && !zero || (offset & mask()) != 0 || offset == 0 && entry < 0) {
            throw ImageFormatException.damaged(file.name(), "an entry of an L2 table is 0x" + Long.toHexString(entry));
        }
        if (zero) {
            return Kind.ZEROS;
        }
        if (offset == 0) {
            return Kind.ABSENT;
        }
        return entry < 0 ? Kind.DATA : Kind.SHARED;
    }

    /** The clusters of the file to which an entry refers; null if there are none. */
    Refcounts.@Nullable Run stored(long entry) throws ImageFormatException {
        if (kind(entry) == Kind.PACKED) {
            long from = PackedCluster.offset(entry, bits);
            long end = from + PackedCluster.length(entry, bits);
            long first = from >>> bits;
            return new Refcounts.Run(first << bits, (end - 1 >>> bits) - first + 1);
        }
        return (entry & OFFSET) == 0 ? null : new Refcounts.Run(entry & OFFSET, 1);
    }
}
