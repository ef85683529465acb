package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes empty qcow2 images of 0 bytes: a header, the refcount table with its first block, and the L1 table, a cluster each. */
final class Qcow2Format {
    /** Clusters of 64 KiB: QEMU's default, and the blocks of changed-block tracking. */
    static final int CLUSTER_BITS = 16;

    private static final int VERSION = 3;
    private static final int CLUSTERS = 4;
    private static final int SPARE = 64;

    private Qcow2Format() {}

    /** The most bytes that an image takes when all of a disk of that size is written. */
    static long room(long bytes) {
        long data = clusters(bytes);
        long l2 = clusters(data * Long.BYTES);
        return room(data + l2, clusters(l2 * Long.BYTES));
    }

    /** The bytes that an image takes when none of a disk of that size is written. */
    static long emptyRoom(long bytes) {
        return room(0, clusters(clusters(clusters(bytes) * Long.BYTES) * Long.BYTES));
    }

    private static long room(long data, long l1) {
        long other = CLUSTERS + data + l1;
        long blocks = 0;
        long table = 0;
        for (long needed = 1; needed > blocks; needed = clusters((other + blocks + table) * Short.BYTES)) {
            blocks = needed;
            table = clusters(blocks * Long.BYTES);
        }
        // Tables that grow are moved: the old and the new one are there at the same time. QEMU takes clusters in
        // advance.
        return other + blocks + 2 * (l1 + table) + SPARE << CLUSTER_BITS;
    }

    private static long clusters(long bytes) {
        return (bytes >> CLUSTER_BITS) + ((bytes & (1 << CLUSTER_BITS) - 1) == 0 ? 0 : 1);
    }

    /** Writes into a new file. */
    interface Content {
        void write(ImageFile file) throws IOException;
    }

    /** Makes a new file, on disk when this returns; none is left if that fails. */
    static void create(Path path, @Nullable Backing backing, Content content) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path folder = Objects.requireNonNull(absolute.getParent(), "an image is in a folder");
        if (backing != null) {
            Chain.path(path.toString(), folder, backing);
        }
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (ImageFile file = ChannelFile.open(path, true);
                FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            content.write(file);
            entries.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** The header goes to disk last, so that there is a complete image or none. */
    static void format(ImageFile file, int clusterBits, @Nullable Backing backing) throws IOException {
        int cluster = 1 << clusterBits;
        file.write(0, ByteBuffer.allocate(Math.min(cluster, Header.AREA)));
        ByteBuffer table = ByteBuffer.allocate(cluster);
        file.write(cluster, table.putLong(0, 2L * cluster));
        ByteBuffer block = ByteBuffer.allocate(cluster);
        for (int i = 0; i < CLUSTERS; i++) {
            block.putShort(i * Short.BYTES, (short) 1);
        }
        file.write(2L * cluster, block);
        file.write(3L * cluster, ByteBuffer.allocate(cluster));
        file.sync();
        file.write(0, header(clusterBits).rewind());
        file.sync();
        if (backing != null) {
            new HeaderSector(file).setBacking(backing);
        }
    }

    /** The header of a disk of 0 bytes. */
    private static ByteBuffer header(int clusterBits) {
        long cluster = 1L << clusterBits;
        return ByteBuffer.allocate(HeaderSector.SECTOR)
                .putInt(Header.MAGIC)
                .putInt(VERSION)
                .putInt(Header.CLUSTER_BITS, clusterBits)
                .putInt(Header.L1_ENTRIES, (int) (cluster / Long.BYTES))
                .putLong(Header.L1_OFFSET, 3 * cluster)
                .putLong(Header.REFCOUNT_OFFSET, cluster)
                .putInt(Header.REFCOUNT_CLUSTERS, 1)
                .putInt(Header.REFCOUNT_ORDER, Header.WIDTH_16)
                .putInt(Header.HEADER_LENGTH, Header.LENGTH);
    }
}
