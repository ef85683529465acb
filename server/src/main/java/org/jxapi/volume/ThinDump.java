package org.jxapi.volume;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The output of thin_dump(8) about one volume: where in its pool the data of its blocks are. For one thread. */
final class ThinDump implements Closeable {
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"(\\d+)\"");
    private static final long SECTOR = 512;

    private final BufferedReader lines;
    private long block;

    private ThinDump(BufferedReader lines) {
        this.lines = lines;
    }

    static ThinDump open(Path file) throws IOException {
        return new ThinDump(Files.newBufferedReader(file));
    }

    /**
     * Bytes of a volume that are together in its pool.
     *
     * @param begin the first of them
     * @param end behind the last
     * @param place of the first one in the pool
     */
    record Run(long begin, long end, long place) {
        /** The part that begins there; null if there is none. */
        @Nullable
        Run from(long at) {
            return at < end ? new Run(at, end, place + at - begin) : null;
        }
    }

    /** The next run, in the order of the volume; null behind the last. */
    @Nullable
    Run next() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String element = line.strip();
            if (element.startsWith("<superblock")) {
                block = attribute(element, "data_block_size") * SECTOR;
            } else if (element.startsWith("<range_mapping")) {
                return run(
                        attribute(element, "origin_begin"),
                        attribute(element, "length"),
                        attribute(element, "data_begin"));
            } else if (element.startsWith("<single_mapping")) {
                return run(attribute(element, "origin_block"), 1, attribute(element, "data_block"));
            }
        }
        return null;
    }

    private Run run(long begin, long length, long data) {
        return new Run(begin * block, (begin + length) * block, data * block);
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

    /** Takes a part of a volume, whose end is behind its last byte. */
    interface Part {
        void take(long begin, long end);
    }

    /** Finds the parts of two volumes that are not in the same place of their pool, in their order. */
    static void compare(ThinDump one, ThinDump other, Part differing) throws IOException {
        Run ours = one.next();
        Run theirs = other.next();
        while (ours != null && theirs != null) {
            long end = Math.min(ours.end(), theirs.end());
            if (ours.begin() < theirs.begin()) {
                end = Math.min(end, theirs.begin());
                differing.take(ours.begin(), end);
                ours = behind(one, ours, end);
            } else if (theirs.begin() < ours.begin()) {
                end = Math.min(end, ours.begin());
                differing.take(theirs.begin(), end);
                theirs = behind(other, theirs, end);
            } else {
                if (ours.place() != theirs.place()) {
                    differing.take(ours.begin(), end);
                }
                ours = behind(one, ours, end);
                theirs = behind(other, theirs, end);
            }
        }
        takeRest(one, ours, differing);
        takeRest(other, theirs, differing);
    }

    private static void takeRest(ThinDump dump, @Nullable Run first, Part differing) throws IOException {
        for (Run run = first; run != null; run = dump.next()) {
            differing.take(run.begin(), run.end());
        }
    }

    private static @Nullable Run behind(ThinDump dump, Run run, long end) throws IOException {
        Run rest = run.from(end);
        return rest == null ? dump.next() : rest;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
