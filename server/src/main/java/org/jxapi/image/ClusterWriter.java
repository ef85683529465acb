package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Clusters.Kind;
import org.jxapi.image.Clusters.Piece;
import org.jxapi.image.Image.Extent;
import org.jxapi.image.Pages.Table;

/**
 * Writes a qcow2 image. Data goes to the file at once, tables with {@link #sync}. A cluster that the image does not hold,
 * or does not hold alone, gets a new place in the file.
 */
final class ClusterWriter {
    private static final int SECTOR = 512;

    private final Layered image;
    private final ImageFile file;
    private final HeaderSector header;
    private final Pages pages;
    private final Refcounts refcounts;
    private final Clusters clusters;
    private final int clusterBytes;
    private final int bits;
    private @Nullable ByteBuffer whole;
    private boolean unsynced;

    ClusterWriter(
            Layered image, ImageFile file, HeaderSector header, Pages pages, Refcounts refcounts, Clusters clusters) {
        this.image = image;
        this.file = file;
        this.header = header;
        this.pages = pages;
        this.refcounts = refcounts;
        this.clusters = clusters;
        this.clusterBytes = header.header().clusterBytes();
        this.bits = header.header().clusterBits();
    }

    void write(long offset, ByteBuffer from) throws IOException {
        begin();
        for (long at = offset; from.hasRemaining(); ) {
            at += writeSome(at, from);
        }
    }

    /** Before the first change since a sync. */
    private void begin() throws IOException {
        header.clearAutoclear();
        unsynced = true;
    }

    /** Writes the beginning of the buffer; returns the number of bytes. */
    private int writeSome(long offset, ByteBuffer from) throws IOException {
        Piece piece = clusters.piece(offset, from.remaining());
        int length = (int) piece.length();
        int within = (int) (offset & clusterBytes - 1);
        if (piece.kind() == Kind.DATA) {
            Buffers.part(from, length, part -> file.write(piece.host(), part));
            return length;
        }
        if (within == 0 && length >= clusterBytes) {
            return (int) move(offset >>> bits, length >>> bits, from) << bits;
        }
        length = Math.min(from.remaining(), clusterBytes - within);
        ByteBuffer cluster = cluster(offset - within);
        cluster.position(within);
        Buffers.part(from, length, cluster::put);
        move(offset >>> bits, 1, cluster.clear());
        return length;
    }

    /** The contents of a whole cluster. */
    private ByteBuffer cluster(long offset) throws IOException {
        ByteBuffer buffer = whole == null ? ByteBuffer.allocate(clusterBytes) : whole;
        whole = buffer;
        image.read(offset, buffer.clear());
        return buffer;
    }

    /** Writes up to {@code count} whole clusters to a new place; returns their number. */
    private long move(long index, long count, ByteBuffer from) throws IOException {
        Refcounts.Run run = refcounts.allocate(1, count);
        try {
            Buffers.part(from, (int) run.clusters() << bits, part -> file.write(run.offset(), part));
        } catch (IOException e) {
            // Usually the file system is full. The clusters must not stay counted.
            refcounts.free(run);
            throw e;
        }
        for (long i = 0; i < run.clusters(); i++) {
            set(index + i, run.offset() + (i << bits) | Clusters.OWN);
        }
        return run.clusters();
    }

    private void set(long index, long entry) throws IOException {
        Refcounts.Run old = clusters.stored(clusters.entry(index));
        clusters.set(index, entry, refcounts);
        if (old != null) {
            refcounts.release(old.offset(), old.clusters());
            if (refcounts.manyReleased()) {
                settle();
            }
        }
    }

    boolean clear(long offset, long length) throws IOException {
        if (length == 0) {
            return true;
        }
        if (header.header().version() == 2 && !holeBelow(offset, length)) {
            // Version 2 cannot say that a cluster is zeros although a backing file has data.
            return false;
        }
        begin();
        long end = offset + length;
        // Reads end with the disk, so the rest of its last cluster does not matter.
        long last = end == image.bytes() ? end + clusterBytes - 1 >>> bits : end >>> bits;
        long first = offset + clusterBytes - 1 >>> bits;
        if (first >= last) {
            if (first << bits < end && first << bits > offset) {
                writeZeros(offset, (first << bits) - offset);
                writeZeros(first << bits, end - (first << bits));
            } else {
                writeZeros(offset, length);
            }
            return true;
        }
        writeZeros(offset, (first << bits) - offset);
        clearClusters(first, last, image.bytes());
        writeZeros(last << bits, end - (last << bits));
        return true;
    }

    private boolean holeBelow(long offset, long length) throws IOException {
        Extent below = image.extentBelow(offset, length);
        return below.hole() && below.length() == length;
    }

    /** Zeros for less than a cluster. */
    private void writeZeros(long offset, long length) throws IOException {
        if (length > 0 && !image.hole(offset, length)) {
            write(offset, ByteBuffer.allocate((int) length));
        }
    }

    /** @param end where the part of the image below that is seen ends */
    private void clearClusters(long first, long last, long end) throws IOException {
        for (long index = first; index < last; ) {
            long offset = index << bits;
            Piece piece = clusters.piece(offset, last - index << bits);
            long count = piece.length() >>> bits;
            if (piece.kind() != Kind.ZEROS) {
                long seen = Math.min(piece.length(), end - offset);
                Extent below = image.extentBelow(offset, seen);
                boolean nothing = below.hole() && (below.length() >= clusterBytes || below.length() == seen);
                if (below.length() < seen) {
                    count = Math.max(1, below.length() >>> bits);
                }
                for (long i = 0; i < count && !(nothing && piece.kind() == Kind.ABSENT); i++) {
                    set(index + i, nothing ? Clusters.NONE : Clusters.ZERO);
                }
            }
            index += count;
        }
    }

    void resize(long size) throws IOException {
        long old = header.header().bytes();
        if (size < old) {
            throw new IOException(file.name() + " has " + old + " bytes already, and cannot shrink to " + size + ".");
        }
        if (size > Long.MAX_VALUE - SECTOR) {
            throw tooLarge(size);
        }
        long bytes = (size + SECTOR - 1) / SECTOR * SECTOR;
        if (bytes == old) {
            return;
        }
        begin();
        long entries = Header.l1Entries(bytes, bits);
        if (entries > Header.LONGEST_L1 / Long.BYTES) {
            throw tooLarge(size);
        }
        if (entries > header.header().l1Entries()) {
            growL1((int) entries);
        }
        hideBehind(old, Math.min(bytes, image.bytesBelow()));
        sync();
        header.setBytes(bytes);
    }

    private IOException tooLarge(long size) {
        return new IOException(
                file.name() + " cannot have " + size + " bytes with clusters of " + clusterBytes + " bytes.");
    }

    private void growL1(int entries) throws IOException {
        Header old = header.header();
        long perCluster = clusterBytes / Long.BYTES;
        long count = (entries + perCluster - 1) / perCluster;
        Refcounts.Run run = refcounts.allocate(count, count);
        for (long i = 0; i < count; i++) {
            pages.add(Table.L1, run.offset() + (i << bits));
        }
        for (int i = 0; i < old.l1Entries(); i++) {
            long position = (long) i * Long.BYTES;
            pages.putLong(Table.L1, run.offset() + position, pages.getLong(Table.L1, old.l1Offset() + position));
        }
        pages.write();
        file.sync();
        header.setL1(run.offset(), (int) Math.min(count * perCluster, Header.LONGEST_L1 / Long.BYTES));
        long oldCount = (old.l1Entries() + perCluster - 1) / perCluster;
        if (oldCount > 0) {
            pages.remove(old.l1Offset(), oldCount);
            refcounts.free(new Refcounts.Run(old.l1Offset(), oldCount));
        }
    }

    /** The bytes behind the end of the disk, in its last cluster and in the backing file, must not come to light. */
    private void hideBehind(long end, long below) throws IOException {
        int within = (int) (end & clusterBytes - 1);
        if (within != 0) {
            Kind kind = clusters.kind(clusters.entry(end >>> bits));
            if (kind != Kind.ZEROS && (kind != Kind.ABSENT || end < below)) {
                move(end >>> bits, 1, cluster(end - within).clear());
            }
        }
        long first = end + clusterBytes - 1 >>> bits;
        long last = below + clusterBytes - 1 >>> bits;
        if (first < last && header.header().version() == 2) {
            throw new IOException(
                    file.name() + " has version 2, and cannot grow over its larger backing file. Convert it"
                            + " with \"qemu-img amend -o compat=1.1\".");
        }
        clearClusters(first, last, below);
    }

    /** Waits until everything is on disk, then lets the clusters be used again that nothing needs any more. */
    void sync() throws IOException {
        if (unsynced) {
            settle();
            unsynced = false;
        }
    }

    private void settle() throws IOException {
        pages.write();
        file.sync();
        refcounts.releaseAll();
    }

    /** Leaves no cluster counted that is not used. */
    void close() throws IOException {
        sync();
        if (pages.changed()) {
            pages.write();
            file.sync();
        }
    }
}
