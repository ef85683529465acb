package org.jxapi.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.PackedCluster;
import org.jxapi.image.Qcow2Layout;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * A qcow2 image that comes through a stream. It is read in one pass, so each table must come before the parts of the image
 * that it names: this holds for images of XAPI, of jxapid, and of "qemu-img convert". With one exception: QEMU fills the rest of
 * the last cluster with compressed data, also with that of a table which comes after it. So what follows compressed data is kept.
 */
final class Qcow2Reader implements DiskStream {
    private static final long OFFSET = 0x00FFFFFFFFFFFE00L;
    private static final long COMPRESSED = 1L << 62;
    private static final long ZEROS = 1;
    private static final int PIECE = 1 << 20;
    /** Parts for which no room is taken. */
    private static final int FEW = 16 * 1024;

    /**
     * A part of the image that is still to come.
     *
     * @param host where it begins in the image
     * @param disk where its contents begin on the disk
     * @param clusters how many it has; 0 for an L2 table
     * @param packed how many bytes a compressed cluster has at most; 0 for other parts
     */
    private record Part(long host, long disk, long clusters, int packed) implements Comparable<Part> {
        Part(long host, long disk, long clusters) {
            this(host, disk, clusters, 0);
        }

        @Override
        public int compareTo(Part other) {
            return Long.compare(host, other.host);
        }
    }

    private final Forward in;
    private final TransferMemory room;
    private final Deque<TransferMemory.Taken> taken = new ArrayDeque<>();
    private final PriorityQueue<Part> parts = new PriorityQueue<>();
    private final Qcow2Layout layout;
    private final int clusterBytes;

    /** @param room bounds the memory for the parts of the image that are known, until {@link #close} */
    Qcow2Reader(Incoming stream, TransferMemory room) {
        this.in = new Forward(stream, "qcow2", ByteOrder.BIG_ENDIAN);
        this.room = room;
        byte[] prefix = in.read(Qcow2Layout.PREFIX).array();
        ByteBuffer header = ByteBuffer.allocate(Qcow2Layout.headerBytes(prefix)).put(prefix);
        header.put(in.read(header.remaining()));
        try {
            this.layout = Qcow2Layout.read(header.array());
        } catch (IOException e) {
            throw in.bad(String.valueOf(e.getMessage())).causedBy(e);
        }
        this.clusterBytes = 1 << layout.clusterBits();
    }

    @Override
    public long bytes() {
        return layout.bytes();
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        clusters(disk, progress);
    }

    /**
     * Writes everything that the image holds to the disk, and leaves the rest of the disk as it is. VDI_IO_ERROR when the
     * disk is smaller than that of the image.
     */
    void clusters(OpenDisk disk, Progress progress) {
        if (layout.bytes() > disk.bytes()) {
            throw Errors.vdiIoError("Device I/O error");
        }
        readL1();
        for (Part part = parts.poll(); part != null; part = parts.poll()) {
            giveBack();
            if (part.packed > 0) {
                readPacked(part, disk, progress);
                continue;
            }
            in.skipTo(part.host);
            if (part.clusters == 0) {
                readL2(part.disk, disk, progress);
            } else {
                readData(part, disk, progress);
            }
        }
    }

    private void readL1() {
        if (layout.l1Entries() == 0) {
            return;
        }
        in.skipTo(layout.l1Offset());
        long step = (long) clusterBytes / Long.BYTES << layout.clusterBits();
        for (int i = 0; i < layout.l1Entries(); ) {
            ByteBuffer piece = in.read(Math.min(PIECE, (layout.l1Entries() - i) * Long.BYTES));
            for (; piece.hasRemaining(); i++) {
                long table = piece.getLong() & OFFSET;
                if (table != 0) {
                    add(new Part(table, i * step, 0));
                }
            }
        }
    }

    /** Reads the table of the clusters from {@code start} on. */
    private void readL2(long start, OpenDisk disk, Progress progress) {
        ByteBuffer table = in.read(clusterBytes);
        Part run = null;
        for (long offset = start; table.hasRemaining() && offset < layout.bytes(); offset += clusterBytes) {
            long entry = table.getLong();
            long host = entry & OFFSET;
            if ((entry & COMPRESSED) != 0) {
                add(new Part(
                        PackedCluster.offset(entry, layout.clusterBits()),
                        offset,
                        1,
                        PackedCluster.length(entry, layout.clusterBits())));
            } else if ((entry & ZEROS) != 0) {
                clear(disk, offset);
            } else if (host != 0) {
                if (run != null && follows(run, host, offset)) {
                    run = new Part(run.host, run.disk, run.clusters + 1);
                } else {
                    add(run);
                    run = new Part(host, offset, 1);
                }
            }
        }
        add(run);
        progress.add(0);
    }

    private boolean follows(Part run, long host, long offset) {
        long length = run.clusters << layout.clusterBits();
        return run.host + length == host && run.disk + length == offset;
    }

    private void clear(OpenDisk disk, long offset) {
        int length = (int) Math.min(clusterBytes, layout.bytes() - offset);
        disk.write(offset, new byte[length], length);
    }

    private void readData(Part part, OpenDisk disk, Progress progress) {
        byte[] piece = new byte[(int) Math.min(PIECE, part.clusters << layout.clusterBits())];
        long left = part.clusters << layout.clusterBits();
        for (long offset = part.disk; left > 0; ) {
            int length = (int) Math.min(piece.length, left);
            in.fill(piece, length);
            // Clusters are whole, disks need not be.
            int used = (int) Math.min(length, layout.bytes() - offset);
            disk.write(offset, piece, used);
            progress.add(used);
            offset += length;
            left -= length;
        }
    }

    /** Reads a compressed cluster. It is known to end only where the next part begins, or its last sector ends. */
    private void readPacked(Part part, OpenDisk disk, Progress progress) {
        Part next = parts.peek();
        int most = next == null ? part.packed : (int) Math.min(part.packed, next.host - part.host);
        ByteBuffer some = packed(part.host, most);
        byte[] packed = new byte[some.remaining()];
        some.get(packed);
        byte[] plain = new byte[clusterBytes];
        try {
            PackedCluster.unpack(layout.zstd(), packed, packed.length, plain);
        } catch (IOException e) {
            throw in.bad("the compressed cluster at " + part.host + " cannot be read: " + e.getMessage())
                    .causedBy(e);
        }
        int used = (int) Math.min(clusterBytes, layout.bytes() - part.disk);
        disk.write(part.disk, plain, used);
        progress.add(used);
    }

    private ByteBuffer packed(long host, int most) {
        if (in.has(host)) {
            return in.again(host, most);
        }
        in.skipTo(host);
        // Data that begin in this cluster may end in the next one.
        in.keep(2 * clusterBytes);
        return in.some(most);
    }

    private void add(@Nullable Part part) {
        if (part == null) {
            return;
        }
        if (part.packed == 0 && (part.host & clusterBytes - 1) != 0) {
            throw in.bad("a cluster begins at " + part.host);
        }
        if (part.host < in.at() && !(part.packed > 0 && in.has(part.host))) {
            throw in.outOfOrder();
        }
        if (parts.size() >= FEW * (1 + taken.size())) {
            taken.push(room.take("a qcow2 image's tables", (long) FEW * Long.BYTES, in::bad));
        }
        parts.add(part);
    }

    private void giveBack() {
        if (!taken.isEmpty() && parts.size() < FEW * taken.size()) {
            taken.pop().close();
        }
    }

    @Override
    public void close() {
        taken.forEach(TransferMemory.Taken::close);
        taken.clear();
    }
}
