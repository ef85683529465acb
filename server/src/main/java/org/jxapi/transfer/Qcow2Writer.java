package org.jxapi.transfer;

import java.nio.ByteBuffer;
import org.jxapi.image.Image.Extent;
import org.jxapi.storage.ComparedDisk;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * Writes a disk as a qcow2 image of version 3 (docs/interop/qcow2.rst of QEMU) through a stream. All tables come before
 * the data, as XAPI writes them. Clusters in holes are neither read nor stored. The holes of the disk are found again for
 * each table, so that the tables take no memory. Numbers are big-endian.
 */
final class Qcow2Writer {
    private static final int MAGIC = 0x514649FB;
    private static final int VERSION = 3;
    private static final int HEADER = 104;
    /** The part of the header that is known before the contents. */
    private static final int PREFIX = 32;

    private static final int BITS = 16;
    private static final int CLUSTER = 1 << BITS;
    /** Entries of an L1 or L2 table, or of the table of refcounts, in a cluster. */
    private static final int ENTRIES = CLUSTER / Long.BYTES;

    private static final int REFCOUNTS = CLUSTER / Short.BYTES;
    private static final int REFCOUNT_ORDER = 4;
    private static final int SECTOR = 512;
    /** The cluster is used once. */
    private static final long OWN = 1L << 63;
    /** Bytes whose holes are found at a time. */
    private static final long STEP = 1L << 30;

    private static final int PIECE = 16 * CLUSTER;

    private final OpenDisk disk;
    private final Contents contents;
    private final long l1Entries;
    private final long l1Clusters;
    private final long tables;
    private final long data;
    private final long refcountBlocks;
    private final long refcountClusters;

    /** Finds the clusters that the image holds, each time in the same way. */
    private interface Contents {
        void runs(ClusterSet.Run run);
    }

    /** An image of the whole disk. The disk must not change until it is written. */
    Qcow2Writer(OpenDisk disk) {
        this(disk, run -> runs(disk, run));
    }

    /** Finds the size of the image. */
    private Qcow2Writer(OpenDisk disk, Contents contents) {
        this.disk = disk;
        this.contents = contents;
        this.l1Entries = clusters(clusters(disk.bytes(), CLUSTER), ENTRIES);
        this.l1Clusters = Math.max(1, clusters(l1Entries, ENTRIES));
        long[] found = {0, 0, -1};
        contents.runs((first, count) -> {
            long last = (first + count - 1) / ENTRIES;
            found[0] += count;
            found[1] += last - Math.max(first / ENTRIES, found[2] + 1) + 1;
            found[2] = last;
        });
        this.data = found[0];
        this.tables = found[1];
        long blocks = 0;
        long table = 0;
        long needed = 1;
        while (needed > blocks) {
            blocks = needed;
            table = clusters(blocks, ENTRIES);
            needed = clusters(1 + table + blocks + l1Clusters + tables + data, REFCOUNTS);
        }
        this.refcountBlocks = blocks;
        this.refcountClusters = table;
    }

    private static long clusters(long count, long perCluster) {
        return (count + perCluster - 1) / perCluster;
    }

    private long beforeTables() {
        return 1 + refcountClusters + refcountBlocks + l1Clusters;
    }

    /** The size of the image, in bytes. */
    long length() {
        return beforeTables() + tables + data << BITS;
    }

    private static void runs(OpenDisk disk, ClusterSet.Run run) {
        long next = 0;
        for (long at = 0; at < disk.bytes(); ) {
            Extent extent = disk.extent(at, Math.min(STEP, disk.bytes() - at));
            long first = Math.max(next, at >>> BITS);
            at += extent.length();
            long end = clusters(at, CLUSTER);
            if (!extent.hole() && first < end) {
                run.clusters(first, end - first);
                next = end;
            }
        }
    }

    void write(Outgoing out, Progress progress) {
        out.write(prefix(disk));
        writeRest(out, progress);
    }

    /**
     * Writes the clusters in which a disk is not the same as its base. As in XAPI, nothing in the image says that it has
     * only those, and zeros are stored like other data. The beginning goes out while the disks are compared, a few bytes a
     * second: so a client that waits knows that the export is alive, and one that has gone ends it.
     */
    static void differences(ComparedDisk disk, Outgoing out, Progress progress) {
        SlowHead head = new SlowHead(out, System::nanoTime, prefix(disk.disk()));
        ClusterSet differing = new ClusterSet();
        disk.find(
                CLUSTER,
                at -> {
                    head.flow();
                    progress.add(0);
                },
                at -> differing.add(at >>> BITS));
        head.finish();
        new Qcow2Writer(disk.disk(), differing::runs).writeRest(out, progress);
    }

    private void writeRest(Outgoing out, Progress progress) {
        progress.expect(data << BITS);
        Table table = new Table(out, PREFIX);
        header(table);
        refcounts(table, progress);
        l1(table, progress);
        l2(table, progress);
        if (table.written() != length() - (data << BITS)) {
            throw changed();
        }
        data(out, progress);
    }

    /** The beginning of the header, which does not depend on the contents: without a backing file. */
    private static byte[] prefix(OpenDisk disk) {
        ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
        prefix.putInt(MAGIC).putInt(VERSION).putLong(0).putInt(0).putInt(BITS);
        return prefix.putLong(clusters(disk.bytes(), SECTOR) * SECTOR).array();
    }

    private void header(Table table) {
        table.putInt(0);
        table.putInt((int) l1Entries);
        table.putLong(1 + refcountClusters + refcountBlocks << BITS);
        table.putLong(CLUSTER);
        table.putInt((int) refcountClusters);
        // No snapshots, and no features.
        table.zeros(Integer.BYTES + 4 * Long.BYTES);
        table.putInt(REFCOUNT_ORDER);
        table.putInt(HEADER);
        table.fillTo(CLUSTER);
    }

    private void refcounts(Table table, Progress progress) {
        for (long i = 0; i < refcountBlocks; i++) {
            table.putLong(1 + refcountClusters + i << BITS);
        }
        table.fillTo(1 + refcountClusters << BITS);
        long all = length() >>> BITS;
        for (long i = 0; i < all; i++) {
            table.putShort((short) 1);
            if (i % REFCOUNTS == 0) {
                progress.add(0);
            }
        }
        table.fillTo(1 + refcountClusters + refcountBlocks << BITS);
    }

    private void l1(Table table, Progress progress) {
        long start = table.written();
        long[] next = {0, beforeTables()};
        contents.runs((first, count) -> {
            long last = (first + count - 1) / ENTRIES;
            for (long i = Math.max(first / ENTRIES, next[0]); i <= last; i++) {
                table.fillTo(start + i * Long.BYTES);
                table.putLong(next[1]++ << BITS | OWN);
                next[0] = i + 1;
            }
            progress.add(0);
        });
        table.fillTo(beforeTables() << BITS);
    }

    private void l2(Table table, Progress progress) {
        // The number of the L2 table, where it begins, and the next cluster of data.
        long[] now = {-1, table.written(), beforeTables() + tables};
        contents.runs((first, count) -> {
            for (long i = first; i < first + count; i++) {
                if (i / ENTRIES != now[0]) {
                    table.fillTo(now[0] < 0 ? now[1] : now[1] + CLUSTER);
                    now[0] = i / ENTRIES;
                    now[1] = table.written();
                }
                table.fillTo(now[1] + i % ENTRIES * Long.BYTES);
                table.putLong(now[2]++ << BITS | OWN);
            }
            progress.add(0);
        });
        if (now[2] << BITS != length()) {
            throw changed();
        }
        table.fillTo(beforeTables() + tables << BITS);
        table.flush();
    }

    private void data(Outgoing out, Progress progress) {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long[] left = {data << BITS};
        contents.runs((first, count) -> {
            left[0] -= count << BITS;
            if (left[0] < 0) {
                throw changed();
            }
            long end = first + count << BITS;
            for (long at = first << BITS; at < end; ) {
                int length = (int) Math.min(PIECE, end - at);
                disk.read(at, piece.clear().limit(length));
                out.write(piece.flip());
                progress.add(length);
                at += length;
            }
        });
    }

    /** The lengths that the client has are wrong now. */
    private static RuntimeException changed() {
        return Errors.vdiIoError("The disk has changed during its export");
    }
}
