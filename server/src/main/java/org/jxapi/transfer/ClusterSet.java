package org.jxapi.transfer;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Numbers of clusters. It takes 2 KiB for each 16,384 consecutive numbers of which it has any: for a GiB of a disk. */
final class ClusterSet {
    private static final int PAGE = 1 << 14;

    private final TreeMap<Long, BitSet> pages = new TreeMap<>();

    /** Takes consecutive numbers. */
    interface Run {
        void clusters(long first, long count);
    }

    void add(long cluster) {
        pages.computeIfAbsent(cluster / PAGE, page -> new BitSet(PAGE)).set((int) (cluster % PAGE));
    }

    /** Hands out all numbers, in rising order. */
    void runs(Run run) {
        for (Map.Entry<Long, BitSet> page : pages.entrySet()) {
            BitSet bits = page.getValue();
            for (int first = bits.nextSetBit(0); first >= 0; ) {
                int end = bits.nextClearBit(first);
                run.clusters(page.getKey() * PAGE + first, end - first);
                first = bits.nextSetBit(end);
            }
        }
    }
}
