package org.jxapi.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.SafeFile;

/**
 * The parts of the audit log on disk, which only the daemon's user can read. A part is complete at the end of its day
 * (UTC), or when it is large; its name then gets the time.
 */
final class AuditFile implements AutoCloseable {
    /** How many parts are kept at most; XAPI's number. */
    private static final int PARTS = 100;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

    private final AuditSettings settings;
    private final Clock clock;
    private @Nullable FileChannel out;
    private @Nullable Object opened;
    private LocalDate day = LocalDate.EPOCH;

    /** Opens the newest part, and sees that it can be written. */
    AuditFile(AuditSettings settings, Clock clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        Files.createDirectories(folder());
        channel();
        removeOld();
    }

    private Path folder() {
        return Objects.requireNonNull(settings.file().toAbsolutePath().getParent(), "a file is in a folder");
    }

    /** Appends whole lines. After a failure none of them is there. */
    synchronized void append(byte[] lines) throws IOException {
        FileChannel channel = channel();
        if (channel.size() > 0 && (channel.size() + lines.length > settings.bytes() || !day.equals(today()))) {
            rotate();
            channel = channel();
        }
        long before = channel.size();
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            cut(channel, before, e);
            throw e;
        }
    }

    private void cut(FileChannel channel, long length, IOException failure) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private FileChannel channel() throws IOException {
        if (out != null && opened != null && opened.equals(identity())) {
            return out;
        }
        // Also when an operator has moved the file away.
        close();
        if (!Files.exists(settings.file())) {
            Files.createFile(settings.file(), SafeFile.PRIVATE);
        }
        FileChannel channel = FileChannel.open(settings.file(), StandardOpenOption.APPEND);
        Files.setPosixFilePermissions(settings.file(), PosixFilePermissions.fromString("rw-------"));
        day = channel.size() == 0 ? today() : dayOf(settings.file());
        opened = identity();
        out = channel;
        return channel;
    }

    /** The identity of the file that is at the path now; null when there is none. */
    private @Nullable Object identity() throws IOException {
        return Files.exists(settings.file())
                ? Files.readAttributes(settings.file(), BasicFileAttributes.class)
                        .fileKey()
                : null;
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static LocalDate dayOf(Path file) throws IOException {
        return LocalDate.ofInstant(Files.getLastModifiedTime(file).toInstant(), ZoneOffset.UTC);
    }

    private void rotate() throws IOException {
        close();
        String stamp = settings.file().getFileName() + "." + STAMP.format(clock.instant());
        Path target = settings.file().resolveSibling(stamp);
        for (int n = 1; Files.exists(target); n++) {
            target = settings.file().resolveSibling("%s-%03d".formatted(stamp, n));
        }
        Files.move(settings.file(), target);
        removeOld();
    }

    private void removeOld() throws IOException {
        List<Path> earlier = earlier();
        Instant oldest = clock.instant().minus(Duration.ofDays(settings.days()));
        for (int i = 0; i < earlier.size(); i++) {
            Path part = earlier.get(i);
            if (i < earlier.size() - (PARTS - 1)
                    || Files.getLastModifiedTime(part).toInstant().isBefore(oldest)) {
                Files.deleteIfExists(part);
            }
        }
    }

    /** The complete parts, the oldest first. */
    private List<Path> earlier() throws IOException {
        String prefix = settings.file().getFileName() + ".";
        try (Stream<Path> siblings = Files.list(folder())) {
            return siblings.filter(p -> p.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    /** All parts at this moment, the oldest first. A part that is complete may be removed while it is read. */
    synchronized List<Path> parts() throws IOException {
        List<Path> parts = new ArrayList<>(earlier());
        parts.add(settings.file());
        return parts;
    }

    @Override
    public synchronized void close() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }
}
