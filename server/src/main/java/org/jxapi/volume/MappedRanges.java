package org.jxapi.volume;

import java.io.IOException;
import java.util.Arrays;

/** The parts of a disk that hold data, in order. Small gaps between them may count as data, so that the list stays short. */
final class MappedRanges {
    private static final int MOST = 1 << 16;

    /** First byte and byte behind the end, in turn. */
    private long[] ends = new long[64];

    private int count;
    /** Gaps that are smaller are data. */
    private long gap;

    /** The data of a volume. */
    static MappedRanges read(ThinDump dump) throws IOException {
        MappedRanges ranges = new MappedRanges();
        for (ThinDump.Run run = dump.next(); run != null; run = dump.next()) {
            ranges.add(run.begin(), run.end());
        }
        return ranges;
    }

    /** Adds a part that begins behind the end of all others. */
    void add(long begin, long end) {
        if (count > 0 && begin - ends[count - 1] <= gap) {
            ends[count - 1] = end;
            return;
        }
        if (count == 2 * MOST) {
            mergeClose();
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = begin;
        ends[count++] = end;
    }

    /** Makes half of the gaps data, or more. */
    private void mergeClose() {
        long[] gaps = new long[count / 2 - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = ends[2 * i + 2] - ends[2 * i + 1];
        }
        Arrays.sort(gaps);
        gap = gaps[gaps.length / 2];
        long[] all = Arrays.copyOf(ends, count);
        count = 0;
        for (int i = 0; i < all.length; i += 2) {
            add(all[i], all[i + 1]);
        }
    }

    /** The first byte from there on that is data; beyond every disk when there is none. */
    long nextData(long offset) {
        int at = behind(offset);
        if (at >= count) {
            return Long.MAX_VALUE;
        }
        return Math.max(offset, ends[at]);
    }

    /** The first byte from there on that is no data. */
    long nextHole(long offset) {
        int at = behind(offset);
        return at < count && ends[at] <= offset ? ends[at + 1] : offset;
    }

    /** The parts that two volumes share when these are the ones in which they may differ. */
    SharedParts same() {
        return new SharedParts() {
            @Override
            public Part part(long offset, long length) {
                long next = nextData(offset);
                return next > offset
                        ? new Part(Math.min(length, next - offset), true)
                        : new Part(Math.min(length, nextHole(offset) - offset), false);
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    /** The index of the first part that ends behind an offset. */
    private int behind(long offset) {
        int low = 0;
        int high = count / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[2 * middle + 1] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return 2 * low;
    }
}
