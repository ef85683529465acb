package org.jxapi.volume;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a disk that hold data, in order. Small gaps between them may count as data, so that the list stays short. */
final class MappedRanges {
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"(\\d+)\"");
    private static final long SECTOR = 512;
    private static final int MOST = 1 << 16;

    /** First byte and byte behind the end, in turn. */
    private long[] ends = new long[64];

    private int count;
    /** Gaps that are smaller are data. */
    private long gap;

    /** Reads what thin_dump(8) writes about one volume. */
    static MappedRanges read(Path dump) throws IOException {
        MappedRanges ranges = new MappedRanges();
        long block = 0;
        try (BufferedReader lines = Files.newBufferedReader(dump)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String element = line.strip();
                if (element.startsWith("<superblock")) {
                    block = attribute(element, "data_block_size") * SECTOR;
                } else if (element.startsWith("<range_mapping")) {
                    long begin = attribute(element, "origin_begin");
                    ranges.add(begin * block, (begin + attribute(element, "length")) * block);
                } else if (element.startsWith("<single_mapping")) {
                    long begin = attribute(element, "origin_block");
                    ranges.add(begin * block, (begin + 1) * block);
                }
            }
        }
        return ranges;
    }

    private static long attribute(String element, String name) throws IOException {
        Matcher matcher = ATTRIBUTE.matcher(element);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return Long.parseLong(matcher.group(2));
            }
        }
        throw new IOException("thin_dump wrote no " + name + ": " + element);
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
