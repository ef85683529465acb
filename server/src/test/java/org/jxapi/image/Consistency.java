package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Counts the references of an image's tables, as {@code qemu-img check} does, and compares them with its refcounts. */
final class Consistency {
    private static final long OFFSET = 0x00FFFFFFFFFFFE00L;

    private final ByteBuffer file;
    private final int cluster;
    private final Map<Long, Integer> references = new HashMap<>();

    private Consistency(byte[] contents) {
        this.cluster = 1 << ByteBuffer.wrap(contents).getInt(20);
        byte[] whole = new byte[(contents.length + cluster - 1) / cluster * cluster + cluster];
        System.arraycopy(contents, 0, whole, 0, contents.length);
        this.file = ByteBuffer.wrap(whole);
    }

    /** Fails if a cluster has more references than are counted. Returns the number of clusters that have fewer. */
    static int leaks(byte[] contents) {
        return new Consistency(contents).leaks();
    }

    private int leaks() {
        long table = file.getLong(48);
        int tableClusters = file.getInt(56);
        refer(0, 1);
        refer(table, tableClusters);
        refer(file.getLong(40), (file.getInt(36) * 8 + cluster - 1) / cluster);
        for (int i = 0; i < file.getInt(36); i++) {
            long l2 = file.getLong((int) file.getLong(40) + 8 * i) & OFFSET;
            for (int j = 0; l2 != 0 && j < cluster / 8; j++) {
                refer(file.getLong((int) l2 + 8 * j) & OFFSET, 1);
            }
            refer(l2, l2 == 0 ? 0 : 1);
        }
        for (int i = 0; i < tableClusters * cluster / 8; i++) {
            refer(file.getLong((int) table + 8 * i), 1);
        }
        int leaks = 0;
        for (int i = 0; i < tableClusters * cluster / 8; i++) {
            int block = (int) file.getLong((int) table + 8 * i);
            for (int j = 0; block != 0 && j < cluster / 2; j++) {
                int count = file.getShort(block + 2 * j) & 0xFFFF;
                Integer used = references.remove(((long) i * (cluster / 2) + j) * cluster);
                assertThat(count)
                        .as("references to cluster %d of block %d", j, i)
                        .isGreaterThanOrEqualTo(used == null ? 0 : used);
                leaks += count - (used == null ? 0 : used);
            }
        }
        assertThat(references).as("clusters that no block counts").isEmpty();
        return leaks;
    }

    private void refer(long offset, int clusters) {
        for (long at = offset; at < offset + (long) clusters * cluster; at += cluster) {
            if (offset != 0 || clusters == 1 && references.isEmpty()) {
                assertThat(at % cluster).isZero();
                assertThat(at).as("a reference").isLessThan(file.capacity());
                references.merge(at, 1, Integer::sum);
                assertThat(references.get(at))
                        .as("references to the cluster at %d", at)
                        .isEqualTo(1);
            }
        }
    }
}
