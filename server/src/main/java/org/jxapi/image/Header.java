package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header of a qcow2 image (docs/interop/qcow2.rst of QEMU), checked: tables begin at clusters, and have at most the
 * sizes that QEMU accepts.
 *
 * @param l1Entries entries of the L1 table, enough for the whole disk
 * @param refcountClusters clusters of the refcount table
 * @param snapshots whether the image has internal snapshots
 * @param dirty whether the refcounts may be wrong (lazy refcounts)
 * @param corrupt whether QEMU has found damage
 * @param autoclear the features to clear before the first write
 * @param zstd how clusters are compressed: zstd or deflate
 * @param length bytes of the header without extensions
 * @param nameOffset where the name of the backing file is; 0 without one
 */
record Header(
        int version,
        int clusterBits,
        long bytes,
        int l1Entries,
        long l1Offset,
        long refcountOffset,
        int refcountClusters,
        int refcountOrder,
        boolean snapshots,
        boolean dirty,
        boolean corrupt,
        long autoclear,
        boolean zstd,
        int length,
        @Nullable Backing backing,
        long nameOffset,
        int nameLength,
        HeaderExtensions extensions) {
    static final int MAGIC = 0x514649FB;
    static final int LENGTH = 104;
    static final int BACKING_OFFSET = 8;
    static final int BACKING_LENGTH = 16;
    static final int CLUSTER_BITS = 20;
    static final int BYTES = 24;
    static final int L1_ENTRIES = 36;
    static final int L1_OFFSET = 40;
    static final int REFCOUNT_OFFSET = 48;
    static final int REFCOUNT_CLUSTERS = 56;
    static final int AUTOCLEAR = 88;
    static final int REFCOUNT_ORDER = 96;
    static final int HEADER_LENGTH = 100;

    /** Host offsets have this many bits. */
    static final int OFFSET_BITS = 56;

    static final int LONGEST_L1 = 32 << 20;
    static final int LONGEST_REFCOUNT_TABLE = 8 << 20;
    static final int WIDTH_16 = 4;
    /** More than any header with its extensions has; it bounds the memory to read one. */
    static final int AREA = 64 * 1024;

    private static final int LENGTH_OF_VERSION_2 = 72;
    private static final int DIRTY = 1;
    private static final int CORRUPT = 2;
    private static final int DATA_FILE = 4;
    private static final int COMPRESSION = 8;
    private static final int EXTENDED_L2 = 16;

    int clusterBytes() {
        return 1 << clusterBits;
    }

    /** Bytes of the disk behind one entry of the L1 table, as a power of two. */
    static int l1Bits(int clusterBits) {
        return 2 * clusterBits - 3;
    }

    /** Entries of the L1 table that a disk needs. */
    static long l1Entries(long bytes, int clusterBits) {
        return bytes == 0 ? 0 : (bytes - 1 >>> l1Bits(clusterBits)) + 1;
    }

    static Header read(ImageFile file) throws IOException {
        byte[] area = new byte[AREA];
        file.read(0, ByteBuffer.wrap(area));
        return new HeaderReader(file, area).read();
    }

    /** Reads a header step by step, because each step needs values that earlier ones have checked. */
    private static final class HeaderReader {
        private final ImageFile file;
        private final byte[] header;
        private final ByteBuffer area;
        private final int version;
        private final int clusterBits;

        HeaderReader(ImageFile file, byte[] header) throws IOException {
            this.file = file;
            this.header = header;
            this.area = ByteBuffer.wrap(header);
            if (area.getInt(0) != MAGIC) {
                throw new ImageFormatException(file.name() + " is not a qcow2 image: it does not begin like one.");
            }
            this.version = area.getInt(4);
            this.clusterBits = area.getInt(CLUSTER_BITS);
            if (version != 2 && version != 3) {
                throw unsupported("version " + Integer.toUnsignedString(version), "amend -o compat=1.1");
            }
            check(clusterBits >= 9 && clusterBits <= 21, "its clusters have 2^" + clusterBits + " bytes");
        }

        Header read() throws IOException {
            long incompatible = version == 2 ? 0 : area.getLong(72);
            check(incompatible);
            int length = version == 2 ? LENGTH_OF_VERSION_2 : area.getInt(HEADER_LENGTH);
            check(
                    length >= (version == 2 ? LENGTH_OF_VERSION_2 : LENGTH)
                            && length % 8 == 0
                            && length <= Math.min(AREA, 1 << clusterBits),
                    "its header has " + length + " bytes");
            int order = version == 2 ? WIDTH_16 : area.getInt(REFCOUNT_ORDER);
            check(order >= 0 && order <= 6, "its refcounts have 2^" + order + " bits");
            long nameOffset = area.getLong(BACKING_OFFSET);
            int nameLength = nameOffset == 0 ? 0 : area.getInt(BACKING_LENGTH);
            int end = Math.min(AREA, 1 << clusterBits);
            if (nameOffset != 0) {
                check(
                        nameLength > 0
                                && nameLength <= Backing.LONGEST_NAME
                                && nameOffset >= length
                                && nameOffset <= (1 << clusterBits) - nameLength,
                        "the name of its backing file has " + nameLength + " bytes at " + nameOffset);
                end = (int) Math.min(end, nameOffset);
            }
            HeaderExtensions extensions = HeaderExtensions.read(file.name(), header, length, end);
            long bytes = area.getLong(BYTES);
            long l1Offset = area.getLong(L1_OFFSET);
            int l1Entries = area.getInt(L1_ENTRIES);
            check(
                    bytes >= 0
                            && l1Entries >= l1Entries(bytes, clusterBits)
                            && l1Entries <= LONGEST_L1 / Long.BYTES
                            && (l1Entries == 0 || table(l1Offset, (long) l1Entries * Long.BYTES)),
                    "its disk has " + bytes + " bytes, its L1 table " + l1Entries + " entries at " + l1Offset);
            long refcountOffset = area.getLong(REFCOUNT_OFFSET);
            int refcountClusters = area.getInt(REFCOUNT_CLUSTERS);
            check(
                    refcountClusters > 0
                            && (long) refcountClusters << clusterBits
                                    <= Math.max(LONGEST_REFCOUNT_TABLE, 1 << clusterBits)
                            && table(refcountOffset, (long) refcountClusters << clusterBits),
                    "its refcount table has " + refcountClusters + " clusters at " + refcountOffset);
            return new Header(
                    version,
                    clusterBits,
                    bytes,
                    l1Entries,
                    l1Offset,
                    refcountOffset,
                    refcountClusters,
                    order,
                    area.getInt(60) != 0,
                    (incompatible & DIRTY) != 0,
                    (incompatible & CORRUPT) != 0,
                    version == 2 ? 0 : area.getLong(AUTOCLEAR),
                    zstd(incompatible, length),
                    length,
                    backing(nameOffset, nameLength, extensions),
                    nameOffset,
                    nameLength,
                    extensions);
        }

        private void check(long incompatible) throws ImageFormatException {
            if (area.getInt(32) != 0) {
                throw unsupported("encryption", "convert");
            }
            if ((incompatible & DATA_FILE) != 0) {
                throw unsupported("an external data file", "convert");
            }
            if ((incompatible & EXTENDED_L2) != 0) {
                throw unsupported("extended L2 entries", "convert -o extended_l2=off");
            }
            long unknown = incompatible & -(EXTENDED_L2 << 1);
            if (unknown != 0) {
                throw unsupported("unknown features (0x" + Long.toHexString(unknown) + ")", "convert");
            }
        }

        private boolean zstd(long incompatible, int length) throws ImageFormatException {
            int type = length > LENGTH ? area.get(LENGTH) & 0xFF : 0;
            boolean other = (incompatible & COMPRESSION) != 0;
            check(other == (type != 0), "its header contradicts itself about the compression");
            if (type > 1) {
                throw unsupported("compression " + type, "convert");
            }
            return type == 1;
        }

        private @Nullable Backing backing(long offset, int length, HeaderExtensions extensions) throws IOException {
            if (offset == 0) {
                return null;
            }
            ByteBuffer name = ByteBuffer.allocate(length);
            file.read(offset, name);
            String text = new String(name.array(), StandardCharsets.UTF_8);
            for (Format format : Format.values()) {
                if (format.text().equals(extensions.backingFormat())) {
                    check(
                            text.getBytes(StandardCharsets.UTF_8).length <= Backing.LONGEST_NAME,
                            "the name of its backing file is not UTF-8");
                    return new Backing(text, format);
                }
            }
            String what = extensions.backingFormat() == null
                    ? "no format for its backing file"
                    : "the format \"" + extensions.backingFormat() + "\" for its backing file";
            throw new ImageFormatException(file.name() + " records " + what + " " + text
                    + ", and only raw and qcow2 are supported. Record it with \"qemu-img rebase -u -F\".");
        }

        private boolean table(long offset, long length) {
            return offset > 0 && (offset & (1L << clusterBits) - 1) == 0 && offset <= (1L << OFFSET_BITS) - length;
        }

        private void check(boolean good, String what) throws ImageFormatException {
            if (!good) {
                throw ImageFormatException.damaged(file.name(), what);
            }
        }

        private ImageFormatException unsupported(String feature, String command) {
            return new ImageFormatException(file.name() + " uses " + feature
                    + ", which is not supported. Make an image without it: \"qemu-img " + command + "\".");
        }
    }
}
