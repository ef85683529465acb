package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.image.Pages.Table;

/**
 * The reference counts of an image's clusters, 16 bits wide. A cluster with count 0 is free.
 *
 * <p>A cluster that loses its last reference stays counted until {@link #releaseAll}, after the tables without the
 * reference are on disk: otherwise a power cut could bring the reference back to a cluster that has other contents.
 */
final class Refcounts {
    /** Neighbouring clusters. */
    record Run(long offset, long clusters) {}

    private static final int MANY = 10_000;

    private final ImageFile file;
    private final HeaderSector header;
    private final Pages pages;
    private final int clusterBits;
    private final int blockBits;
    private final List<Run> released = new ArrayList<>();
    /** No cluster below is free. */
    private long cursor;

    Refcounts(ImageFile file, HeaderSector header, Pages pages) {
        this.file = file;
        this.header = header;
        this.pages = pages;
        this.clusterBits = header.header().clusterBits();
        this.blockBits = clusterBits - 1;
    }

    /** Takes neighbouring free clusters, at least and at most that many; their contents are arbitrary. */
    Run allocate(long least, long most) throws IOException {
        long block = 1L << blockBits;
        if (least >= block) {
            throw new IOException(file.name() + ": a table of " + least + " clusters is too large for clusters of "
                    + (1 << clusterBits) + " bytes. Convert the image to larger clusters.");
        }
        for (long index = cursor; ; index = (index >>> blockBits) + 1 << blockBits) {
            long offset = block(index);
            if (offset == 0) {
                addBlock(index);
                offset = block(index);
            }
            long end = (index >>> blockBits) + 1 << blockBits;
            for (long first = find(true, offset, index, end); first < end; ) {
                long behind = find(false, offset, first, Math.min(end, first + most));
                if (behind - first >= least) {
                    take(offset, first, behind);
                    cursor = least == 1 ? behind : cursor;
                    return new Run(first << clusterBits, behind - first);
                }
                first = find(true, offset, behind, end);
            }
        }
    }

    /** The first cluster of a block that is free, or is not; {@code end} if there is none. */
    private long find(boolean free, long block, long index, long end) throws IOException {
        long from = position(block, index);
        long found = pages.findShort(Table.REFCOUNT_BLOCK, free, from, from + (end - index) * Short.BYTES);
        return index + (found - from) / Short.BYTES;
    }

    private void take(long block, long first, long behind) throws IOException {
        Run run = new Run(first << clusterBits, behind - first);
        Header now = header.header();
        if (first == 0
                || overlaps(run, now.l1Offset(), (long) now.l1Entries() * Long.BYTES)
                || overlaps(run, now.refcountOffset(), (long) now.refcountClusters() << clusterBits)) {
            throw ImageFormatException.damaged(
                    file.name(), "the cluster at " + run.offset + " is counted as free, but used");
        }
        for (long index = first; index < behind; index++) {
            setCount(block, index, 1);
        }
    }

    private boolean overlaps(Run run, long offset, long length) {
        return run.offset < offset + length && offset < run.offset + (run.clusters << clusterBits);
    }

    /** Gives clusters back that nothing on disk refers to. */
    void free(Run run) throws IOException {
        long first = run.offset >>> clusterBits;
        long kept = first;
        for (long index = first; index < first + run.clusters; index++) {
            long block = block(index);
            int count = block == 0 ? 0 : count(block, index);
            if (count == 0) {
                throw ImageFormatException.damaged(
                        file.name(), "the cluster at " + (index << clusterBits) + " is used, but counted as free");
            }
            setCount(block, index, count - 1);
            if (count > 1) {
                discard(kept, index);
                kept = index + 1;
            }
        }
        discard(kept, first + run.clusters);
    }

    private void discard(long first, long behind) {
        if (first < behind) {
            cursor = Math.min(cursor, first);
            file.discard(first << clusterBits, behind - first << clusterBits);
        }
    }

    /** One reference to each of the clusters is gone, from the tables in memory at least. */
    void release(long offset, long clusters) {
        int last = released.size() - 1;
        if (last >= 0 && released.get(last).offset + (released.get(last).clusters << clusterBits) == offset) {
            released.set(last, new Run(released.get(last).offset, released.get(last).clusters + clusters));
        } else {
            released.add(new Run(offset, clusters));
        }
    }

    /** Whether the list of released clusters should become shorter. */
    boolean manyReleased() {
        return released.size() > MANY;
    }

    /** The tables without the references are on disk. */
    void releaseAll() throws IOException {
        List<Run> runs = List.copyOf(released);
        released.clear();
        for (Run run : runs) {
            free(run);
        }
    }

    /** The end of the last cluster that is counted. */
    long end() throws IOException {
        for (long i = tableEntries() - 1; i >= 0; i--) {
            long block = block(i << blockBits);
            long first = i << blockBits;
            long behind = i + 1 << blockBits;
            if (block != 0 && find(false, block, first, behind) < behind) {
                while (count(block, behind - 1) == 0) {
                    behind--;
                }
                return behind << clusterBits;
            }
        }
        throw ImageFormatException.damaged(file.name(), "every cluster is counted as free");
    }

    private long tableEntries() {
        return (long) header.header().refcountClusters() << clusterBits - 3;
    }

    /** Where the block with the count of a cluster is; 0 if there is none, and the cluster is free. */
    private long block(long index) throws IOException {
        long entry = index >>> blockBits;
        if (entry >= tableEntries()) {
            return 0;
        }
        long value = pages.getLong(Table.REFCOUNT_TABLE, header.header().refcountOffset() + entry * Long.BYTES);
        if ((value & (1L << clusterBits) - 1) != 0 || value >>> Header.OFFSET_BITS != 0) {
            throw ImageFormatException.damaged(
                    file.name(), "entry " + entry + " of the refcount table is 0x" + Long.toHexString(value));
        }
        return value;
    }

    private int count(long block, long index) throws IOException {
        return pages.getShort(Table.REFCOUNT_BLOCK, position(block, index));
    }

    private void setCount(long block, long index, int count) throws IOException {
        pages.putShort(Table.REFCOUNT_BLOCK, position(block, index), count);
    }

    private long position(long block, long index) {
        return block + (index & (1L << blockBits) - 1) * Short.BYTES;
    }

    /** Makes the block that counts this cluster and its neighbours, in this cluster. */
    private void addBlock(long index) throws IOException {
        long entry = index >>> blockBits;
        if (entry >= tableEntries()) {
            growTable(index);
            return;
        }
        long block = index << clusterBits;
        pages.add(Table.REFCOUNT_BLOCK, block);
        setCount(block, index, 1);
        pages.putLong(Table.REFCOUNT_TABLE, header.header().refcountOffset() + entry * Long.BYTES, block);
    }

    /** Moves the table to a place of at least twice the size from that cluster on, together with the blocks for itself. */
    private void growTable(long start) throws IOException {
        pages.write();
        Header old = header.header();
        long clusters = 2L * old.refcountClusters();
        while (clusters << clusterBits - 3 + blockBits <= start + 2 * clusters) {
            clusters *= 2;
        }
        if (clusters << clusterBits > Math.max(Header.LONGEST_REFCOUNT_TABLE, 1L << clusterBits)) {
            throw new IOException(file.name() + " cannot grow any more with clusters of " + (1 << clusterBits)
                    + " bytes. Convert the image to larger clusters.");
        }
        long first = start >>> blockBits;
        long blocks = 1;
        while (start + clusters + blocks > first + blocks << blockBits) {
            blocks++;
        }
        long end = start + clusters + blocks;
        for (long i = 0; i < blocks; i++) {
            writeBlock(first + i, start, end, start + clusters + i << clusterBits);
        }
        for (long i = 0; i < clusters; i++) {
            writeTable(i, first, blocks, start + clusters, start + i << clusterBits);
        }
        file.sync();
        header.setRefcountTable(start << clusterBits, (int) clusters);
        pages.remove(old.refcountOffset(), old.refcountClusters());
        free(new Run(old.refcountOffset(), old.refcountClusters()));
    }

    private void writeBlock(long number, long start, long end, long position) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(1 << clusterBits);
        for (long index = number << blockBits; block.hasRemaining(); index++) {
            block.putShort((short) (index >= start && index < end ? 1 : 0));
        }
        file.write(position, block.flip());
    }

    private void writeTable(long cluster, long first, long blocks, long firstBlock, long position) throws IOException {
        ByteBuffer table = ByteBuffer.allocate(1 << clusterBits);
        for (long entry = cluster << clusterBits - 3; table.hasRemaining(); entry++) {
            boolean fresh = entry >= first && entry < first + blocks;
            table.putLong(fresh ? firstBlock + entry - first << clusterBits : block(entry << blockBits));
        }
        file.write(position, table.flip());
    }
}
