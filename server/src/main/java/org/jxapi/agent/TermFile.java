package org.jxapi.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.store.SafeFile;
import org.jxapi.store.SealedLine;

/**
 * The highest term that an agent has seen, on disk. A host whose disk is full must be able to obey a new coordinator, so
 * the file has two sectors from the start, and a new term is written over the older of them.
 */
final class TermFile {
    private static final int SECTOR = SealedLine.SECTOR;
    private static final Pattern TERM = Pattern.compile("\\d{1,18}");
    /** The whole file, as earlier versions wrote it. */
    private static final Pattern EARLIER = Pattern.compile("(\\d{1,18})\n?");

    private final Path file;

    TermFile(Path file) {
        this.file = file;
    }

    /** 0 if no term has been kept; IOException also for a file that holds no term. */
    long read() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        byte[] content = Files.readAllBytes(file);
        Matcher earlier = EARLIER.matcher(new String(content, StandardCharsets.US_ASCII));
        long term =
                earlier.matches() ? Long.parseLong(earlier.group(1)) : Math.max(sector(content, 0), sector(content, 1));
        if (term < 0) {
            throw new IOException(file + " does not hold a term");
        }
        return term;
    }

    /** Returns when the term is on disk. */
    void write(long term) throws IOException {
        byte[] sector = SealedLine.sector(Long.toString(term));
        byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        if (content.length == 2 * SECTOR) {
            overwrite(sector(content, 0) < sector(content, 1) ? 0 : 1, sector);
        } else {
            SafeFile.write(file, Arrays.copyOf(sector, 2 * SECTOR));
        }
    }

    private void overwrite(int sector, byte[] bytes) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                out.write(left, (long) sector * SECTOR + left.position());
            }
            out.force(true);
        }
    }

    /** The term of a sector; -1 for one that has never been written, or only in part. */
    private static long sector(byte[] content, int index) {
        if (content.length != 2 * SECTOR) {
            return -1;
        }
        return SealedLine.text(content, index * SECTOR)
                .filter(text -> TERM.matcher(text).matches())
                .map(Long::parseLong)
                .orElse(-1L);
    }
}
