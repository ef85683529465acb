package org.jxapi.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code jxapi.newest} in the folder of the database. It names the newest change that the database has on
 * disk. H2 opens a database that has lost its end in an older state. With this file a start detects that.
 *
 * <p>It is written after each sync of the database and not forced itself, so it never promises more than the database
 * holds, and costs a commit a write into the page cache. Forced when there is nothing else to do, it lags behind by no
 * more than a moment after a power failure, and by nothing after a kill. It has two sectors that are written in turn:
 * one of them is whole at any time.
 */
final class NewestFile implements AutoCloseable {
    static final String NAME = "jxapi.newest";

    private static final Logger LOG = LoggerFactory.getLogger(NewestFile.class);
    private static final int SECTOR = SealedLine.SECTOR;
    private static final Pattern LINE =
            Pattern.compile("jxapi-newest sequence=(\\d{1,18}) at=(\\S{1,40}) given=(\\d{1,18})");

    /**
     * @param sequence the newest change that the database has on disk
     * @param at when it was written
     * @param given the newest number that was given to a change at all; some changes are not stored
     */
    record Newest(long sequence, Instant at, long given) {}

    private final Path folder;
    private final Path file;
    private final String fileSystem;
    private @Nullable FileChannel channel;
    private int turn;
    private boolean forced = true;
    private boolean failed;

    NewestFile(Path folder, String fileSystem) {
        this.folder = folder;
        this.file = folder.resolve(NAME);
        this.fileSystem = fileSystem;
    }

    Path path() {
        return file;
    }

    /** The contents of the file; nothing if it does not exist or has no valid contents. */
    Optional<Newest> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Newest best = null;
        try {
            byte[] content = Files.size(file) > 2 * SECTOR ? new byte[0] : Files.readAllBytes(file);
            for (int from = 0; from + SECTOR <= content.length; from += SECTOR) {
                Newest found = SealedLine.text(content, from)
                        .flatMap(NewestFile::parse)
                        .orElse(null);
                best = found != null && (best == null || found.given >= best.given) ? found : best;
            }
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + Reason.of(e), e);
        }
        if (best == null) {
            LOG.warn("File {}: damaged; the database may lack its newest changes", file);
        }
        return Optional.ofNullable(best);
    }

    /** Begins with this; on disk when it returns. */
    void reset(Newest newest) throws IOException {
        close();
        byte[] content = Arrays.copyOf(sector(newest), 2 * SECTOR);
        System.arraycopy(content, 0, content, SECTOR, SECTOR);
        SafeFile.write(file, content);
    }

    /** Promises nothing any more; on disk when it returns. */
    void remove() {
        close();
        try {
            Files.deleteIfExists(file);
            SafeFile.sync(folder);
        } catch (IOException e) {
            throw new StoreException("cannot remove " + file + ": " + Reason.of(e), e);
        }
    }

    /** Says that the database has this on disk. A failure harms nothing: the file says less than it could. */
    synchronized void write(Newest newest) {
        try {
            if (channel == null) {
                channel = FilePath.get(fileSystem + ":" + file).open("rw");
            }
            ByteBuffer bytes = ByteBuffer.wrap(sector(newest));
            long start = (long) turn * SECTOR;
            while (bytes.hasRemaining()) {
                channel.write(bytes, start + bytes.position());
            }
            turn = 1 - turn;
            forced = false;
            failed = false;
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                LOG.warn("File {}: cannot be written: {}", file, Reason.of(e));
            }
            failed = true;
        }
    }

    /** Waits until the file is on disk, if it has changed. */
    synchronized void force() {
        if (forced || channel == null) {
            return;
        }
        forced = true;
        try {
            channel.force(false);
        } catch (IOException e) {
            LOG.debug("{} could not be forced to disk", file, e);
        }
    }

    private static byte[] sector(Newest newest) {
        return SealedLine.sector(
                "jxapi-newest sequence=" + newest.sequence + " at=" + newest.at + " given=" + newest.given);
    }

    private static Optional<Newest> parse(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Newest(
                    Long.parseLong(line.group(1)), Instant.parse(line.group(2)), Long.parseLong(line.group(3))));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        force();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("{} did not close", file, e);
        }
        channel = null;
    }
}
