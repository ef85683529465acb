package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a VMDK with a sparse extent ("Virtual Disk Format 5.0" of VMware): a sector of numbers, and the disk's
 * description in text.
 *
 * @param bytes the size of the disk
 * @param grainBytes the size of a grain, the block of this format
 * @param grainsPerTable entries of a grain table
 * @param directory the sector of the first grain directory; -1 if it comes after the grains
 * @param overhead the sector of the first grain
 * @param packed whether it is stream-optimised: grains are compressed, and have their places before them
 */
record Vmdk(long bytes, int grainBytes, int grainsPerTable, long directory, long overhead, boolean packed) {
    static final int SECTOR = 512;
    /** The place of a directory that comes at the end. */
    static final long AT_END = -1;

    private static final int REDUNDANT = 1 << 1;
    private static final int COMPRESSED = 1 << 16;
    private static final int MARKERS = 1 << 17;
    private static final int MOST_DESCRIPTION = 1 << 20;
    private static final int MOST_GRAIN = 1 << 20;
    private static final int ZLIB = 1;
    private static final long MOST_SECTORS = 1L << 40;
    private static final Pattern PARENT = Pattern.compile("(?m)^parentCID\\s*=\\s*(\\w+)");

    /** Reads the head of an image. */
    static Vmdk read(Forward in) {
        ByteBuffer head = in.read(SECTOR);
        int flags = head.getInt(8);
        long capacity = head.getLong(12);
        long grain = head.getLong(20);
        long descriptionAt = head.getLong(28);
        long descriptionSectors = head.getLong(36);
        int perTable = head.getInt(44);
        if (capacity <= 0 || capacity > MOST_SECTORS || grain <= 0 || grain > MOST_GRAIN / SECTOR || perTable <= 0) {
            throw in.bad("its head makes no sense");
        }
        if (perTable > 1 << 16) {
            throw in.bad("its grain tables are too large");
        }
        refuseParts(in, descriptionAt, descriptionSectors);
        boolean redundant = (flags & REDUNDANT) != 0 && head.getLong(48) > 0;
        long directory = head.getLong(redundant && head.getLong(48) < head.getLong(56) ? 48 : 56);
        boolean packed = (flags & MARKERS) != 0;
        if (packed && head.getShort(77) != ZLIB) {
            throw in.bad("its compression is unknown");
        }
        if (!packed && (flags & COMPRESSED) != 0) {
            throw in.bad("it is compressed and has no markers. Make an image with \"qemu-img convert -O qcow2\"");
        }
        return new Vmdk(capacity * SECTOR, (int) grain * SECTOR, perTable, directory, head.getLong(64), packed);
    }

    /** Refuses what needs other files to be a disk. */
    private static void refuseParts(Forward in, long at, long sectors) {
        if (at <= 0 || sectors <= 0 || sectors > MOST_DESCRIPTION / SECTOR || at > 1 << 20) {
            throw in.bad("it has no description, so it is one of several files of a disk. Make one image of them with"
                    + " \"qemu-img convert -O qcow2\"");
        }
        in.skipTo(at * SECTOR);
        String text = new String(in.read((int) sectors * SECTOR).array(), StandardCharsets.ISO_8859_1);
        Matcher parent = PARENT.matcher(text);
        if (parent.find() && !parent.group(1).equalsIgnoreCase("ffffffff")) {
            throw in.bad("it holds only what differs from another image. Make a whole image with \"qemu-img convert -O"
                    + " qcow2\"");
        }
    }
}
